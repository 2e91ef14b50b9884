"""Cables, carrier and addresses.

A cable is a veth pair: what one end sends, the other receives, and an end has carrier exactly while both are
up. "Unplugging" it is setting the Direct Connect end down, which the router sees as a lost carrier.

Addresses come as the complete set that an interface shall have. AWS sends everything to the customer's link
address with TTL 1, connection refusals and SYN-ACKs included, which no option of one socket can do. So with a
`hop_limit` the connected route is not left to the kernel: the address is added without it, and the same route
is made here with that hop limit as a metric (ip-route(8) `hoplimit`). Neighbour discovery keeps its 255 (RFC
4861, section 7.1.1), and what goes beyond the link the usual 64.
"""

from __future__ import annotations

import errno
import os
import random
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from lab import faults
from lab.errors import NetworkError
from lab.network.namespaces import DIRECTORY, inside, namespace_exists, netlink

Interface = IPv4Interface | IPv6Interface
Link = Any  # pyroute2's decoded RTM_NEWLINK

_IFF_LOWER_UP = 0x10000
_IFA_F_NODAD, _IFA_F_NOPREFIXROUTE = 0x02, 0x200
_IPV6_CONNECTED = 256  # the kernel's metric for connected routes (IP6_RT_PRIO_ADDRCONF)
_SKIP_STATISTICS = 8  # RTEXT_FILTER_SKIP_STATS


@dataclass(frozen=True)
class End:
    """One end of a cable: an interface by name in a namespace by name."""

    namespace: str
    interface: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.interface}"


def ensure_cable(a: End, b: End, *, mtu: int = 9100) -> None:
    """Have the veth pair `a`--`b` with both ends up.

    An end that leads elsewhere, or nowhere, is replaced. What hangs on a cable that is already right stays.
    """
    with netlink(a.namespace) as at_a, netlink(b.namespace) as at_b:
        if not _connected(at_a, a, at_b, b):
            delete(at_a, a.interface)
            delete(at_b, b.interface)
            faults.point("a cable is not there any more")
            add_veth(at_a, a.interface, b)
        for kernel, end in ((at_a, a), (at_b, b)):
            kernel.link("set", index=index_of(end), mtu=mtu, state="up")


def remove_link(end: End) -> None:
    """Delete the interface, and with it the other end of its cable; no error when it is absent."""
    if namespace_exists(end.namespace):
        with netlink(end.namespace) as kernel:
            delete(kernel, end.interface)


def set_link(end: End, *, up: bool) -> None:
    """Set an interface up or down. The Direct Connect end down is the cable unplugged."""
    with netlink(end.namespace) as kernel:
        kernel.link("set", index=index_of(end), state="up" if up else "down")


def set_mtu(end: End, mtu: int) -> None:
    """Set the largest packet that an interface sends, in bytes."""
    with netlink(end.namespace) as kernel:
        kernel.link("set", index=index_of(end), mtu=mtu)


def has_carrier(end: End) -> bool:
    """Whether both the interface and its cable's other end are up; False where there is no such interface."""
    if not namespace_exists(end.namespace):
        return False
    with netlink(end.namespace) as kernel:
        link = find_link(kernel, end.interface)
        return link is not None and carrier_of(link)


def ensure_addresses(end: End, addresses: Collection[Interface], *, hop_limit: int | None = None) -> None:
    """Give the interface exactly these addresses, its link-local one apart. It must be up.

    :param hop_limit: TTL and hop limit of everything sent to the connected networks; None for the usual one.
    :raises NetworkError: there is no such interface, or Linux refuses an address.
    """
    wanted = {_Assigned(address, bool(hop_limit)) for address in addresses}
    with netlink(end.namespace) as kernel:
        index = index_of(end)
        present = _assigned(kernel, index)
        for surplus in present - wanted:
            _unassign(kernel, index, surplus)
        # Linux may drop an IPv4 address's secondary ones along with it, so what is left is asked for again.
        kept = present if present <= wanted else _assigned(kernel, index)
        for missing in wanted - kept:
            _assign(kernel, index, missing)
            faults.point("an address has no route")
        if hop_limit:
            for address in addresses:
                kernel.route("replace", **_route(index, address), metrics={"hoplimit": hop_limit})


def addresses_of(end: End) -> frozenset[Interface]:
    """The addresses of an interface, its link-local ones apart."""
    with netlink(end.namespace) as kernel:
        return frozenset(each.address for each in _assigned(kernel, index_of(end)))


# ---- links ------------------------------------------------------------------------------------------------


def find_link(kernel: IPRoute, interface: str) -> Link | None:
    """What the kernel says of an interface by name, or None."""
    return _get_link(kernel, ifname=interface)


def known_link(kernel: IPRoute, interface: str) -> Link:
    """What the kernel says of an interface by name; NetworkError where there is none."""
    link = find_link(kernel, interface)
    if link is None:
        raise NetworkError(f"there is no interface '{interface}'")
    return link


def find_link_by_index(kernel: IPRoute, index: int) -> Link | None:
    return _get_link(kernel, index=index)


def add_veth(kernel: IPRoute, interface: str, peer: End, *, mtu: int | None = None) -> int:
    """Make a veth pair, both ends where they belong (moving one later takes the kernel much longer).

    The number of the near end is drawn here and returned. Linux reports a change of carrier at once only on a
    link whose own number differs from its peer's (linkwatch_urgent_event), else up to a second late; left to
    the kernel, both ends of a cable between two fresh namespaces would be number 2.
    """
    index = random.randrange(0x10000, 0x1000000)
    far = {"ifname": peer.interface, "net_ns_fd": str(DIRECTORY / peer.namespace), "mtu": mtu}
    far = {key: value for key, value in far.items() if value}
    kernel.link("add", ifname=interface, kind="veth", index=index, mtu=mtu, peer=far)
    faults.point("a pair of interfaces is down")
    return index


def delete(kernel: IPRoute, interface: str) -> None:
    """Delete an interface by name; no error when it is absent."""
    with passing(errno.ENODEV):
        kernel.link("del", ifname=interface)


def index_of(end: End) -> int:
    """The interface's number in its namespace; NetworkError where there is none of that name."""
    index = _index(end)
    if index is None:
        place = f"in the network namespace '{end.namespace}'"
        raise NetworkError(f"there is no interface '{end.interface}' {place}")
    return index


def exists(end: End) -> bool:
    """Whether the namespace, which there must be, has an interface of this name."""
    return _index(end) is not None


def _index(end: End) -> int | None:
    """By ioctl(2), thirty times as fast as a netlink request."""
    with inside(end.namespace):
        try:
            return socket.if_nametoindex(end.interface)
        except OSError:
            return None


def carrier_of(link: Link) -> bool:
    """Whether the link is up and can carry traffic."""
    return bool(link["flags"] & _IFF_LOWER_UP)


def leads_to(kernel: IPRoute, end: End, link: Link, other: End, index: int) -> bool:
    """Whether `link`, at `end`, is joined to the interface `other`, whose number is `index`."""
    # The number's own namespace, by the id that this one has for it; none when they are the same.
    identifier = link.get_attr("IFLA_LINK_NETNSID")
    if link.get_attr("IFLA_LINK") != index:
        return False
    if end.namespace == other.namespace:
        return identifier is None
    return identifier is not None and identifier == _namespace_id(kernel, other.namespace)


@contextmanager
def passing(harmless: int) -> Iterator[None]:
    """Let one error number of the kernel pass: what was to be done is done already."""
    try:
        yield
    except NetlinkError as refusal:
        if refusal.code != harmless:
            raise


def _namespace_id(kernel: IPRoute, namespace: str) -> int:
    """The id by which `kernel`'s namespace knows another one; -1 where it has none for it."""
    descriptor = os.open(DIRECTORY / namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return int(kernel.get_netnsid(fd=descriptor)["nsid"])
    finally:
        os.close(descriptor)


def _get_link(kernel: IPRoute, **which: str | int) -> Link | None:
    link = None
    with passing(errno.ENODEV):
        (link,) = kernel.link("get", ext_mask=_SKIP_STATISTICS, **which)
    return link


def _connected(at_a: IPRoute, a: End, at_b: IPRoute, b: End) -> bool:
    link_a, link_b = find_link(at_a, a.interface), find_link(at_b, b.interface)
    if link_a is None or link_b is None:
        return False
    return leads_to(at_a, a, link_a, b, link_b["index"]) and leads_to(at_b, b, link_b, a, link_a["index"])


# ---- addresses --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Assigned:
    """An address of an interface, and whether its connected route is ours to make."""

    address: Interface
    own_route: bool


def _assigned(kernel: IPRoute, index: int) -> set[_Assigned]:
    """The addresses that the interface has, link-local ones apart."""
    found = set()
    for message in kernel.addr("dump", index=index):
        text = message.get_attr("IFA_LOCAL") or message.get_attr("IFA_ADDRESS")
        address = ip_interface(f"{text}/{message['prefixlen']}")
        if address.version == 4 or not address.ip.is_link_local:
            found.add(_Assigned(address, bool(message.get_attr("IFA_FLAGS") & _IFA_F_NOPREFIXROUTE)))
    return found


def _assign(kernel: IPRoute, index: int, new: _Assigned) -> None:
    kernel.addr(
        "add",
        index=index,
        address=str(new.address.ip),
        prefixlen=new.address.network.prefixlen,
        flags=_IFA_F_NODAD | (_IFA_F_NOPREFIXROUTE if new.own_route else 0),
    )


def _unassign(kernel: IPRoute, index: int, old: _Assigned) -> None:
    """Take an address away, and with it our route: Linux itself lets an IPv6 one stay."""
    if old.own_route:
        with passing(errno.ESRCH):
            kernel.route("del", **_route(index, old.address))
    with passing(errno.EADDRNOTAVAIL):
        kernel.addr("del", index=index, address=str(old.address.ip), prefixlen=old.address.network.prefixlen)


def _route(index: int, address: Interface) -> dict[str, Any]:
    """The connected route as the kernel would make it."""
    route = {"dst": str(address.network), "oif": index, "prefsrc": str(address.ip), "proto": "kernel"}
    if address.version == 4:
        return {**route, "scope": "link"}
    return {**route, "priority": _IPV6_CONNECTED}
