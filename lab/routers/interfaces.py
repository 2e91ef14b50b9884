"""A router's interfaces: what its configuration and its topology ask for, made so; and the topology's commands.

An interface may be asked for twice, by the router's configuration (`interface eth1.101` in an FRR file) and
by the topology's `interfaces`. The two make one: what the topology says goes before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from pathlib import Path

from lab.errors import RouterError, TopologyError
from lab.network.links import End, ensure_addresses, find_link, has_carrier, set_mtu
from lab.network.namespaces import netlink
from lab.network.vlan import vlan_driver
from lab.topology import NodeInterface, RouterNode, Written
from lab.topology.references import ApiRecord, resolve_line

#: What an Ethernet port has unless somebody sets another, and what a new virtual interface has at AWS.
_MTU = 1500
#: What the kernel gives the loopback interface; programs count on it.
_LOOPBACK = (ip_interface("127.0.0.1/8"), ip_interface("::1/128"))


@dataclass(frozen=True)
class Interface:
    """What one interface shall be like.

    :param origin: the file and line that ask for it, for errors.
    :param link: the interface that an 802.1Q sub-interface stands on; None for one that is there already.
    :param vlan: of the sub-interface.
    :param mtu: None leaves it as it is, and is 1500 for a sub-interface.
    :param addresses: the complete set; None leaves what there is.
    """

    name: str
    origin: str
    link: str | None = None
    vlan: int = 0
    mtu: int | None = None
    addresses: tuple[IPv4Interface | IPv6Interface, ...] | None = None


def interfaces_of(node: RouterNode, virtual_interfaces: Iterable[ApiRecord], path: Path) -> list[Interface]:
    """What a topology asks for, with every reference replaced.

    :param virtual_interfaces: as DescribeVirtualInterfaces lists them.
    :param path: the topology file, for errors.
    :raises TopologyError: a reference names what is not there, or what it stands for is no address.
    """
    standing = list(virtual_interfaces)
    return [_interface(said, standing, path) for said in node.interfaces]


def commands_of(
    node: RouterNode, virtual_interfaces: Iterable[ApiRecord], path: Path
) -> list[tuple[str, ...]]:
    """The commands that a topology has run after the router's start, with every reference replaced.

    :raises TopologyError: a reference names what is not there.
    """
    standing = list(virtual_interfaces)
    return [
        tuple(resolve_line(word, standing, path, command.line) for word in command.words)
        for command in node.commands
    ]


def merged(configured: Iterable[Interface], given: Iterable[Interface]) -> list[Interface]:
    """What a router's configuration asks for, and what its topology does, each interface once."""
    found = {each.name: each for each in configured}
    for each in given:
        found[each.name] = _over(found.get(each.name), each)
    return list(found.values())


def ensure_interfaces(router: str, namespace: str, interfaces: Iterable[Interface]) -> None:
    """Have the interfaces as they are asked for.

    :param router: the router's name, for errors.
    :raises RouterError: an interface is asked for that only a cable could bring.
    """
    # A sub-interface may be no larger than what it stands on.
    for wanted in sorted(interfaces, key=lambda each: each.link is not None):
        _demand_cable(router, End(namespace, wanted.link or wanted.name), wanted)
        if wanted.link:
            _ensure_sub_interface(End(namespace, wanted.link), wanted)
        elif wanted.mtu:
            set_mtu(End(namespace, wanted.name), wanted.mtu)
        if wanted.addresses is not None:
            kept = _LOOPBACK if wanted.name == "lo" else ()
            ensure_addresses(End(namespace, wanted.name), (*wanted.addresses, *kept))


def _interface(said: NodeInterface, virtual_interfaces: list[ApiRecord], path: Path) -> Interface:
    addresses = said.addresses
    return Interface(
        name=said.name,
        origin=f"{path}:{said.line}",
        link=said.link,
        vlan=said.vlan or 0,
        mtu=said.mtu,
        addresses=None
        if addresses is None
        else tuple(_address(each, virtual_interfaces, path) for each in addresses),
    )


def _address(
    written: Written, virtual_interfaces: list[ApiRecord], path: Path
) -> IPv4Interface | IPv6Interface:
    text = resolve_line(written.text, virtual_interfaces, path, written.line)
    try:
        return ip_interface(text)
    except ValueError:
        sentence = f"'{written.text}' stands for no address with a prefix length"
        raise TopologyError(sentence, path, written.line) from None


def _over(configured: Interface | None, given: Interface) -> Interface:
    """One interface of two: what the one leaves open, the other may have said."""
    if configured is None:
        return given
    return replace(
        given,
        link=given.link or configured.link,
        vlan=given.vlan or configured.vlan,
        mtu=given.mtu or configured.mtu,
        addresses=configured.addresses if given.addresses is None else given.addresses,
    )


def _ensure_sub_interface(trunk: End, wanted: Interface) -> None:
    driver = vlan_driver()
    driver.ensure(trunk, wanted.vlan, End(trunk.namespace, wanted.name), mtu=wanted.mtu or _MTU)
    driver.set_carrier(trunk, has_carrier(trunk))


def _demand_cable(router: str, end: End, wanted: Interface) -> None:
    with netlink(end.namespace) as kernel:
        if find_link(kernel, end.interface) is not None:
            return
    whose = f"{wanted.name} is a sub-interface of {wanted.link}, but " if wanted.link else ""
    raise RouterError(
        f"{wanted.origin}: {whose}no cable is plugged into {end.interface}; "
        f"add a link to '{router}:{end.interface}'"
    )
