"""802.1Q sub-interfaces without the module 8021q, by two small eBPF programs and a veth pair.

    trunk's namespace                                    sub-interface's namespace (may be the same)
    cable === trunk --(untag, map: VLAN -> outer)--> outer ------ veth ------ sub
              trunk <--(tag VLAN)------------------- outer

The sub-interface is the inner end of a veth pair whose outer end stays beside the trunk, without addresses.
The programs (`lab.network.vlan.programs`) move frames between outer end and trunk; frames on the cable are
the same as with 8021q.

Everything can be found again by another process. The trunk's filter bears the number of its map in its name;
the map leads from a VLAN to the outer end; the outer end says in its alias whose it is. The map entry is
written last and so marks a sub-interface that is complete; what has none is a leftover and is made anew.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from lab import faults
from lab.errors import NetworkError
from lab.network import links
from lab.network.links import End, Link
from lab.network.namespaces import namespace_exists, netlink, scratch_namespace, write_sysctl
from lab.network.vlan.base import VlanDriver, vlan_taken
from lab.network.vlan.programs import VlanMap, loaded, tag, untag

_INGRESS = 0xFFFFFFF2  # clsact's ingress hook
_FILTER_NAME = "dxlab-map-"


class EbpfVlan(VlanDriver):
    """Two clsact programs and a veth pair per sub-interface."""

    name = "ebpf"

    def available(self) -> bool:
        """Attach a program to the loopback interface of a namespace that nobody else sees."""
        try:
            with scratch_namespace(), netlink(None) as kernel, loaded(tag(1, 1)) as program:
                _attach(kernel, 1, program, "dxlab-probe")
        except NetworkError:
            return False
        return True

    def ensure(self, trunk: End, vlan: int, sub: End, *, mtu: int) -> None:
        with netlink(trunk.namespace) as at_trunk, netlink(sub.namespace) as at_sub:
            wire = _Wire(at_trunk, trunk, links.index_of(trunk), vlan, sub)
            with _ensured_map(at_trunk, wire.trunk_index) as vlans:
                outer = wire.existing(at_sub, vlans.get(vlan))
                if outer is None:
                    outer = wire.make(at_sub, mtu)
                    faults.point("a VLAN leads nowhere yet")
                    vlans.set(vlan, outer)
                else:
                    at_trunk.link("set", index=outer, mtu=mtu)
            at_sub.link("set", index=links.index_of(sub), mtu=mtu, state="up")

    def remove(self, trunk: End, vlan: int, sub: End) -> None:
        if namespace_exists(trunk.namespace):
            with netlink(trunk.namespace) as kernel, _existing_map(kernel, trunk) as vlans:
                if vlans:
                    vlans.delete(vlan)
        faults.point("a sub-interface has no VLAN any more")
        links.remove_link(sub)

    def sub_interfaces(self, trunk: End) -> Mapping[int, str]:
        links.index_of(trunk)
        with netlink(trunk.namespace) as kernel, _existing_map(kernel, trunk) as vlans:
            named = {vlan: _inner(kernel, outer) for vlan, outer in vlans.items().items()} if vlans else {}
        return {vlan: name for vlan, name in named.items() if name is not None}

    def set_carrier(self, trunk: End, up: bool) -> None:
        """An outer end that is down takes the carrier from its sub-interface."""
        with netlink(trunk.namespace) as kernel, _existing_map(kernel, trunk) as vlans:
            for outer in vlans.items().values() if vlans else ():
                with links.passing(errno.ENODEV):
                    kernel.link("set", index=outer, state="up" if up else "down")


def _inner(kernel: IPRoute, outer: int) -> str | None:
    """The name of the sub-interface to which an outer end leads, where both are in one namespace."""
    link = links.find_link_by_index(kernel, outer)
    if link is None or link.get_attr("IFLA_LINK_NETNSID") is not None:
        return None
    inner = links.find_link_by_index(kernel, link.get_attr("IFLA_LINK"))
    return None if inner is None else str(inner.get_attr("IFLA_IFNAME"))


@dataclass(frozen=True)
class _Wire:
    """One sub-interface's way to its trunk, seen from the trunk's namespace."""

    kernel: IPRoute
    trunk: End
    trunk_index: int
    vlan: int
    sub: End

    @property
    def name(self) -> str:
        """At most 15 characters, one name for one VLAN of one trunk."""
        return f"tag{self.trunk_index:x}.{self.vlan:x}"

    @property
    def alias(self) -> str:
        return f"dxlab: VLAN {self.vlan} of {self.trunk} for {self.sub}"

    def existing(self, at_sub: IPRoute, outer: int | None) -> int | None:
        """The outer end's number where it and the sub-interface are already joined."""
        link = links.find_link_by_index(self.kernel, outer) if outer else None
        if link is None:
            return None
        if link.get_attr("IFLA_IFALIAS") != self.alias:
            raise vlan_taken(self.trunk, self.vlan, self.sub)
        return outer if self._joined(at_sub, link) else None

    def make(self, at_sub: IPRoute, mtu: int) -> int:
        """Make the pair and its program, in place of what may be left of an earlier one."""
        try:
            outer = links.add_veth(self.kernel, self.name, self.sub, mtu=mtu)
        except NetlinkError as refusal:
            if refusal.code != errno.EEXIST:
                raise
            links.delete(self.kernel, self.name)
            links.delete(at_sub, self.sub.interface)
            outer = links.add_veth(self.kernel, self.name, self.sub, mtu=mtu)
        # The outer end is no interface to talk to: without IPv6 it sends nothing of its own.
        write_sysctl(self.trunk.namespace, f"net/ipv6/conf/{self.name}/disable_ipv6", "1")
        with loaded(tag(self.vlan, self.trunk_index)) as program:
            _attach(self.kernel, outer, program, f"dxlab-tag-{self.vlan}")
        faults.point("a sub-interface belongs to nobody yet")
        self.kernel.link("set", index=outer, ifalias=self.alias, state="up")
        return outer

    def _joined(self, at_sub: IPRoute, outer: Link) -> bool:
        inner = links.find_link(at_sub, self.sub.interface)
        return inner is not None and links.leads_to(
            at_sub, self.sub, inner, End(self.trunk.namespace, self.name), outer["index"]
        )


@contextmanager
def _ensured_map(kernel: IPRoute, trunk: int) -> Iterator[VlanMap]:
    """The trunk's map; made and attached along with its program where there is none yet."""
    identifier = _map_identifier(kernel, trunk)
    if identifier is None:
        identifier = _attach_untag(kernel, trunk)
    with VlanMap.open(identifier) as vlans:
        yield vlans


@contextmanager
def _existing_map(kernel: IPRoute, trunk: End) -> Iterator[VlanMap | None]:
    """The trunk's map; None where it has none, or where there is no such trunk."""
    link = links.find_link(kernel, trunk.interface)
    identifier = _map_identifier(kernel, link["index"]) if link else None
    if identifier is None:
        yield None
        return
    with VlanMap.open(identifier) as vlans:
        yield vlans


def _attach_untag(kernel: IPRoute, trunk: int) -> int:
    with VlanMap.create() as vlans, loaded(untag(vlans.descriptor)) as program:
        try:
            _attach(kernel, trunk, program, f"{_FILTER_NAME}{vlans.identifier}")
        except NetlinkError as refusal:
            # Somebody else was faster; theirs counts.
            identifier = _map_identifier(kernel, trunk) if refusal.code == errno.EEXIST else None
            if identifier is None:
                raise
            return identifier
        return vlans.identifier


def _map_identifier(kernel: IPRoute, trunk: int) -> int | None:
    """The number of the trunk's map, from the name of its filter."""
    for message in kernel.get_filters(index=trunk, parent=_INGRESS):
        name = message.get_nested("TCA_OPTIONS", "TCA_BPF_NAME") or ""
        if name.startswith(_FILTER_NAME):
            return int(name.removeprefix(_FILTER_NAME))
    return None


def _attach(kernel: IPRoute, index: int, program: int, name: str) -> None:
    """Attach a program to an interface's ingress, at a fixed place that only one filter can have."""
    with links.passing(errno.EEXIST):
        kernel.tc("add", "clsact", index)
    place = {"parent": _INGRESS, "handle": 1, "prio": 1}
    kernel.tc("add-filter", "bpf", index, **place, fd=program, name=name, direct_action=True)
