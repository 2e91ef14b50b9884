"""Sockets on the loopback: keys, endings, farewells."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from lab.bgp.sockets import Wire, linger, refuse, reset, set_md5_key

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture(params=["127.0.0.1", "::1"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Both ends of a TCP connection."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as server:
        client = socket.create_connection(server.getsockname()[:2])
        accepted, _ = server.accept()
    with client, accepted:
        yield client, accepted


@pytest.mark.parametrize(("loopback", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
@pytest.mark.parametrize(("theirs", "connects"), [(b"k" * 80, True), (b"k" * 79 + b"K", False)])
def test_a_key_signs_what_is_sent(
    loopback: str, family: socket.AddressFamily, theirs: bytes, connects: bool
) -> None:
    with socket.create_server((loopback, 0), family=family) as server, socket.socket(family) as client:
        set_md5_key(server, ip_address(loopback), b"k" * 80)
        set_md5_key(client, ip_address(loopback), theirs)
        client.settimeout(5.0 if connects else 0.2)
        try:
            client.connect(server.getsockname()[:2])
        except TimeoutError:
            assert not connects
        else:
            assert connects


def test_a_wire_remembers_a_close(pair: Pair) -> None:
    wire = Wire.adopt(pair[0])
    with wire:
        with pytest.raises(BlockingIOError):
            wire.recv(1)
        assert wire.lost is None
        pair[1].close()
        wait_readable(wire)
        assert wire.recv(1) == b""
        assert wire.lost == "connection closed by the router"


def test_a_wire_remembers_a_reset(pair: Pair) -> None:
    wire = Wire.adopt(pair[0])
    with wire:
        reset(pair[1])
        wait_readable(wire)
        with pytest.raises(ConnectionResetError):
            wire.recv(1)
        assert wire.lost == "connection reset by the router"


def test_a_wire_remembers_other_endings_in_linuxs_words() -> None:
    with Wire.adopt(socket.socket()) as wire:
        with pytest.raises(OSError, match="not connected"):
            wire.recv(1)
        assert wire.lost == "connection lost: Transport endpoint is not connected"


def test_a_refusal_is_a_cease(pair: Pair) -> None:
    refuse(pair[1])
    message = pair[0].recv(100)
    assert message == b"\xff" * 16 + struct.pack("!HB", 21, 3) + bytes([6, 7])
    assert pair[0].recv(100) == b""


def test_refusing_who_has_gone_is_no_error(pair: Pair) -> None:
    reset(pair[0])
    refuse(pair[1])


def test_lingering_ends_with_the_other_side(pair: Pair) -> None:
    other = pair[0]
    closer = threading.Timer(0.05, other.close)
    other.send(b"unread words")
    closer.start()
    began = time.monotonic()
    linger(pair[1], 5.0)
    assert 0.04 < time.monotonic() - began < 4.0
    closer.join()


def test_lingering_has_an_end(pair: Pair) -> None:
    began = time.monotonic()
    linger(pair[1], 0.05)
    assert 0.04 < time.monotonic() - began < 2.0


def wait_readable(tcp: socket.socket) -> None:
    readable, _, _ = select.select([tcp], [], [], 5.0)
    assert readable
