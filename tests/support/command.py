"""The `dxlab` command as a user has it: processes that end, processes that serve, processes that are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from lab.bringup import routers_of
from lab.customer import client_for
from lab.errors import LabError
from lab.network.namespaces import namespaces, processes_in
from lab.places import Places
from lab.remains import remove_remains, remove_state
from lab.routers import Router
from lab.topology import load
from tests.support.lab import DXLAB

#: Seconds that the slowest thing in a lab may take on a busy machine; nothing waits for them to pass.
PATIENCE = 30.0

Record = dict[str, Any]


def eventually(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.005)


def dxlab(*arguments: str | Path, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end, in a pipe, whatever its exit status.

    :param prefix: a command that runs the verb under other circumstances, such as setpriv(1).
    """
    words = (*prefix, *DXLAB, *map(str, arguments))
    return subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


def nothing_left(places: Places) -> bool:
    """Whether the machine has forgotten this lab, its state directory apart."""
    return not (namespaces(places.namespace_prefix) or places.run.exists() or lab_processes(places))


def lab_processes(places: Places) -> list[int]:
    """Every process of a lab but its endpoint: speakers and routers by namespace, the launcher by its command."""
    inside = [pid for name in namespaces(places.namespace_prefix) for pid in processes_in(name)]
    return inside + launchers(places)


def launcher(places: Places) -> int:
    """The process that the speakers of a lab were forked from; they have the same command line."""
    family = launchers(places)
    (pid,) = (pid for pid in family if int(status_of(pid, "PPid")[0]) not in family)
    return pid


def launchers(places: Places) -> list[int]:
    wanted = (b"lab.bgp.launcher_process", os.fsencode(places.run))
    return [pid for pid, words in command_lines() if all(word in words for word in wanted)]


def status_of(pid: int, key: str) -> list[str]:
    """The words of one line of /proc/<pid>/status, proc(5)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{key}:"))
    return line.split()[1:]


def command_lines() -> Iterator[tuple[int, list[bytes]]]:
    """The command line of every process of this machine."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield int(path.parent.name), path.read_bytes().split(b"\0")
        except OSError:
            continue


@dataclass
class Refusal:
    """What `refused` caught."""

    error: LabError = field(default_factory=LabError)


@contextmanager
def refused() -> Iterator[Refusal]:
    """Expect one LabError, in however many groups it comes."""
    refusal = Refusal()
    with pytest.raises((LabError, ExceptionGroup)) as caught:
        yield refusal
    error: BaseException = caught.value
    while isinstance(error, BaseExceptionGroup):
        (error,) = error.exceptions
    assert isinstance(error, LabError), error
    refusal.error = error


@dataclass
class Running:
    """A lab that the command brought up."""

    places: Places
    url: str
    region: str
    process: subprocess.Popen[str]
    topology: Path | None = None

    @cached_property
    def client(self) -> Any:  # noqa: ANN401 -- boto3 makes its client classes at run time
        return client_for(self.url, self.region)

    @cached_property
    def routers(self) -> dict[str, Router]:
        assert self.topology is not None
        return routers_of(load(self.topology), self.places)

    def page(self, name: str) -> Record:
        """One of the lab's own pages beside the AWS API: `status`, `history`, `routes`."""
        with urllib.request.urlopen(f"{self.url}/lab/{name}", timeout=PATIENCE) as answer:
            return dict(json.load(answer))

    def vifs(self) -> list[Record]:
        return list(self.client.describe_virtual_interfaces()["virtualInterfaces"])

    def peers(self) -> list[Record]:
        return [peer for vif in self.vifs() for peer in vif["bgpPeers"]]

    def peer(self, family: str) -> Record:
        """The only peer of a family."""
        (peer,) = (peer for peer in self.peers() if peer["addressFamily"] == family)
        return peer

    def statuses(self) -> list[str]:
        return [peer["bgpStatus"] for peer in self.peers()]

    def is_up(self) -> bool:
        """Whether there are peers, and the session of each is up."""
        return set(self.statuses()) == {"up"}

    def connection(self) -> Record:
        """The only connection."""
        (connection,) = self.client.describe_connections()["connections"]
        return dict(connection)

    def history(self, peer_id: str) -> list[tuple[float, str]]:
        """When bgpStatus became what."""
        entries = self.page("history")[peer_id]
        return [(entry["at"], entry["detail"]) for entry in entries if entry["kind"] == "status"]

    def kill(self) -> None:
        """kill -9 of the endpoint: nothing is taken down."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """Ctrl-C; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@dataclass
class Bench:
    """Where labs of one name come up and go; see `bench`."""

    places: Places
    _running: list[Running] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.places.name

    def up(self, topology: Path, *options: str | Path) -> Running:
        """`dxlab up` in the foreground; returns when it is up."""
        started = self._start("up", topology, *options)
        started.topology = topology
        return started

    def serve(self, *options: str | Path) -> Running:
        return self._start("serve", "--name", self.name, *options)

    def log(self) -> str:
        """What the endpoints of this lab wrote to standard error so far."""
        return self._log.read_text()

    @property
    def _log(self) -> Path:
        return self.places.state.parent / "endpoint.log"

    def _start(self, *arguments: str | Path) -> Running:
        words = (*DXLAB, *map(str, arguments), "--port", "0", "--state-dir", str(self.places.state))
        with self._log.open("a") as log:
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)
        running = Running(self.places, "", "us-east-1", process)
        self._running.append(running)
        running.url = self._exported(process)
        if arguments[0] == "up":
            running.region = self._exported(process)
        return running

    def _exported(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("export "), self.log()
        return line.strip().partition("=")[2]

    def clear(self) -> None:
        """End what runs, remove what is left."""
        for running in self._running:
            if running.process.poll() is None:
                running.end()
            assert running.process.stdout is not None
            running.process.stdout.close()
        remove_remains(self.places)
        remove_state(self.places)


@contextmanager
def bench(name: str, directory: Path) -> Iterator[Bench]:
    """A place for labs of this name, with their state in the directory; nothing is left of them afterwards."""
    made = Bench(Places.of(name, directory / "state"))
    remove_remains(made.places)
    try:
        yield made
    finally:
        made.clear()
