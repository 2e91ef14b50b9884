"""Frames made by scapy, which shares no code with the lab."""

from __future__ import annotations

from typing import Any

from scapy.layers.inet import ICMP, IP, TCP, sign_tcp_md5
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6ND_NS, IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Packet, Raw

from lab.diagnosis.evidence import Frame
from lab.diagnosis.frames import RawFrame, decode

ROUTER, AMAZON = "02:00:00:00:00:02", "02:00:00:00:00:01"
KEY = b"s3cretKey0lI"
MARKER = b"\xff" * 16

ENDS = {4: ("169.254.10.2", "169.254.10.1"), 6: ("2001:db8:1::6", "2001:db8:1::1")}


def ethernet(payload: Packet, *tags: int, source: str = ROUTER) -> bytes:
    """A frame with its tags."""
    frame = Ether(src=source, dst="02:00:00:00:00:99")
    for tag in tags:
        frame /= Dot1Q(vlan=tag)
    return bytes(frame / payload)


def bgp(kind: int, body: bytes = b"") -> bytes:
    """A BGP message."""
    return MARKER + (19 + len(body)).to_bytes(2, "big") + bytes([kind]) + body


def segment(
    flags: str = "S",
    data: bytes = b"",
    *,
    family: int = 4,
    key: bytes | None = KEY,
    outbound: bool = False,
    ttl: int = 1,
    **ports: Any,  # noqa: ANN401 -- scapy's fields
) -> Packet:
    """A TCP segment to AWS's port 179, signed unless the key is None."""
    source, destination = ENDS[family][::-1] if outbound else ENDS[family]
    network = (
        IP(src=source, dst=destination, ttl=ttl)
        if family == 4
        else IPv6(src=source, dst=destination, hlim=ttl)
    )
    tcp = TCP(**{"sport": 40000, "dport": 179, "flags": flags, "seq": 1, **ports})
    packet = network / tcp / Raw(data) if data else network / tcp
    if key is not None:
        # Its length must be right before it is signed; a digest of nothing holds the place.
        sign_tcp_md5(packet[TCP], key)
    return packet


def who_has(
    sender: str = "169.254.10.2", target: str = "169.254.10.1", *, reply: bool = False, mac: str = ROUTER
) -> Packet:
    return ARP(op=2 if reply else 1, hwsrc=mac, psrc=sender, pdst=target)


def solicitation(sender: str = "2001:db8:1::6", target: str = "2001:db8:1::1") -> Packet:
    return IPv6(src=sender, dst="ff02::1:ff00:1", hlim=255) / ICMPv6ND_NS(tgt=target)


def advertisement(target: str = "2001:db8:1::6") -> Packet:
    return IPv6(src=target, dst="ff02::1", hlim=255) / ICMPv6ND_NA(tgt=target)


def unreachable(quoted: Packet, code: int = 13) -> Packet:
    return IP(src="169.254.10.2", dst="169.254.10.1") / ICMP(type=3, code=code) / Raw(bytes(quoted)[:28])


def seen(octets: bytes, *, inbound: bool = True, at: float = 1.0, **keys: Any) -> Frame:  # noqa: ANN401
    """The evidence of a frame; there must be some."""
    found = decode(RawFrame(at, inbound, octets), "cable", **keys)
    assert found is not None
    return found
