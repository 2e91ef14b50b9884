"""Directories with a topology, in which a pytest of their own runs.

pytest's own `pytester` would run it in this process or with this suite's environment; a user has neither.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.network.namespaces import namespaces
from tests.support.topologies import KEY

#: The beginning of the names of all labs that these tests bring up.
NAME = "tlab-plugin"
PATIENCE = 150


@dataclass(frozen=True)
class Project:
    """A directory of tests, with one office's topology and its router's configuration."""

    directory: Path

    def write(self, name: str, text: str) -> Path:
        path = self.directory / name
        path.write_text(text)
        return path

    def expect(self, name: str, text: str) -> Path:
        """A topology with what is expected of it."""
        return self.write(name, (self.directory / "topology.yml").read_text() + text)

    def break_key(self) -> int:
        """Give the router the IPv4 key in upper case; the line where that stands."""
        path, reference = self.directory / "edge.conf", "${office-private.ipv4.authKey}"
        text = path.read_text()
        path.write_text(text.replace(reference, KEY.upper()))
        return text[: text.index(reference)].count("\n") + 1

    def pytest(self, *arguments: str, prefix: Sequence[str] = ()) -> Outcome:
        """Run pytest in it, with the plugin as it is installed and none of this suite's settings."""
        (self.directory / "pytest.ini").write_text("[pytest]\n")
        done = subprocess.run(
            [*prefix, sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert "INTERNALERROR" not in done.stdout + done.stderr, done.stdout + done.stderr
        return Outcome(done.returncode, done.stdout)


@dataclass(frozen=True)
class Outcome:
    """How a pytest ended."""

    status: int
    output: str

    @property
    def summary(self) -> str:
        """The last line: `1 failed, 2 passed`."""
        return self.output.rstrip().splitlines()[-1].strip("= ").rpartition(" in ")[0]


def assert_cause(words: str, project: Project, line: int) -> None:
    """A failure names the wrong key, what to change and where, and shows the segments that prove it."""
    assert "cause: md5-mismatch (certain)\n" in words
    assert "the router signs with the right key in upper case, not with the peer's authKey\n" in words
    assert re.search(r"fix: neighbor 169\.254\.\S+ password <authKey>", words)
    assert f"where: {project.directory}/edge.conf:{line}\n" in words
    assert re.search(r"seen: \S+ cable of dxcon-\S+: router > vlan 101, .* md5 invalid", words)
    assert not re.search(KEY, words, re.IGNORECASE)


def nothing_is_left() -> bool:
    """Whether no lab of these tests has anything on the machine."""
    return not namespaces(f"dxlab-{NAME}") and not list(Path("/run/dxlab").glob(f"{NAME}*"))
