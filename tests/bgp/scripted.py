"""A router that does what a test tells it, message by message, over sockets with a TCP-MD5 key of its own.

It shares no code with the speaker: what the two agree on is on the wire.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Address, ip_network

from lab.bgp.spec import Address, Network
from lab.network.namespaces import inside
from tests.bgp.playground import KEY, Playground

OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE_REFRESH = 1, 2, 3, 4, 5
MARKER = b"\xff" * 16
PATIENCE = 5.0

TCP_MD5SIG = 14


def tcp_socket(ground: Playground, family: int, key: str) -> socket.socket:
    """A non-blocking socket of the router's that signs with this key towards the speaker."""
    number = socket.AF_INET if family == 4 else socket.AF_INET6
    with inside(ground.customer.namespace):
        tcp = socket.socket(number, socket.SOCK_STREAM)
    tcp.setblocking(False)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    speaker = ground.address("amazon", family).packed
    # struct tcp_md5sig of linux/tcp.h: an address, two octets of flags, the key's length, an interface, the key.
    address = struct.pack("=HH", number, 0) + (b"" if family == 4 else bytes(4)) + speaker
    tcp.setsockopt(
        socket.IPPROTO_TCP,
        TCP_MD5SIG,
        address.ljust(128, b"\0") + struct.pack("=BBHI", 0, 0, len(key), 0) + key.encode().ljust(80, b"\0"),
    )
    return tcp


def listen(ground: Playground, family: int = 4, key: str = KEY) -> socket.socket:
    """A router that waits to be dialled."""
    server = tcp_socket(ground, family, key)
    server.bind((str(ground.address("customer", family)), 179))
    server.listen()
    return server


async def accept(server: socket.socket) -> Router:
    async with asyncio.timeout(PATIENCE):
        connection, _ = await asyncio.get_running_loop().sock_accept(server)
    connection.setblocking(False)
    return Router(connection)


async def call(ground: Playground, family: int = 4, key: str = KEY, source: Address | None = None) -> Router:
    """A router that dials."""
    client = tcp_socket(ground, family, key)
    try:
        client.bind((str(source or ground.address("customer", family)), 0))
        async with asyncio.timeout(PATIENCE):
            await asyncio.get_running_loop().sock_connect(
                client, (str(ground.address("amazon", family)), 179)
            )
    except BaseException:
        client.close()
        raise
    return Router(client)


class Router:
    """One connection of a router."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def __enter__(self) -> Router:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    async def send(self, kind: int, body: bytes = b"") -> None:
        await self.send_raw(MARKER + struct.pack("!HB", 19 + len(body), kind) + body)

    async def send_raw(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.connection, data)

    async def receive(self, *, skip: Iterable[int] = (KEEPALIVE,)) -> tuple[int, bytes]:
        """The next message that is of no kind to be skipped. EOFError at the end of the connection."""
        async with asyncio.timeout(PATIENCE):
            while True:
                header = await self._exactly(19)
                assert header[:16] == MARKER
                length, kind = struct.unpack("!HB", header[16:])
                body = await self._exactly(length - 19)
                if kind not in skip:
                    return kind, body

    async def receive_notification(self) -> bytes:
        """Code, subcode and data of the NOTIFICATION that ends the session; everything before it is skipped."""
        _, body = await self.receive(skip=(OPEN, UPDATE, KEEPALIVE, ROUTE_REFRESH))
        return body

    async def introduce(
        self,
        asn: int = 65001,
        hold_time: int = 90,
        capabilities: bytes | None = None,
        router_id: str = "169.254.10.2",
    ) -> None:
        """Send an OPEN; with the capability for 4-octet ASNs unless told otherwise."""
        if capabilities is None:
            capabilities = four_octet_asn(asn)
        parameters = b"\x02" + bytes([len(capabilities)]) + capabilities if capabilities else b""
        short = asn if asn < 1 << 16 else 23456
        fixed = struct.pack("!BHH4sB", 4, short, hold_time, IPv4Address(router_id).packed, len(parameters))
        await self.send(OPEN, fixed + parameters)

    async def establish(self, **introduction: object) -> bytes:
        """The whole handshake; returns the speaker's OPEN."""
        await self.introduce(**introduction)  # type: ignore[arg-type]
        kind, opened = await self.receive()
        assert kind == OPEN
        await self.send(KEEPALIVE)
        kind, _ = await self.receive(skip=())
        assert kind == KEEPALIVE
        return opened

    async def announce(
        self,
        *prefixes: Network,
        as_path: tuple[int, ...] = (65001,),
        next_hop: str = "169.254.10.2",
        extra: bytes = b"",
        octets: int = 4,
    ) -> None:
        """One UPDATE for IPv4. `extra` are more path attributes; `octets` the size of an ASN in AS_PATH."""
        path = b"".join(asn.to_bytes(octets) for asn in as_path)
        attributes = (
            bytes.fromhex("40010100")
            + bytes([0x40, 2, 2 + len(path), 2, len(as_path)])
            + path
            + b"\x40\x03\x04"
            + IPv4Address(next_hop).packed
            + extra
        )
        await self.send(UPDATE, struct.pack("!HH", 0, len(attributes)) + attributes + nlri(*prefixes))

    async def withdraw(self, *prefixes: Network) -> None:
        gone = nlri(*prefixes)
        await self.send(UPDATE, struct.pack("!H", len(gone)) + gone + struct.pack("!H", 0))

    async def end_of_rib(self) -> None:
        await self.send(UPDATE, bytes(4))

    async def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            arrived = await asyncio.get_running_loop().sock_recv(self.connection, length - len(data))
            if not arrived:
                raise EOFError
            data += arrived
        return data


def four_octet_asn(asn: int) -> bytes:
    return b"\x41\x04" + struct.pack("!I", asn)


def nlri(*prefixes: Network) -> bytes:
    packed = b""
    for prefix in prefixes:
        octets = (prefix.prefixlen + 7) // 8
        packed += bytes([prefix.prefixlen]) + prefix.network_address.packed[:octets]
    return packed


def read_nlri(data: bytes) -> list[Network]:
    """IPv4 prefixes, as UPDATE carries them."""
    prefixes: list[Network] = []
    while data:
        octets = (data[0] + 7) // 8
        prefixes.append(ip_network((data[1 : 1 + octets].ljust(4, b"\0"), data[0])))
        data = data[1 + octets :]
    return prefixes


def read_update(body: bytes) -> tuple[list[Network], bytes, list[Network]]:
    """The withdrawn prefixes, the path attributes, the announced prefixes."""
    split = 2 + int.from_bytes(body[:2])
    attributes = split + 2 + int.from_bytes(body[split : split + 2])
    return read_nlri(body[2:split]), body[split + 2 : attributes], read_nlri(body[attributes:])


def prefixes(count: int) -> list[Network]:
    """So many different IPv4 prefixes."""
    return [ip_network(f"198.18.{number}.0/24") for number in range(count)]


async def is_closed(router: Router) -> bytes:
    """Wait for the end of a connection that was told why; returns code and subcode."""
    return (await router.receive_notification())[:2]
