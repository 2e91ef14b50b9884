"""A veth end that stands for a NIC of this machine; whatever is at its other end is out of the lab's reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pyroute2 import IPRoute

from lab.network.links import End, add_veth, delete, find_link, has_carrier, known_link
from lab.network.namespaces import ensure_namespace, netlink, remove_namespace, write_sysctl
from tests.support.command import eventually

#: Flags that are the machine's doing, not the carrier's.
_IFF_UP, _IFF_PROMISC = 0x1, 0x100
_BY_THE_KERNEL = 2  # routes that come and go with addresses


@dataclass(frozen=True)
class Nic:
    """The interface by its name at home, and the far end of its wire."""

    name: str
    far: End

    def exists(self, name: str | None = None) -> bool:
        with netlink(None) as kernel:
            return find_link(kernel, name or self.name) is not None

    def far_exists(self) -> bool:
        """Whether the wire is still there; its ends live and die together."""
        with netlink(self.far.namespace) as kernel:
            return find_link(kernel, self.far.interface) is not None

    def set(self, **settings: Any) -> None:  # noqa: ANN401 -- pyroute2's words
        with netlink(None) as kernel:
            kernel.link("set", index=self.index, **settings)

    def promiscuous(self) -> None:
        self.set(flags=_IFF_PROMISC, change=_IFF_PROMISC)

    def assign(self, address: str, prefixlen: int, **more: Any) -> None:  # noqa: ANN401 -- pyroute2's words
        with netlink(None) as kernel:
            kernel.addr("add", index=self.index, address=address, prefixlen=prefixlen, **more)

    def route(self, **route: Any) -> None:  # noqa: ANN401 -- pyroute2's words
        with netlink(None) as kernel:
            kernel.route("add", oif=self.index, **route)

    @property
    def index(self) -> int:
        with netlink(None) as kernel:
            return int(known_link(kernel, self.name)["index"])

    def state(self) -> dict[str, Any]:
        """Everything of it that the lab promises to give back."""
        with netlink(None) as kernel:
            link = known_link(kernel, self.name)
            return {
                "mac": link.get_attr("IFLA_ADDRESS"),
                "mtu": link.get_attr("IFLA_MTU"),
                "flags": link["flags"] & (_IFF_UP | _IFF_PROMISC),
                "addresses": sorted(
                    (each.get_attr("IFA_ADDRESS"), each["prefixlen"], each.get_attr("IFA_LABEL") or "")
                    for each in kernel.addr("dump", index=link["index"])
                ),
                "routes": sorted(
                    (str(each.get_attr("RTA_DST")), str(each.get_attr("RTA_GATEWAY")))
                    for family in (2, 10)
                    for each in kernel.route("dump", family=family, oif=link["index"])
                    if each["proto"] != _BY_THE_KERNEL
                ),
                "filtered": "clsact"
                in [each.get_attr("TCA_KIND") for each in _qdiscs(kernel, link["index"])],
            }


def _qdiscs(kernel: IPRoute, index: int) -> list[Any]:
    return [each for each in kernel.get_qdiscs() if each["index"] == index]


@contextmanager
def nic(name: str, far_namespace: str) -> Iterator[Nic]:
    """The interface `name` here, up, and the interface `eth1` at the far end, up; neither is left afterwards."""
    ensure_namespace(far_namespace)
    far = End(far_namespace, "eth1")
    with netlink(None) as kernel:
        delete(kernel, name)
        add_veth(kernel, name, far)
        write_sysctl(far_namespace, "net/ipv6/conf/eth1/accept_dad", "0")
        kernel.link("set", ifname=name, state="up")
    with netlink(far_namespace) as kernel:
        kernel.link("set", ifname=far.interface, state="up")
    try:
        eventually(lambda: has_carrier(far), "light on the wire")
        yield Nic(name, far)
    finally:
        # Wherever the near end is by now, it goes with the far one.
        with netlink(far_namespace) as kernel:
            delete(kernel, far.interface)
        remove_namespace(far_namespace)
