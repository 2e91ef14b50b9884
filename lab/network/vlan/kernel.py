"""802.1Q sub-interfaces by the kernel's own `vlan` links (module 8021q)."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from lab.network.links import End, Link, find_link, index_of, leads_to, remove_link
from lab.network.namespaces import DIRECTORY, netlink
from lab.network.vlan.base import VlanDriver, vlan_taken

_NO_SUCH_INDEX = 0x7FFFFFFF


class KernelVlan(VlanDriver):
    """A `vlan` link per sub-interface.

    The links are loosely bound: when the trunk is set down, a sub-interface loses its traffic, but is not set
    down itself, so its addresses and routes are there again when the trunk is. A carrier that the trunk loses
    at the far end is passed on by the kernel.
    """

    name = "kernel"

    def available(self) -> bool:
        """Ask for a link of that kind on an interface that does not exist: nothing is made, but a kernel that
        knows the kind, or can load it, complains about the interface."""
        with netlink(None) as kernel:
            try:
                kernel.link("add", ifname="dxlab-probe", kind="vlan", link=_NO_SUCH_INDEX, vlan_id=1)
            except NetlinkError as refusal:
                if refusal.code == errno.EPERM:
                    raise
                return bool(refusal.code == errno.ENODEV)
            return False

    def ensure(self, trunk: End, vlan: int, sub: End, *, mtu: int) -> None:
        with netlink(trunk.namespace) as at_trunk, netlink(sub.namespace) as at_sub:
            lower = index_of(trunk)
            if not self._is_right(at_sub, sub, trunk, lower, vlan):
                remove_link(sub)
                self._add(at_trunk, lower, trunk, vlan, sub)
            at_sub.link("set", index=index_of(sub), mtu=mtu, state="up")

    def remove(self, trunk: End, vlan: int, sub: End) -> None:  # noqa: ARG002 -- the kernel finds it by its name
        remove_link(sub)

    def sub_interfaces(self, trunk: End) -> Mapping[int, str]:
        with netlink(trunk.namespace) as kernel:
            lower = index_of(trunk)
            links = [link for link in kernel.link("dump") if link.get_attr("IFLA_LINK") == lower]
        named = ((_vlan_of(link), str(link.get_attr("IFLA_IFNAME"))) for link in links)
        return {vlan: name for vlan, name in named if vlan is not None}

    def set_carrier(self, trunk: End, up: bool) -> None:
        """The kernel does it."""

    def _is_right(self, kernel: IPRoute, sub: End, trunk: End, lower: int, vlan: int) -> bool:
        link = find_link(kernel, sub.interface)
        return link is not None and _vlan_of(link) == vlan and leads_to(kernel, sub, link, trunk, lower)

    def _add(self, kernel: IPRoute, lower: int, trunk: End, vlan: int, sub: End) -> None:
        try:
            kernel.link(
                "add",
                ifname=sub.interface,
                kind="vlan",
                link=lower,
                vlan_id=vlan,
                vlan_flags=["reorder_hdr", "loose_binding"],
                net_ns_fd=str(DIRECTORY / sub.namespace),
            )
        except NetlinkError as refusal:
            if refusal.code != errno.EEXIST:
                raise
            raise vlan_taken(trunk, vlan, sub) from refusal


def _vlan_of(link: Link) -> int | None:
    return link.get_nested("IFLA_LINKINFO", "IFLA_INFO_DATA", "IFLA_VLAN_ID")  # type: ignore[no-any-return] # pyroute2 has no types
