"""Lines over sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from lab.bgp.channel import Channel


@pytest.fixture
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    yield channel, theirs
    channel.close()
    theirs.close()


def test_lines_are_cut_wherever_the_octets_end(pair: tuple[Channel, socket.socket]) -> None:
    channel, other = pair
    assert channel.receive() == []
    other.send(b"eins\nzw")
    assert channel.receive() == ["eins"]
    other.send("ölf\ndrei\n".encode())
    assert channel.receive() == ["zwölf", "drei"]


def test_the_end_is_none(pair: tuple[Channel, socket.socket]) -> None:
    channel, other = pair
    other.send(b"last\nunfinished")
    other.close()
    assert channel.receive() == ["last"]
    assert channel.receive() is None


def test_a_reset_is_the_end_too(pair: tuple[Channel, socket.socket]) -> None:
    channel, other = pair
    channel.send("never read")
    other.close()
    assert channel.receive() is None
    channel.send("to nobody")
    assert channel.backlog == 0


def test_what_the_other_side_cannot_take_waits(pair: tuple[Channel, socket.socket]) -> None:
    channel, other = pair
    long = "x" * (4 << 20)
    channel.send(long)
    assert channel.backlog > 0
    arrived = b""
    while not arrived.endswith(b"\n"):
        arrived += other.recv(1 << 20)
        channel.flush()
    assert arrived == long.encode() + b"\n"
    assert channel.backlog == 0


def test_draining_gives_up_in_time(pair: tuple[Channel, socket.socket]) -> None:
    channel, _ = pair
    channel.send("x" * (4 << 20))
    channel.drain(0.01)
    assert channel.backlog > 0


def test_draining_goes_on_while_the_other_side_reads(pair: tuple[Channel, socket.socket]) -> None:
    channel, other = pair
    channel.send("x" * (1 << 20))
    assert channel.backlog > 0
    reader = threading.Thread(target=other.recv, args=(2 << 20, socket.MSG_WAITALL))
    reader.start()
    channel.drain(5.0)
    assert channel.backlog == 0
    channel.close()
    reader.join()
