"""The launcher's own loop, seen from an endpoint's socket, without speakers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.bgp import launcher_process
from lab.bgp.halted import Halted
from lab.bgp.launcher_process import Launcher


class Endpoint:
    """A client that reads only when it is told to."""

    def __init__(self, path: Path) -> None:
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(str(path))
        self.connection.settimeout(5.0)
        self._lines = self.connection.makefile("r")

    def ask(self, **message: object) -> None:
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def hear(self) -> object:
        return json.loads(self._lines.readline() or "null")

    def close(self) -> None:
        self._lines.close()
        self.connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A launcher's loop in a thread; shut down at the end."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "launcher.sock"))
    server.listen()
    halted = Halted()
    loop = threading.Thread(target=Launcher(server, halted).run)
    loop.start()
    yield tmp_path / "launcher.sock"
    last = Endpoint(tmp_path / "launcher.sock")
    last.ask(id=99, request="shutdown")
    assert last.hear() == {"answer": 99}
    assert last.hear() is None
    last.close()
    loop.join()
    halted.close()
    assert not (tmp_path / "launcher.sock").exists()


def test_requests_are_answered_in_order(path: Path) -> None:
    endpoint = Endpoint(path)
    endpoint.ask(id=1, request="speakers")
    endpoint.ask(id=2, request="stop", peer_id="dxpeer-1", subcode=3)
    endpoint.ask(id=3, request="link", peer_id="dxpeer-1", up=True)
    assert endpoint.hear() == {"answer": 1, "speakers": {}}
    assert endpoint.hear() == {"answer": 2}
    assert endpoint.hear() == {"answer": 3, "error": "no speaker runs for dxpeer-1; start it first"}
    endpoint.close()


def test_a_new_endpoint_takes_over(path: Path) -> None:
    old, new = Endpoint(path), Endpoint(path)
    new.ask(id=1, request="speakers")
    assert new.hear() == {"answer": 1, "speakers": {}}
    assert old.hear() is None
    old.close()
    new.close()


def test_an_endpoint_that_reads_late_misses_nothing(path: Path) -> None:
    endpoint = Endpoint(path)
    for number in range(20_000):
        endpoint.ask(id=number, request="speakers")
    assert [endpoint.hear() for _ in range(20_000)][-1] == {"answer": 19_999, "speakers": {}}
    endpoint.close()


def test_an_endpoint_that_never_reads_is_let_go(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher_process, "_TOO_SLOW", 1 << 16)
    endpoint = Endpoint(path)
    with pytest.raises(ConnectionError):
        while True:
            endpoint.ask(id=1, request="speakers")
    endpoint.close()
