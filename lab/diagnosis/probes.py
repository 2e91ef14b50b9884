"""What the lab does in order to see what happens, all of it from AWS's end and harmless: marked as active.

- `arp`: who has the customer's address, asked on the right VLAN.
- a sweep: the same question with every other tag, without one and with two; and for every address near the
  customer's. Whoever answers is seen by the recorder, tag and all, so a sweep gives nothing back.
- `ping`, `large ping`: an ICMP echo to the customer's address, with a TTL of 1 as everything that AWS sends
  there; a large one fills the MTU.
- `unsigned SYN`: a TCP connection to port 179 without TCP-MD5. A router that has a key for AWS never answers it;
  one that has none does, and what it says then tells whether it knows AWS as a neighbour at all.

The signed SYN needs no probe: AWS's speaker dials every second.
"""

from __future__ import annotations

import errno
import random
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from lab.diagnosis.case import PROBE_PORTS, Expected
from lab.diagnosis.evidence import Probe
from lab.diagnosis.frames import BGP
from lab.network.links import End
from lab.network.namespaces import inside, netlink

Address = IPv4Address | IPv6Address

_BROADCAST = b"\xff" * 6
_ARP, _IPV4, _IPV6 = 0x0806, 0x0800, 0x86DD
_DOT1Q = 0x8100
_EVERY_TAG = range(1, 4095)
#: The neighbourhood that is swept: as many addresses as the network of this prefix length has.
_NEAR = {4: 24, 6: 120}
_OPEN_WAIT = 0.8


# ---- frames made by hand ----------------------------------------------------------------------------------


def _mac(end: End) -> bytes:
    with netlink(end.namespace) as kernel:
        (link,) = kernel.get_links(ifname=end.interface)
    return bytes.fromhex(link.get_attr("IFLA_ADDRESS").replace(":", ""))


def question(asker: bytes, target: Address, tags: tuple[int, ...] = ()) -> bytes:
    """An Ethernet frame that asks for an address as one that is checked for duplicates is (RFC 5227, RFC 4862).

    Such a question has no sender address, so whoever has the target answers without asking for a way back.
    """
    marks = b"".join(struct.pack("!HH", _DOT1Q, tag) for tag in tags)
    if isinstance(target, IPv4Address):
        body = struct.pack("!HHBBH", 1, _IPV4, 6, 4, 1) + asker + bytes(4) + bytes(6) + target.packed
        return _BROADCAST + asker + marks + struct.pack("!H", _ARP) + body
    group = bytes.fromhex("ff0200000000000000000001ff") + target.packed[-3:]
    message = struct.pack("!BBHI", 135, 0, 0, 0) + target.packed
    checksum = _checksum(bytes(16) + group + struct.pack("!II", len(message), 58) + message)
    message = message[:2] + struct.pack("!H", checksum) + message[4:]
    header = struct.pack("!IHBB", 6 << 28, len(message), 58, 255) + bytes(16) + group
    return b"\x33\x33" + group[-4:] + asker + marks + struct.pack("!H", _IPV6) + header + message


def _checksum(data: bytes) -> int:
    """The Internet checksum, RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def sweep(port: End, expected: Expected) -> None:
    """Ask for the customer's address with every tag but the right one, and for its neighbours with the right one."""
    asker = _mac(port)
    customer = ip_address(expected.customer_ip)
    tags: Iterable[tuple[int, ...]] = (
        (),
        (expected.vlan, expected.vlan),
        *((tag,) for tag in _EVERY_TAG if tag != expected.vlan),
    )
    questions = [question(asker, customer, each) for each in tags]
    near = [question(asker, each, (expected.vlan,)) for each in _neighbourhood(expected)]
    _send(port, [*near, *questions])


def _neighbourhood(expected: Expected) -> Iterator[Address]:
    customer = ip_address(expected.customer_ip)
    network = ip_network(f"{customer}/{_NEAR[customer.version]}", strict=False)
    return (each for each in network if each != customer)


def _send(port: End, frames: Iterable[bytes]) -> None:
    with inside(port.namespace):
        sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    with sender:
        sender.bind((port.interface, 0))
        for frame in frames:
            sender.send(frame)


# ---- questions --------------------------------------------------------------------------------------------


def arp(interface: End, expected: Expected, patience: float = 0.7) -> Probe:
    """Ask who has the customer's address, as a neighbour does."""
    target = ip_address(expected.customer_ip)
    protocol = _ARP if target.version == 4 else _IPV6
    with inside(interface.namespace):
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    with wire:
        wire.bind((interface.interface, protocol))
        wire.setblocking(False)
        asker = _mac(interface)
        frame = question(asker, target)
        mac = _hear(wire, frame, target, patience)
    outcome = "answered" if mac else "silent"
    return Probe(f"{interface}", time.time(), "arp", outcome, f"{target} is at {mac}" if mac else str(target))


def _hear(wire: socket.socket, frame: bytes, target: Address, patience: float) -> str:
    """The MAC address that answers, or nothing. Asked twice: the first question may meet a port that wakes up."""
    for _ in range(2):
        wire.send(frame)
        deadline = time.monotonic() + patience / 2
        while (left := deadline - time.monotonic()) > 0:
            if select.select([wire], (), (), left)[0] and (mac := _answer(wire.recv(1 << 11), target)):
                return mac
    return ""


def _answer(octets: bytes, target: Address) -> str:
    body = octets[14:]
    if target.version == 4:
        matches = body[6:8] == b"\0\2" and body[14:18] == target.packed
    else:
        matches = body[6] == 58 and body[40] == 136 and body[48:64] == target.packed
    return octets[6:12].hex(":") if matches else ""


def ping(interface: End, expected: Expected, patience: float = 0.7) -> Probe:
    """A small ICMP echo to the customer's address."""
    return _ping("ping", interface, expected, 0, patience)


def large_ping(interface: End, expected: Expected, patience: float = 0.7) -> Probe:
    """An ICMP echo as large as the virtual interface's MTU allows, which the router answers in full."""
    headers = 28 if expected.family == 4 else 48
    return _ping("large ping", interface, expected, expected.mtu - headers, patience)


def _ping(name: str, interface: End, expected: Expected, size: int, patience: float) -> Probe:
    target = ip_address(expected.customer_ip)
    family, protocol = (socket.AF_INET, 1) if target.version == 4 else (socket.AF_INET6, 58)
    kind, answer = (8, 0) if target.version == 4 else (128, 129)
    number = random.randrange(1 << 16)
    payload = bytes(size)
    message = struct.pack("!BBHHH", kind, 0, 0, number, 1) + payload
    if target.version == 4:  # the kernel sums ICMPv6 itself
        message = struct.pack("!BBHHH", kind, 0, _checksum(message), number, 1) + payload
    with inside(interface.namespace):
        wire = socket.socket(family, socket.SOCK_RAW, protocol)
    with wire:
        wire.setblocking(False)
        answered = _echo(wire, message, str(target), struct.pack("!H", number), answer, patience)
    detail = f"{target}, {size} octets"
    return Probe(f"{interface}", time.time(), name, "answered" if answered else "silent", detail)


def _echo(
    wire: socket.socket, message: bytes, target: str, number: bytes, answer: int, patience: float
) -> bool:
    try:
        wire.sendto(message, (target, 0))
    except OSError:
        return False
    deadline = time.monotonic() + patience
    while (left := deadline - time.monotonic()) > 0:
        if select.select([wire], (), (), left)[0]:
            data = wire.recv(1 << 14)
            body = data[(data[0] & 0xF) * 4 :] if wire.family == socket.AF_INET else data
            if body[0] == answer and body[4:6] == number:
                return True
    return False


def unsigned_syn(interface: End, expected: Expected, patience: float = 1.2) -> Probe:
    """Open a TCP connection to port 179 without TCP-MD5, and see what the router says on it."""
    with inside(interface.namespace):
        family = socket.AF_INET if expected.family == 4 else socket.AF_INET6
        tcp = socket.socket(family, socket.SOCK_STREAM)
    with tcp:
        outcome, detail = _call(tcp, expected, patience)
        # A RST, so that the router forgets it at once.
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return Probe(f"{interface}", time.time(), "unsigned SYN", outcome, detail)


def _call(tcp: socket.socket, expected: Expected, patience: float) -> tuple[str, str]:
    tcp.settimeout(patience)
    try:
        tcp.bind((expected.amazon_ip, random.choice(PROBE_PORTS)))
        tcp.connect((expected.customer_ip, BGP))
    except TimeoutError:
        return "silent", "no answer to SYN"
    except OSError as error:
        return _failure(error)
    return _what_it_says(tcp)


def _failure(error: OSError) -> tuple[str, str]:
    if error.errno == errno.ECONNREFUSED:
        return "refused", "RST, or ICMP port unreachable"
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES):
        return "unreachable", error.strerror or ""
    return "failed", error.strerror or ""


def _what_it_says(tcp: socket.socket) -> tuple[str, str]:
    """A neighbour that is known is sent an OPEN; a stranger is hung up on."""
    tcp.settimeout(_OPEN_WAIT)
    try:
        said = tcp.recv(64)
    except TimeoutError:
        return "open", "accepted, nothing said"
    except OSError:
        return "closed", "accepted, and reset at once"
    if not said:
        return "closed", "accepted, and closed at once"
    kind = said[18] if len(said) > 18 else 0
    return ("open", "accepted, with an OPEN") if kind == 1 else ("closed", "accepted, with a NOTIFICATION")
