"""Interfaces that are not lent, since somebody would be cut off or something torn apart.

A lab is often brought up over ssh, on a machine that one cannot walk to. So there is no way to insist: whoever
wants such an interface moves its duties elsewhere first, and each sentence says which.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from pyroute2 import IPRoute

from lab.errors import UsageError
from lab.network.links import Link, find_link, find_link_by_index
from lab.network.namespaces import netlink

_IFF_LOOPBACK = 0x8
_ESTABLISHED = 0x01  # include/net/tcp_states.h
_CONNECTIONS = (Path("/proc/thread-self/net/tcp"), Path("/proc/thread-self/net/tcp6"))


def refuse_unless_free(interface: str) -> None:
    """Raise UsageError where this machine has no such interface, or cannot spare it."""
    with netlink(None) as kernel:
        link = find_link(kernel, interface)
        if link is None:
            raise UsageError(f"this machine has no interface '{interface}'; it has {_names(kernel)}")
        duty = _duty(kernel, link)
    if duty:
        raise UsageError(f"the interface '{interface}' cannot be a port of the lab: {duty}")


def _names(kernel: IPRoute) -> str:
    links = [link for link in kernel.link("dump") if not link["flags"] & _IFF_LOOPBACK]
    return ", ".join(sorted(link.get_attr("IFLA_IFNAME") for link in links)) or "none"


def _duty(kernel: IPRoute, link: Link) -> str:
    """What the interface is needed for, and what to do about it; empty where it can be spared."""
    index = link["index"]
    if link["flags"] & _IFF_LOOPBACK:
        return "it is the loopback interface"
    if master := link.get_attr("IFLA_MASTER"):
        return f"it is a member of {_name(kernel, master)}; take it out first (ip link set ... nomaster)"
    if above := _on_top(kernel, index):
        return f"'{above}' is made on top of it; remove that first"
    if _carries_default_route(kernel, index):
        return "this machine's default route leads through it; let the route lead elsewhere first"
    if used := _busy_addresses(kernel, index):
        return f"TCP connections, perhaps yours, use its address {used}; end them first"
    return ""


def _name(kernel: IPRoute, index: int) -> str:
    link = find_link_by_index(kernel, index)
    return f"'{link.get_attr('IFLA_IFNAME')}'" if link else "a bridge or bond"


def _on_top(kernel: IPRoute, index: int) -> str | None:
    """A VLAN, macvlan or the like that has the interface as its lower one. A veth end is on top of nothing."""
    for link in kernel.link("dump"):
        is_veth = link.get_nested("IFLA_LINKINFO", "IFLA_INFO_KIND") == "veth"
        is_here = link.get_attr("IFLA_LINK_NETNSID") is None
        if link.get_attr("IFLA_LINK") == index and link["index"] != index and is_here and not is_veth:
            return str(link.get_attr("IFLA_IFNAME"))
    return None


def _carries_default_route(kernel: IPRoute, index: int) -> bool:
    routes = [
        route
        for family in (socket.AF_INET, socket.AF_INET6)
        for route in kernel.route("dump", family=family)
        if route["dst_len"] == 0 and not route.get_attr("RTA_DST")
    ]
    hops = [hop["oif"] for route in routes for hop in route.get_attr("RTA_MULTIPATH") or ()]
    return index in [route.get_attr("RTA_OIF") for route in routes] + hops


def _busy_addresses(kernel: IPRoute, index: int) -> str | None:
    """An address of the interface that is an end of an established TCP connection, such as ssh's."""
    busy = set(_ends_of_connections())
    for message in kernel.addr("dump", index=index):
        text = message.get_attr("IFA_LOCAL") or message.get_attr("IFA_ADDRESS")
        if ip_address(text) in busy:
            return str(text)
    return None


def _ends_of_connections() -> Iterator[IPv4Address | IPv6Address]:
    """This end's address of every established TCP connection, proc(5)."""
    for path in _CONNECTIONS:
        if path.exists():
            for line in path.read_text().splitlines()[1:]:
                _, local, _, state, *_ = line.split()
                if int(state, 16) == _ESTABLISHED:
                    yield _address(local.partition(":")[0])


def _address(words: str) -> IPv4Address | IPv6Address:
    """An address as the kernel prints it there: 32-bit words in hexadecimal, each in the machine's own order."""
    numbers = [int(words[place : place + 8], 16) for place in range(0, len(words), 8)]
    packed = struct.pack(f"={len(numbers)}I", *numbers)
    if len(packed) == 4:
        return IPv4Address(packed)
    address = IPv6Address(packed)
    return address.ipv4_mapped or address
