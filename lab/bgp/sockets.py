"""The speaker's TCP sockets: port 179, TCP-MD5 (RFC 2385), TTL 1.

The key goes from the order to the kernel as bytes; no text configuration lies between, so that quotes, `#`
and backslashes are only characters. The accepted sockets inherit the listener's key.

`Wire` is the socket that ExaBGP is given. It remembers how the connection ended, which ExaBGP only logs.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from contextlib import suppress

from lab.bgp.notifications import CEASE, COLLISION
from lab.bgp.spec import Address, SpeakerSpec

BGP_PORT = 179

_NOTIFICATION = 3
_TCP_MD5SIG = 14
_IP_FREEBIND = 15
_IPV6_FREEBIND = 78

# AWS sends everything with TTL 1; a customer's router must be directly connected.
_TTL = 1


class Wire(socket.socket):
    """A connected TCP socket that remembers why it ended."""

    lost: str | None = None

    @classmethod
    def adopt(cls, connection: socket.socket) -> Wire:
        """Take over the file descriptor of a plain socket."""
        wire = cls(connection.family, connection.type, connection.proto, fileno=connection.detach())
        wire.setblocking(False)
        return wire

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        try:
            data = super().recv(size, flags)
        except BlockingIOError:
            raise
        except OSError as error:
            self.lost = _ended_by(error)
            raise
        if not data:
            self.lost = "connection closed by the router"
        return data


def listener(spec: SpeakerSpec) -> socket.socket:
    """A non-blocking listener on the Amazon address, which need not be configured yet. Needs root for the port."""
    server = _socket(spec)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if spec.family == 6:
        server.setsockopt(socket.IPPROTO_IPV6, _IPV6_FREEBIND, 1)
    else:
        server.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
    server.bind((str(spec.local_address), BGP_PORT))
    server.listen(8)
    return server


def dial(spec: SpeakerSpec) -> socket.socket:
    """A socket that is connecting to the router; OSError when the kernel refuses at once."""
    client = _socket(spec)
    try:
        client.bind((str(spec.local_address), 0))
        client.connect((str(spec.peer_address), BGP_PORT))
    except BlockingIOError:
        pass
    except OSError:
        client.close()
        raise
    return client


def reset(connection: socket.socket) -> None:
    """Close with a RST, so that the other side forgets the connection at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def refuse(connection: socket.socket) -> None:
    """Answer a connection with Cease / Connection Collision Resolution, and close it."""
    with connection, suppress(OSError):
        connection.send(b"\xff" * 16 + struct.pack("!HBBB", 21, _NOTIFICATION, CEASE, COLLISION))
        connection.shutdown(socket.SHUT_WR)


def linger(connection: socket.socket, seconds: float) -> None:
    """Close, once the router has closed too or the time is over: what was sent has left this machine then."""
    with connection, suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(seconds)
        while connection.recv(1 << 16):
            pass


def set_md5_key(tcp: socket.socket, peer: Address, key: bytes) -> None:
    """Sign every segment to and from `peer`, and drop what is not signed so. See tcp(7) on Linux, struct
    tcp_md5sig."""
    if peer.version == 6:
        address = struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, peer.packed, 0)
    else:
        address = struct.pack("=HH4s", socket.AF_INET, 0, peer.packed)
    tcp.setsockopt(
        socket.IPPROTO_TCP, _TCP_MD5SIG, struct.pack("=128sBBHI80s", address, 0, 0, len(key), 0, key)
    )


def _socket(spec: SpeakerSpec) -> socket.socket:
    tcp = socket.socket(socket.AF_INET6 if spec.family == 6 else socket.AF_INET, socket.SOCK_STREAM)
    tcp.setblocking(False)
    if spec.family == 6:
        tcp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, _TTL)
    else:
        tcp.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, _TTL)
    set_md5_key(tcp, spec.peer_address, spec.auth_key.encode("ascii"))
    return tcp


def _ended_by(error: OSError) -> str:
    if error.errno == errno.ECONNRESET:
        return "connection reset by the router"
    return f"connection lost: {os.strerror(error.errno or 0)}"
