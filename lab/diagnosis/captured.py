"""A capture as evidence: which way each frame went, and the case that it makes.

A file does not say which frames came from the customer's router. Whoever speaks as Amazon's address is AWS; where
two devices do, the router has taken that address, and AWS is the one that was there first. All others are the
customer's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_interface

from lab.diagnosis.case import Case, Expected
from lab.diagnosis.digest import Keys
from lab.diagnosis.evidence import Frame
from lab.diagnosis.frames import RawFrame, decode
from lab.errors import UsageError

_TERMS = ("vlan", "amazon", "customer", "amazon-asn", "asn")
_EXAMPLE = "vlan=101,amazon=169.254.10.1/30,customer=169.254.10.2/30,amazon-asn=64512,asn=65001"


def case_of(frames: Iterable[RawFrame], expected: Expected, source: str, keys: Keys | None = None) -> Case:
    """What a capture says of a peer, at the moment of its last frame.

    :param source: what the capture is called, for the evidence.
    """
    known = list(frames)
    amazon = _amazon_mac(known, expected)
    inbound = (replace(frame, inbound=_sender(frame) != amazon) for frame in known)
    evidence = tuple(item for frame in inbound if (item := decode(frame, source, keys)))
    return Case(expected, evidence, max((frame.at for frame in known), default=0.0))


def speaks_of(case: Case) -> bool:
    """Whether a capture has anything of the peer in it: its tag, or one of its addresses."""
    frames = case.of(Frame)
    return any(each.tags == (case.expected.vlan,) or case.speaks_of_us(each) for each in frames)


def terms_of(text: str) -> Expected:
    """The terms of a peer as a user writes them, such as
    `vlan=101,amazon=169.254.10.1/30,customer=169.254.10.2/30,amazon-asn=64512,asn=65001`.

    :raises UsageError: one is missing, unknown or malformed.
    """
    given = dict(part.partition("=")[::2] for part in text.split(","))
    if set(given) != set(_TERMS):
        wrong = ", ".join(sorted(set(given) ^ set(_TERMS)))
        raise UsageError(f"--terms must say {', '.join(_TERMS)}, as {_EXAMPLE}; look at: {wrong}")
    try:
        return Expected(
            peer="capture",
            vif="capture",
            vif_name="capture",
            connection="capture",
            vlan=int(given["vlan"]),
            amazon=str(ip_interface(given["amazon"])),
            customer=str(ip_interface(given["customer"])),
            amazon_asn=int(given["amazon-asn"]),
            customer_asn=int(given["asn"]),
        )
    except ValueError as error:
        raise UsageError(f"--terms: {error}; write it as {_EXAMPLE}") from None


def _amazon_mac(frames: list[RawFrame], expected: Expected) -> bytes:
    """The MAC address that first spoke as Amazon's address on the VIF's VLAN; empty where none did."""
    for frame in frames:
        seen = decode(frame, "")
        if seen and seen.tags == (expected.vlan,) and seen.speaker == expected.amazon_ip:
            return _sender(frame)
    return b""


def _sender(frame: RawFrame) -> bytes:
    return frame.octets[6:12]
