"""A client of AWS JSON 1.1 that costs next to nothing itself, so that what is measured is the server.

boto3 spends milliseconds of its own on each call. This one writes a request that was composed once to a
connection that stays open, and reads headers only as far as it must. A server that closes the connection
after each answer (HTTP/1.0, or `Connection: close`) is connected to anew, as any client would.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any

Answer = dict[str, Any]

#: Nobody checks the signature; the credential scope says which service and region are meant.
_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=dxlab/20250101/us-east-1/directconnect/aws4_request,"
    " SignedHeaders=host;x-amz-target, Signature=" + "0" * 64
)


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @classmethod
    def of_url(cls, url: str) -> Address:
        host, _, port = url.strip().rstrip("/").removeprefix("http://").rpartition(":")
        return cls(host, int(port))


class RefusedError(Exception):
    """The server answered with an error."""


def compose(address: Address, operation: str, parameters: Answer) -> bytes:
    """A whole HTTP request."""
    body = json.dumps(parameters).encode()
    head = (
        "POST / HTTP/1.1",
        f"Host: {address.host}:{address.port}",
        "Content-Type: application/x-amz-json-1.1",
        f"X-Amz-Target: OvertureService.{operation}",
        f"Authorization: {_AUTHORIZATION}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Connection:
    """One connection to a server; several may be used by turns from one thread."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._socket: socket.socket | None = None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def call(self, operation: str, **parameters: object) -> Answer:
        """Make a request and wait for its answer.

        :raises RefusedError: the answer is an error.
        """
        answer: Answer = json.loads(self.ask(operation, **parameters))
        return answer

    def ask(self, operation: str, **parameters: object) -> bytes:
        """The same, up to the last byte of the answer: what a client makes of it is not the server's doing."""
        self.send(compose(self._address, operation, parameters))
        return self.receive()

    def send(self, request: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection((self._address.host, self._address.port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)

    def receive(self) -> bytes:
        """The body of the answer to the request sent last.

        :raises RefusedError: its status is not 200.
        """
        head, rest = self._read_head()
        status, headers = parse_head(head)
        body = self._read_body(rest, int(headers["content-length"]))
        if head.startswith(b"HTTP/1.0") or headers.get("connection", "").lower() == "close":
            self.close()
        if status != 200:
            raise RefusedError(f"{status}: {body.decode(errors='replace')}")
        return body

    def _read_head(self) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._read()
        head, _, rest = received.partition(b"\r\n\r\n")
        return head, rest

    def _read_body(self, body: bytes, length: int) -> bytes:
        while len(body) < length:
            body += self._read()
        return body

    def _read(self) -> bytes:
        assert self._socket is not None
        received = self._socket.recv(1 << 16)
        if not received:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        return received


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and headers, their names in lower case, of an HTTP response."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}
