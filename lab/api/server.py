"""The listening socket and uvicorn, as a guest in an event loop that somebody else runs.

uvicorn wants to be a process of its own: it takes SIGINT and SIGTERM, wakes up ten times a second to look
whether it should end, and exits the process when a port is taken. Here it is one part of a lab among
others, so the socket is opened by us (a taken port is a sentence for the user), the signals stay with the
owner of the loop, and the end is an event that is awaited. An idle endpoint does not wake up at all. What is
no HTTP never reaches the application, so its refusal is written here, in AWS's shape as every other.
"""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lab.api.app import Application
from lab.api.codecs.json11 import Json11
from lab.api.errors import SerializationException
from lab.api.headers import complete
from lab.errors import UsageError

_BACKLOG = 2048
"""Connections that may wait to be accepted. Terraform opens ten at once and repeats what is refused."""

_KEEP_ALIVE = 75
"""Seconds that an idle connection stays open; longer than the pauses of a client that polls."""

_FAREWELL = 2
"""Seconds that requests in progress get when the server ends."""


@dataclass(frozen=True)
class Address:
    """Where the endpoint accepts connections."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"


@asynccontextmanager
async def serve(app: Application, host: str, port: int) -> AsyncIterator[Address]:
    """Serve an application for as long as the context lasts.

    :param host: an address or name of this machine, IPv4 or IPv6.
    :param port: the TCP port, or 0 for any that is free.
    :return: the address; connections are accepted from the moment it is known.
    :raises UsageError: the address cannot be bound.
    """
    listener = _listen(host, port)
    server = _Guest(_configuration(app))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.accepting.wait()
        yield Address(*listener.getsockname()[:2])
    finally:
        server.ending.set()
        await serving


def _configuration(app: Application) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_FAREWELL,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
    )
    config.load()
    return config


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise UsageError(
            f"{host} is not an address of this machine ({error.strerror}); choose another"
        ) from error
    try:
        listener = socket.create_server(address, family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise UsageError(
            f"cannot listen on {host} port {port} ({reason}); choose another address or port"
        ) from error
    # asyncio does so only where the socket was made with IPPROTO_TCP. Without it, an answer's body waits 40 ms for
    # the client's delayed ACK of its head. Accepted sockets inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Protocol(HttpToolsProtocol):
    """uvicorn's HTTP, with AWS's answer to what is none."""

    def send_400_response(self, msg: str) -> None:
        response = complete(Json11().failure(SerializationException(msg)), str(uuid.uuid4()))
        headers = (b"%b: %b\r\n" % header for header in (*response.headers, (b"connection", b"close")))
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n%b\r\n%b" % (b"".join(headers), response.body))
        self.transport.close()


class _Guest(uvicorn.Server):
    """uvicorn without its hold on the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()
        self.ending = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        self.accepting.set()
        await self.ending.wait()
