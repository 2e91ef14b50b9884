"""One ICMP echo request from AWS's side, and what is seen of it and its answer on the cable.

A socket for raw ICMP (raw(7)) sends and hears in the virtual interface's namespace; a packet socket on the port
sees both frames as they pass the cable. The kernel keeps an 802.1Q tag beside the frame (packet(7),
PACKET_AUXDATA); where a driver writes it into the frame, it is read from there.

RFC 792 and RFC 4443: request 8 and answer 0, request 128 and answer 129. Beyond the link, where AWS's end has no
route, the way is a host route for as long as it takes, with the usual hop limit.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

from pyroute2.netlink.exceptions import NetlinkError

from lab.network.links import End, index_of
from lab.network.namespaces import inside, netlink

Address = IPv4Address | IPv6Address

_ETH_P_ALL = 3
_VLAN, _IPV4, _IPV6 = 0x8100, 0x0800, 0x86DD
_SOL_PACKET, _PACKET_AUXDATA, _TAG_VALID = 263, 8, 0x10
_HOP_LIMIT = 64


@dataclass
class Passage:
    """What was seen of an echo request and its answer.

    :ivar sent: VLAN ids of the frames in which the request left by the port; None is an untagged one.
    :ivar returned: likewise of the answer.
    :ivar answered: the answer was received.
    """

    sent: set[int | None] = field(default_factory=set)
    returned: set[int | None] = field(default_factory=set)
    answered: bool = False


@dataclass(frozen=True)
class _Ping:
    """An echo request, to be known again among others."""

    source: Address
    to: Address
    identifier: bytes = field(default_factory=lambda: os.urandom(4))

    @property
    def types(self) -> tuple[int, int]:
        """Of the request and of the answer."""
        return (8, 0) if self.to.version == 4 else (128, 129)

    @property
    def message(self) -> bytes:
        """The ICMP message; that of IPv6 gets its checksum from the kernel."""
        bare = struct.pack("!BBH", self.types[0], 0, 0) + self.identifier + b"dxlab verify"
        return bare[:2] + struct.pack("!H", _checksum(bare)) + bare[4:]

    def kind(self, packet: bytes) -> int | None:
        """The ICMP type of a packet that belongs to this request; None of every other."""
        if self.to.version == 4:
            ours, start = packet[9:10] == b"\x01", (packet[0] & 15) * 4 if packet else 0
            ends = packet[12:16], packet[16:20]
        else:
            ours, start = packet[6:7] == b"\x3a", 40
            ends = packet[8:24], packet[24:40]
        message = packet[start:]
        known = message[4:8] == self.identifier and set(ends) == {self.source.packed, self.to.packed}
        return message[0] if ours and known else None


def echo(
    port: End, interface: End, source: Address, to: Address, gateway: Address, patience: float
) -> Passage:
    """Send one echo request and wait for its answer.

    :param port: where the cable begins.
    :param interface: the virtual interface's, which has `source`.
    :param gateway: the customer's address, over which `to` is reached unless it is the same.
    :param patience: seconds that the answer may take.
    :raises NetworkError: an interface is not there.
    :raises OSError: the kernel cannot send it.
    """
    ping, passage = _Ping(source, to), Passage()
    with ExitStack() as stack:
        tap = stack.enter_context(_tap(port))
        raw = stack.enter_context(_raw(interface.namespace, source))
        if to != gateway:
            stack.enter_context(_route(interface, source, to, gateway))
        raw.sendto(ping.message, (str(to), 0))
        deadline = time.monotonic() + patience
        while not (passage.answered and passage.returned) and (left := deadline - time.monotonic()) > 0:
            for ready in select.select((tap, raw), (), (), left)[0]:
                _note(ready, ready is tap, ping, passage)
    return passage


def _note(ready: socket.socket, is_tap: bool, ping: _Ping, passage: Passage) -> None:
    if not is_tap:
        packet, (sender, *_) = ready.recvfrom(65536)
        message = packet[(packet[0] & 15) * 4 :] if ping.to.version == 4 else packet
        whose = ip_address(sender.partition("%")[0]) == ping.to and message[4:8] == ping.identifier
        passage.answered |= whose and message[0] == ping.types[1]
        return
    vlan, packet = _frame(ready)
    kind = ping.kind(packet)
    if kind == ping.types[0]:
        passage.sent.add(vlan)
    elif kind == ping.types[1]:
        passage.returned.add(vlan)


def _frame(tap: socket.socket) -> tuple[int | None, bytes]:
    """The VLAN id and the packet of the next frame; an empty packet where it is none of IP."""
    data, ancillary, _, _ = tap.recvmsg(65536, 256)
    vlan = next(_tags(ancillary), None)
    kind, start = int.from_bytes(data[12:14]), 14
    if kind == _VLAN and vlan is None:
        vlan, kind, start = int.from_bytes(data[14:16]) & 0xFFF, int.from_bytes(data[16:18]), 18
    return vlan, data[start:] if kind in (_IPV4, _IPV6) else b""


def _tags(ancillary: list[tuple[int, int, bytes]]) -> Iterator[int]:
    for level, kind, value in ancillary:
        if (level, kind) == (_SOL_PACKET, _PACKET_AUXDATA):
            status, _, _, _, _, tag, _ = struct.unpack("=IIIHHHH", value)
            if status & _TAG_VALID:
                yield tag & 0xFFF


@contextmanager
def _tap(port: End) -> Iterator[socket.socket]:
    with inside(port.namespace):
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    with tap:
        tap.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
        index_of(port)
        tap.bind((port.interface, _ETH_P_ALL))
        yield tap


@contextmanager
def _raw(namespace: str, source: Address) -> Iterator[socket.socket]:
    family, protocol = (
        (socket.AF_INET, socket.IPPROTO_ICMP)
        if source.version == 4
        else (socket.AF_INET6, socket.IPPROTO_ICMPV6)
    )
    with inside(namespace):
        raw = socket.socket(family, socket.SOCK_RAW, protocol)
    with raw:
        raw.bind((str(source), 0))
        yield raw


@contextmanager
def _route(interface: End, source: Address, to: Address, gateway: Address) -> Iterator[None]:
    """A way to `to`, unless there is one already."""
    route = {
        "dst": f"{to}/{to.max_prefixlen}",
        "gateway": str(gateway),
        "oif": index_of(interface),
        "prefsrc": str(source),
    }
    with netlink(interface.namespace) as kernel:
        try:
            kernel.route("add", **route, metrics={"hoplimit": _HOP_LIMIT})
        except NetlinkError as refusal:
            if refusal.code != errno.EEXIST:
                raise
            yield
            return
        try:
            yield
        finally:
            kernel.route("del", **route)


def _checksum(message: bytes) -> int:
    """RFC 1071, of a message of even length."""
    total: int = sum(struct.unpack(f"!{len(message) // 2}H", message))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
