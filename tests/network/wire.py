"""Traffic for tests: pings, TCP with MD5, hand-made frames, and captures that keep the 802.1Q tag.

Every socket is opened inside a namespace and works on from outside. All waits have a deadline.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet

from lab.network.links import End
from lab.network.namespaces import inside, netlink

PATIENCE = 5.0  # seconds; generous, since nothing waits for it to pass

_ETH_P_ALL = 3
_SOL_PACKET, _PACKET_AUXDATA = 263, 8
_TAG_VALID, _TAG_PROTOCOL_VALID = 0x10, 0x40
_TCP_MD5SIG = 14
_SO_RCVBUFFORCE = 33
_IP_MTU_DISCOVER, _IPV6_MTU_DISCOVER, _PMTUDISC_DO = 10, 23, 2


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.005)


def open_socket(namespace: str | None, family: int, kind: int, protocol: int = 0) -> socket.socket:
    with inside(namespace):
        opened = socket.socket(family, kind, protocol)
    opened.settimeout(PATIENCE)
    return opened


# ---- captures ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """One captured frame, with its tag back in place if it had one."""

    packet: Packet
    outgoing: bool

    @property
    def vlans(self) -> list[int]:
        return [layer.vlan for layer in self.packet.iterpayloads() if isinstance(layer, Dot1Q)]


class Capture:
    """What passes an interface, from the moment of opening on.

    :param end: the interface; a name alone is one in the present namespace.
    """

    def __init__(self, end: End | str) -> None:
        namespace, interface = (None, end) if isinstance(end, str) else (end.namespace, end.interface)
        self._socket = open_socket(namespace, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
        self._socket.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 1 << 24)
        self._socket.bind((interface, _ETH_P_ALL))

    def __enter__(self) -> Capture:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def until(self, last: Callable[[Packet], bool]) -> list[Frame]:
        """All frames up to and with the first of which `last` is true."""
        frames: list[Frame] = []
        while not frames or not last(frames[-1].packet):
            frames.append(self._receive())
        return frames

    def pending(self) -> list[Frame]:
        """What has come and was not asked for yet; does not wait."""
        frames = []
        self._socket.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                frames.append(self._receive())
        self._socket.settimeout(PATIENCE)
        return frames

    def _receive(self) -> Frame:
        """The kernel keeps a tag beside the frame (packet(7), PACKET_AUXDATA); put it back."""
        data, ancillary, _, address = self._socket.recvmsg(65536, 256)
        for level, kind, value in ancillary:
            if (level, kind) == (_SOL_PACKET, _PACKET_AUXDATA):
                status, _, _, _, _, tci, protocol = struct.unpack("=IIIHHHH", value)
                if status & _TAG_VALID:
                    protocol = protocol if status & _TAG_PROTOCOL_VALID else 0x8100
                    data = data[:12] + struct.pack("!HH", protocol, tci) + data[12:]
        return Frame(Ether(data), outgoing=address[2] == socket.PACKET_OUTGOING)


def send_frame(end: End, frame: Packet) -> None:
    """Put a frame on the wire exactly as it is, tags included."""
    with open_socket(end.namespace, socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind((end.interface, 0))
        raw.send(bytes(frame))


def mac_address(end: End) -> str:
    with netlink(end.namespace) as kernel:
        return str(kernel.link("get", ifname=end.interface)[0].get_attr("IFLA_ADDRESS"))


# ---- pings ------------------------------------------------------------------------------------------------


def is_echo_request(to: str) -> Callable[[Packet], bool]:
    """Whether a captured packet is a ping to that address."""

    def matches(packet: Packet) -> bool:
        if ip_address(to).version == 4:
            return ICMP in packet and packet[ICMP].type == 8 and packet[IP].dst == to
        return ICMPv6EchoRequest in packet and packet[IPv6].dst == to

    return matches


def ping(namespace: str, to: str, *, size: int = 64) -> bool:
    """Whether an echo request of `size` bytes at the IP layer, which must not be fragmented, is answered."""
    version = ip_address(to).version
    with suppress(TimeoutError), _echo_socket(namespace, version) as raw:
        request = _echo_request(version, size)
        raw.sendto(request, (to, 0))
        while True:
            answer = raw.recv(65536)
            answer = answer[20:] if version == 4 else answer
            if answer[0] == (0 if version == 4 else 129) and answer[4:] == request[4:]:
                return True
    return False


def _echo_socket(namespace: str, version: int) -> socket.socket:
    if version == 4:
        raw = open_socket(namespace, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        raw.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _PMTUDISC_DO)
    else:
        raw = open_socket(namespace, socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        raw.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _PMTUDISC_DO)
    return raw


def _echo_request(version: int, size: int) -> bytes:
    """The kernel fills in the checksum of ICMPv6, scapy that of ICMP."""
    if version == 6:
        return struct.pack("!BBHHH", 128, 0, 0, 1, 1).ljust(size - 40, b"x")
    return bytes(ICMP(type=8, id=1, seq=1) / (b"x" * (size - 28)))


# ---- TCP with MD5, RFC 2385 -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Host:
    """An address in a namespace."""

    namespace: str
    address: str


def exchange(
    server: Host, client: Host, *, server_key: bytes, client_key: bytes, patience: float = PATIENCE
) -> bytes:
    """What the client gets back of 200 kB that it sends to an echoing server; empty without a connection.

    :param patience: seconds in which the client must have its connection.
    """
    with (
        _tcp(server, client.address, server_key) as listener,
        _tcp(client, server.address, client_key) as caller,
    ):
        listener.bind((server.address, 179))
        listener.listen()
        caller.bind((client.address, 0))
        caller.settimeout(patience)
        with _echoing(listener):
            return _echoed(caller, server.address, b"segment " * 25_000)


def tcp_counter(namespace: str, name: str) -> int:
    """A counter of the namespace's /proc/net/netstat, such as TCPMD5Failure."""
    with inside(namespace):
        lines = Path("/proc/thread-self/net/netstat").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("TcpExt:"))
    return int(dict(zip(names[1:], values[1:], strict=True))[name])


def _tcp(host: Host, peer: str, key: bytes) -> socket.socket:
    """A TCP socket that signs, and demands signatures, toward one peer."""
    family = socket.AF_INET if ip_address(peer).version == 4 else socket.AF_INET6
    opened = open_socket(host.namespace, family, socket.SOCK_STREAM)
    packed = ip_address(peer).packed
    address = (
        struct.pack("=HH4s", family, 0, packed)
        if len(packed) == 4
        else struct.pack("=HHI16s", family, 0, 0, packed)
    )
    option = struct.pack("=128sBBHI80s", address, 0, 0, len(key), 0, key)
    opened.setsockopt(socket.IPPROTO_TCP, _TCP_MD5SIG, option)
    return opened


@contextmanager
def _echoing(listener: socket.socket) -> Iterator[None]:
    """A thread that accepts one connection and sends back all that comes."""

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(PATIENCE)
                while data := connection.recv(65536):
                    connection.sendall(data)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _echoed(caller: socket.socket, to: str, data: bytes) -> bytes:
    try:
        caller.connect((to, 179))
    except (TimeoutError, ConnectionRefusedError):
        return b""

    def send() -> None:
        caller.sendall(data)
        caller.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    sender.start()
    received = b"".join(iter(lambda: caller.recv(65536), b""))
    sender.join()
    return received
