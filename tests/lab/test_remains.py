"""Removing what is left of a lab: processes by where they live, namespaces and directories by their names."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from lab import places
from lab.network.links import End, ensure_cable
from lab.network.namespaces import ensure_namespace, namespaces, processes_in
from lab.places import Places
from lab.remains import remove_remains, remove_state
from tests.support.command import eventually, nothing_left

ROOT = pytest.mark.root


@contextmanager
def living(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends by itself only long after the test."""
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()
            assert process.stdin is not None
            process.stdin.close()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Places]:
    """Two namespaces with a cable between them, and a run directory with files."""
    made = Places.of("tlab-remains", tmp_path / "state")
    made.prepare()
    (made.run / "edge").mkdir()
    (made.run / "edge" / "frr.conf").write_text("hostname edge\n")
    for part in ("dx", "edge"):
        ensure_namespace(made.namespace(part))
    ensure_cable(End(made.namespace("dx"), "dxcon-fg12ab34"), End(made.namespace("edge"), "eth1"))
    yield made
    remove_remains(made)


@ROOT
def test_processes_namespaces_and_files_go(lab: Places) -> None:
    with living("ip", "netns", "exec", lab.namespace("edge"), "sleep", "600") as daemon:
        # ip(8) enters the namespace only after it has started.
        eventually(lambda: processes_in(lab.namespace("edge")) == [daemon.pid], "the process to live there")
        remove_remains(lab)
        assert daemon.wait() != 0
    assert nothing_left(lab)
    assert lab.state.is_dir()


@ROOT
def test_twice_is_once(lab: Places) -> None:
    remove_remains(lab)
    remove_remains(lab)
    assert nothing_left(lab)


@ROOT
def test_another_lab_stays(lab: Places) -> None:
    """Its name begins as this one's does, and a process of it has a launcher's command line."""
    other = Places.of("tlab-remains-2", lab.state)
    ensure_namespace(other.namespace("edge"))
    try:
        with launcher_like(other) as process:
            remove_remains(lab)
            assert process.poll() is None
            assert namespaces(other.namespace_prefix) == [other.namespace("edge")]
            remove_remains(other)
            assert process.wait() != 0
        assert nothing_left(other)
    finally:
        remove_remains(other)


def launcher_like(places: Places) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A process with the words of a lab's launcher in its command line."""
    return living(sys.executable, "-c", "input()", "lab.bgp.launcher_process", str(places.run))


def test_only_the_labs_own_state_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "STATE", tmp_path)
    own, named = Places.of("office"), Places.of("office", tmp_path / "mine")
    for each in (own, named):
        each.state.mkdir()
        remove_state(each)
    assert not own.state.exists()
    assert named.state.exists()
