"""BGP messages as they stand in a TCP segment, RFC 4271: as much of them as tells why a session fails.

A segment need not begin with a message; whatever does not look like one is passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from lab.bgp.notifications import describe, readable_data

_MARKER = b"\xff" * 16
_NAMES = {1: "OPEN", 2: "UPDATE", 3: "NOTIFICATION", 4: "KEEPALIVE", 5: "ROUTE-REFRESH"}
_AS_TRANS = 23456
_AS_PATH, _NEXT_HOP, _MP_REACH = 2, 3, 14
_MULTIPROTOCOL, _FOUR_OCTET_ASN = 1, 65
_IPV6 = 2
#: So many prefixes of an UPDATE are named, the others counted.
_FIRST = 8
_FAMILIES = {(1, 1): "ipv4 unicast", (2, 1): "ipv6 unicast"}


@dataclass(frozen=True)
class Message:
    """One message.

    :param name: `OPEN`, `UPDATE`, `NOTIFICATION`, `KEEPALIVE` or `ROUTE-REFRESH`.
    :param asn: of an OPEN, the 4-octet one where there is one; likewise `hold_time` and `router_id`.
    :param families: of an OPEN, the address families of its multiprotocol capabilities (RFC 4760).
    :param multiprotocol: of an OPEN, whether it has any; one without speaks IPv4 unicast.
    :param code: of a NOTIFICATION; likewise `subcode` and `text`, what a human can read of its data.
    :param bound: of a NOTIFICATION Cease 6/1, the upper bound of RFC 4486; 0 where it has none.
    :param as_path: of an UPDATE; likewise `next_hop`, `announced` (how many prefixes) and the first `prefixes`.
    """

    name: str
    asn: int = 0
    hold_time: int = 0
    router_id: str = ""
    families: tuple[str, ...] = ()
    multiprotocol: bool = False
    code: int = 0
    subcode: int = 0
    text: str = ""
    bound: int = 0
    as_path: tuple[int, ...] = ()
    next_hop: str = ""
    announced: int = 0
    prefixes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.name == "OPEN":
            families = ", ".join(self.families) or "no multiprotocol capability"
            return f"OPEN (AS {self.asn}, hold time {self.hold_time} s, id {self.router_id}, {families})"
        if self.name == "NOTIFICATION":
            return f"NOTIFICATION ({describe(self.code, self.subcode, self.text)})"
        if self.name == "UPDATE" and self.announced:
            path = " ".join(map(str, self.as_path)) or "empty"
            return f"UPDATE ({self.announced} prefixes, AS path {path}, next hop {self.next_hop})"
        return self.name


def messages_in(data: bytes, *, wide: bool = True) -> tuple[Message, ...]:
    """The messages that begin in a segment's data; a last one may be cut off.

    :param wide: AS paths have 4-octet ASNs (RFC 6793), which both ends of a Direct Connect session speak.
    """
    return tuple(_messages(data, wide))


def _messages(data: bytes, wide: bool) -> Iterator[Message]:
    at = data.find(_MARKER)
    while at >= 0 and at + 19 <= len(data):
        length, kind = struct.unpack_from("!HB", data, at + 16)
        if length < 19 or kind not in _NAMES:
            return
        yield _read(_NAMES[kind], data[at + 19 : at + length], wide)
        at = data.find(_MARKER, at + length)


def _read(name: str, body: bytes, wide: bool) -> Message:
    """The message; of one whose body is cut off or malformed, its name."""
    try:
        if name == "OPEN":
            return _open(body)
        if name == "NOTIFICATION":
            return _notification(body)
        if name == "UPDATE":
            return _update(body, wide)
    except (struct.error, IndexError, ValueError):
        pass
    return Message(name)


def _open(body: bytes) -> Message:
    asn, hold_time = struct.unpack_from("!HH", body, 1)
    families: list[str] = []
    multiprotocol = False
    for code, value in _capabilities(body[10 : 10 + body[9]]):
        if code == _FOUR_OCTET_ASN:
            (asn,) = struct.unpack("!I", value)
        elif code == _MULTIPROTOCOL:
            multiprotocol = True
            afi, safi = struct.unpack("!HxB", value)
            families.append(_FAMILIES.get((afi, safi), f"family {afi}/{safi}"))
    return Message(
        "OPEN",
        asn=asn,
        hold_time=hold_time,
        router_id=str(IPv4Address(body[5:9])),
        families=tuple(families),
        multiprotocol=multiprotocol,
    )


def _capabilities(parameters: bytes) -> Iterator[tuple[int, bytes]]:
    """Code and value of each capability, RFC 5492."""
    for kind, value in _records(parameters):
        if kind == 2:
            yield from _records(value)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Octets in the form of type, length, value."""
    at = 0
    while at + 2 <= len(data):
        kind, length = data[at], data[at + 1]
        yield kind, data[at + 2 : at + 2 + length]
        at += 2 + length


def _notification(body: bytes) -> Message:
    code, subcode, rest = body[0], body[1], body[2:]
    bound = struct.unpack("!I", rest[3:7])[0] if (code, subcode) == (6, 1) and len(rest) == 7 else 0
    text = "" if bound else readable_data(code, subcode, rest)
    return Message("NOTIFICATION", code=code, subcode=subcode, text=text, bound=bound)


def _update(body: bytes, wide: bool) -> Message:
    withdrawn = struct.unpack_from("!H", body)[0]
    length = struct.unpack_from("!H", body, 2 + withdrawn)[0]
    attributes = body[4 + withdrawn : 4 + withdrawn + length]
    prefixes = [*_prefixes(body[4 + withdrawn + length :], 4)]
    as_path: tuple[int, ...] = ()
    next_hop = ""
    for code, value in _attributes(attributes):
        if code == _AS_PATH:
            as_path = tuple(_path(value, wide))
        elif code == _NEXT_HOP:
            next_hop = str(IPv4Address(value))
        elif code == _MP_REACH:
            size = value[3]
            next_hop = str(IPv6Address(value[4:20])) if size >= 16 else str(IPv4Address(value[4:8]))
            prefixes += _prefixes(value[5 + size :], 16 if value[1] == _IPV6 else 4)
    return Message(
        "UPDATE",
        as_path=as_path,
        next_hop=next_hop,
        announced=len(prefixes),
        prefixes=tuple(prefixes[:_FIRST]),
    )


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 3 <= len(data):
        flags, code = data[at], data[at + 1]
        extended = bool(flags & 0x10)
        length = struct.unpack_from("!H", data, at + 2)[0] if extended else data[at + 2]
        at += 4 if extended else 3
        yield code, data[at : at + length]
        at += length


def _path(value: bytes, wide: bool) -> Iterator[int]:
    size, at = (4, 0) if wide else (2, 0)
    while at + 2 <= len(value):
        count = value[at + 1]
        yield from struct.unpack_from(f"!{count}{'I' if wide else 'H'}", value, at + 2)
        at += 2 + count * size


def _prefixes(data: bytes, size: int) -> Iterator[str]:
    """The prefixes of an NLRI field.

    :param size: octets of a whole address.
    """
    at = 0
    while at < len(data):
        octets = (data[at] + 7) // 8
        address = ip_address(data[at + 1 : at + 1 + octets].ljust(size, b"\0"))
        yield f"{address}/{data[at]}"
        at += 1 + octets
