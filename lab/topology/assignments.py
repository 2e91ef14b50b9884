"""The part `assignments`: addresses that AWS gives to a virtual interface's peers, because it did so before.

The blocks must be such as AWS gives, or the lab could not promise that no two peers hold overlapping ones: both
ends in one IPv4 /30 or /31, or in one IPv6 subnet from /64 on, and no block overlapping another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any

from lab.errors import TopologyError
from lab.topology.model import Assignment
from lab.topology.source import Place, Source

Interface = IPv4Interface | IPv6Interface

#: The prefix lengths of a block, by IP version.
_LENGTHS = {4: range(30, 32), 6: range(64, 128)}
_FORMS = {4: "an IPv4 /30 or /31", 6: "an IPv6 /64 to /127"}


def assignments(source: Source) -> Mapping[str, tuple[Assignment, ...]]:
    """The assignments by virtual interface name.

    :raises TopologyError: addresses that AWS would not give, or that two peers would share.
    """
    found = {name: tuple(_of(source, name, items)) for name, items in _declared(source)}
    _check_apart(source, [(name, each) for name, those in found.items() for each in those])
    return found


def _declared(source: Source) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """What stands in the file; a virtual interface without any is left out."""
    return ((name, items) for name, items in source.data.get("assignments", {}).items() if items)


def _of(source: Source, name: str, items: list[Mapping[str, Any]]) -> Iterator[Assignment]:
    for index, item in enumerate(items):
        place = ("assignments", name, index)
        amazon, customer = (
            _interface(source, item[key], (*place, key)) for key in ("amazonAddress", "customerAddress")
        )
        if amazon.network != customer.network:
            raise source.error(f"{amazon} and {customer} are not in the same subnet", place)
        if amazon == customer:
            raise source.error(f"{amazon} cannot be both ends", place)
        yield Assignment(amazon=amazon, customer=customer, line=source.line(*place))


def _interface(source: Source, text: str, place: Place) -> Interface:
    try:
        interface = ip_interface(text)
    except ValueError as error:
        raise source.error(f"this is no address in CIDR form: {error}", place) from None
    if "/" not in text or interface.network.prefixlen not in _LENGTHS[interface.version]:
        raise source.error(f"'{text}' is in no block that AWS assigns: {_FORMS[interface.version]}", place)
    if interface.version == 4 and interface.network.prefixlen == 30 and int(interface) % 4 in (0, 3):
        raise source.error(f"{interface} is no host of its subnet", place)
    return interface


def _check_apart(source: Source, every: list[tuple[str, Assignment]]) -> None:
    """Refuse a block that overlaps one above it."""
    for index, (name, one) in enumerate(every):
        for other_name, other in every[:index]:
            block, taken = one.amazon.network, other.amazon.network
            if block.version == taken.version and block.overlaps(taken):
                sentence = (
                    f"the block {block} of '{name}' overlaps that of '{other_name}' in line {other.line}"
                )
                raise TopologyError(sentence, source.path, one.line)
