"""Ethernet frames, octet by octet, turned into evidence.

Pure functions of the octets, with the tags where they stand on the wire. Only what a diagnosis asks for is read:
ARP, neighbour discovery, TCP to or from port 179, ICMP errors; of everything else who sent it. A frame that is
cut off or malformed is no evidence.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address

from lab.diagnosis.digest import Keys, TcpPacket
from lab.diagnosis.evidence import Arp, Discovery, Frame, Icmp, OtherPacket, Segment, Signature
from lab.diagnosis.messages import messages_in

BGP = 179

_TAGS = (0x8100, 0x88A8)
_ARP, _IPV4, _IPV6 = 0x0806, 0x0800, 0x86DD
_ICMP, _TCP, _ICMPV6 = 1, 6, 58
_HOP_BY_HOP = 0
_SOLICITATION, _ADVERTISEMENT = 135, 136
_ICMP_ERRORS = (3, 11)
_ICMPV6_ERRORS = (1, 2, 3)
_MD5_OPTION = 19
_FLAGS = ((0x02, "S"), (0x01, "F"), (0x04, "R"), (0x08, "P"), (0x10, "."))


@dataclass(frozen=True, slots=True)
class RawFrame:
    """A captured frame.

    :param at: epoch seconds.
    :param inbound: from the customer's router.
    :param octets: from the destination MAC address on, tags in place, without the check sequence.
    """

    at: float
    inbound: bool
    octets: bytes


@dataclass(frozen=True)
class _Packet:
    """What the layers above IP need of it."""

    frame: Frame
    sender: str
    receiver: str
    ttl: int
    payload: bytes


def decode(raw: RawFrame, source: str, keys: Keys | None = None) -> Frame | None:
    """The frame as evidence, or None where it says nothing.

    :param source: where it was captured.
    :param keys: of the session that its TCP segments belong to; without them signatures stay unchecked.
    """
    tags, protocol, payload = _ethernet(raw.octets)
    frame = Frame(source, raw.at, raw.inbound, tags)
    try:
        if protocol == _ARP:
            return _arp(frame, payload)
        if protocol == _IPV4:
            return _ipv4(frame, payload, keys)
        if protocol == _IPV6:
            return _ipv6(frame, payload, keys)
    except (struct.error, IndexError, ValueError):
        return None
    return None


def tags_of(octets: bytes) -> tuple[int, ...]:
    """The VLAN ids of a frame's tags."""
    return _ethernet(octets)[0]


def _ethernet(octets: bytes) -> tuple[tuple[int, ...], int, bytes]:
    """Tags, EtherType and payload; the priority tag (VLAN 0) is none."""
    at, tags = 12, []
    while octets[at : at + 2] in (tag.to_bytes(2, "big") for tag in _TAGS) and len(octets) >= at + 4:
        tags.append(int.from_bytes(octets[at + 2 : at + 4], "big") & 0xFFF)
        at += 4
    return tuple(tag for tag in tags if tag), int.from_bytes(octets[at : at + 2], "big"), octets[at + 2 :]


def _arp(frame: Frame, payload: bytes) -> Arp:
    hardware, protocol, operation = struct.unpack_from("!HHxxH", payload)
    if (hardware, protocol) != (1, _IPV4):
        raise ValueError("not ARP for IPv4 over Ethernet")
    return Arp(
        *_common(frame),
        reply=operation == 2,
        sender=str(IPv4Address(payload[14:18])),
        sender_mac=payload[8:14].hex(":"),
        target=str(IPv4Address(payload[24:28])),
    )


def _ipv4(frame: Frame, payload: bytes, keys: Keys | None) -> Frame:
    header = (payload[0] & 0xF) * 4
    total, ttl, protocol = struct.unpack_from("!xxH4xBB", payload)
    packet = _Packet(
        frame,
        str(IPv4Address(payload[12:16])),
        str(IPv4Address(payload[16:20])),
        ttl,
        payload[header:total],
    )
    if protocol == _TCP:
        return _tcp(packet, payload[12:20], keys)
    if protocol == _ICMP:
        return _icmp(packet, _ICMP_ERRORS, _about_ipv4)
    return OtherPacket(*_common(frame), packet.sender, packet.receiver, protocol)


def _ipv6(frame: Frame, payload: bytes, keys: Keys | None) -> Frame:
    length, protocol, ttl = struct.unpack_from("!4xHBB", payload)
    upper = payload[40 : 40 + length]
    if protocol == _HOP_BY_HOP:
        protocol, upper = upper[0], upper[(upper[1] + 1) * 8 :]
    packet = _Packet(frame, str(IPv6Address(payload[8:24])), str(IPv6Address(payload[24:40])), ttl, upper)
    if protocol == _TCP:
        return _tcp(packet, payload[8:40], keys)
    if protocol == _ICMPV6 and upper[0] in (_SOLICITATION, _ADVERTISEMENT):
        target = str(IPv6Address(upper[8:24]))
        return Discovery(*_common(frame), upper[0] == _ADVERTISEMENT, packet.sender, target)
    if protocol == _ICMPV6:
        return _icmp(packet, _ICMPV6_ERRORS, _about_ipv6)
    return OtherPacket(*_common(frame), packet.sender, packet.receiver, protocol)


def _icmp(packet: _Packet, errors: tuple[int, ...], about: Callable[[bytes], tuple[str, int]]) -> Icmp:
    kind, code = packet.payload[0], packet.payload[1]
    message = Icmp(*_common(packet.frame), packet.sender, packet.receiver, kind, code)
    if kind not in errors:
        return message
    destination, port = about(packet.payload[8:])
    return replace(message, about=destination, port=port)


def _about_ipv4(quoted: bytes) -> tuple[str, int]:
    at = (quoted[0] & 0xF) * 4
    return str(IPv4Address(quoted[16:20])), _port(quoted[9], quoted[at:])


def _about_ipv6(quoted: bytes) -> tuple[str, int]:
    return str(IPv6Address(quoted[24:40])), _port(quoted[6], quoted[40:])


def _port(protocol: int, quoted: bytes) -> int:
    """Port 179 where it is one of the two, else the destination's."""
    if protocol != _TCP:
        return 0
    ports = struct.unpack_from("!HH", quoted)
    return BGP if BGP in ports else int(ports[1])


def _tcp(packet: _Packet, addresses: bytes, keys: Keys | None) -> Frame:
    """A segment of BGP; one of something else is just a packet."""
    sender_port, receiver_port, sequence, acknowledgement, offset, bits = struct.unpack_from(
        "!HHIIBB", packet.payload
    )
    if BGP not in (sender_port, receiver_port):
        return OtherPacket(*_common(packet.frame), packet.sender, packet.receiver, _TCP)
    header = (offset >> 4) * 4
    data = packet.payload[header:]
    digest = _md5_option(packet.payload[20:header])
    signature, mistake = _judge(digest, TcpPacket(addresses, packet.payload), keys)
    return Segment(
        *_common(packet.frame),
        sender=packet.sender,
        receiver=packet.receiver,
        sender_port=sender_port,
        receiver_port=receiver_port,
        flags="".join(letter for bit, letter in _FLAGS if bits & bit),
        ttl=packet.ttl,
        sequence=sequence,
        acknowledgement=acknowledgement,
        length=len(data),
        signature=signature,
        mistake=mistake,
        messages=messages_in(data),
    )


def _md5_option(options: bytes) -> bytes | None:
    """The digest of the option of RFC 2385, if there is one."""
    at = 0
    while at < len(options):
        if options[at] == 0:
            return None
        if options[at] == 1:
            at += 1
            continue
        if options[at] == _MD5_OPTION:
            return options[at + 2 : at + 18]
        at += max(options[at + 1], 2)
    return None


def _judge(digest: bytes | None, packet: TcpPacket, keys: Keys | None) -> tuple[Signature, str]:
    """How the segment is signed, and what mistake a wrong signature comes from."""
    if digest is None:
        return "none", ""
    if keys is None:
        return "unchecked", ""
    if packet.digest(keys.right) == digest:
        return "right", ""
    return "wrong", keys.mistake(packet, digest)


def _common(frame: Frame) -> tuple[str, float, bool, tuple[int, ...]]:
    return frame.source, frame.at, frame.inbound, frame.tags
