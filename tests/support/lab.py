"""A live lab for tests: the real command in a process of its own, as a user runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.customer import client_for
from lab.network.namespaces import namespaces
from lab.places import Places
from lab.remains import remove_remains, remove_state

DXLAB = (sys.executable, "-W", "error", "-m", "lab.cli")


@dataclass
class LiveLab:
    """A lab that is up."""

    places: Places
    url: str
    region: str
    process: subprocess.Popen[str]

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs in its environment to find this lab."""
        return {
            **os.environ,
            "AWS_ENDPOINT_URL_DIRECT_CONNECT": self.url,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "dxlab",
            "AWS_SECRET_ACCESS_KEY": "dxlab",
        }

    @property
    def client(self) -> Any:
        return client_for(self.url, self.region)

    def dxlab(self, *arguments: str) -> str:
        """Run a verb on this lab and return its standard output."""
        return subprocess.run((*DXLAB, *arguments), capture_output=True, text=True, check=True).stdout


@contextmanager
def live_lab(topology: Path, name: str, *options: str) -> Iterator[LiveLab]:
    """The topology, up under another name, so that it meets no other lab; taken down, with nothing left, at the end.

    :param options: further ones of `dxlab up`.
    """
    places = Places.of(name)
    remove_remains(places)
    remove_state(places)
    renamed = topology.with_name(f".{name}.yml")
    renamed.write_text(topology.read_text().replace(f"name: {_name(topology)}\n", f"name: {name}\n"))
    try:
        with _running(("up", str(renamed), "--port", "0", *options)) as process:
            yield LiveLab(places, _export(process), _export(process), process)
        assert process.returncode == 0
        assert not namespaces(places.namespace_prefix)
        assert not places.run.exists()
    finally:
        renamed.unlink()
        remove_remains(places)
        remove_state(places)


@contextmanager
def _running(arguments: tuple[str, ...]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen((*DXLAB, *arguments), stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _export(process: subprocess.Popen[str]) -> str:
    """The value in the next `export NAME=VALUE` line."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("export "), f"the lab did not come up: {line!r}"
    return line.strip().partition("=")[2]


def _name(topology: Path) -> str:
    (line,) = (line for line in topology.read_text().splitlines() if line.startswith("name: "))
    return line.removeprefix("name: ")
