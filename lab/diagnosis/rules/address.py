"""Addresses on the right VLAN, and whether anybody answers for the customer's."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_interface

from lab.diagnosis.case import Case
from lab.diagnosis.causes import Cause
from lab.diagnosis.evidence import Arp, Discovery, Evidence, Frame, InterfaceAddress, Neighbour, Probe
from lab.diagnosis.verdict import Confidence, Finding, proof

#: So many unanswered questions in a capture mean that nobody is there.
_UNANSWERED = 2


def wrong_address(case: Case) -> Iterator[Finding]:
    """The router speaks on the right VLAN, from another address; or is known to have another one there."""
    if case.neighbour_answers:
        return
    lately = [frame for frame in case.own if frame.at > case.fell_at]
    used: dict[str, Evidence] = {frame.speaker: frame for frame in lately if _counts(case, frame)}
    if not used:
        used = {item.address.partition("/")[0]: item for item in _on_the_right_interface(case)}
    if case.expected.customer_ip in used:
        return
    if case.expected.amazon_ip in used:
        evidence = proof(used[case.expected.amazon_ip])
        yield Finding(Cause.ADDRESS_SWAPPED, Confidence.CERTAIN, evidence, {}, ("address", "interface"))
    elif used:
        facts = {"seen": " and ".join(sorted(used))}
        evidence = proof(*used.values())
        yield Finding(Cause.ADDRESS_MISMATCH, Confidence.CERTAIN, evidence, facts, ("address", "interface"))


def _counts(case: Case, frame: Frame) -> bool:
    """A link-local address is nobody's mistake, and another peer's on the same VLAN is its own."""
    return frame.speaker not in case.expected.siblings and not _is_link_local(frame.speaker)


def _is_link_local(address: str) -> bool:
    return address.startswith("fe80:")


def _on_the_right_interface(case: Case) -> list[InterfaceAddress]:
    suffix = f".{case.expected.vlan}"
    return [
        item
        for item in case.router_addresses()
        if item.interface.endswith(suffix)
        and item.address.partition("/")[0] not in case.expected.siblings
        and not _is_link_local(item.address)
    ]


def prefix_length(case: Case) -> Iterator[Finding]:
    """The right address with a prefix so long that Amazon's address is not on the link."""
    customer, amazon = case.expected.customer_ip, ip_address(case.expected.amazon_ip)
    for item in case.router_addresses():
        interface = ip_interface(item.address)
        if str(interface.ip) == customer and amazon not in interface.network:
            facts = {"seen": str(interface.network.prefixlen)}
            topics = ("address", "interface")
            yield Finding(Cause.PREFIX_LENGTH_MISMATCH, Confidence.CERTAIN, proof(item), facts, topics)
            return


def no_neighbour(case: Case) -> Iterator[Finding]:
    """Nobody answers for the customer's address."""
    if case.neighbour_answers:
        return
    evidence = _silence(case)
    if evidence:
        topics = ("address", "interface")
        yield Finding(Cause.NO_NEIGHBOUR, Confidence.CERTAIN, evidence, {}, topics, by_silence=True)


def _silence(case: Case) -> tuple[Evidence, ...]:
    probes = [probe for probe in case.of(Probe) if probe.name == "arp"]
    entries = [each for each in case.of(Neighbour) if each.address == case.expected.customer_ip]
    if probes:
        return proof(*probes, *entries)
    asked = [frame for frame in case.outbound if _asks(frame, case.expected.customer_ip)]
    return proof(*asked) if len(asked) >= _UNANSWERED else ()


def _asks(frame: Frame, address: str) -> bool:
    return isinstance(frame, (Arp, Discovery)) and not frame.reply and frame.target == address
