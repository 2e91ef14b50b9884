"""The limits of the kernel's neighbour tables, on files that stand for /proc/sys; and how full they are."""

from __future__ import annotations

import logging
import socket
import sys
from pathlib import Path

import pytest

from lab.network.neighbours import TABLES, ensure_room, entries_for, usage
from tests.network.full_table import LIMIT
from tests.support.uml import run

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    made = tmp_path / "default"
    made.mkdir()
    (made / "gc_thresh2").write_text("512\n")
    (made / "gc_thresh3").write_text("1024\n")
    return made


def limits(table: Path) -> tuple[int, int]:
    return int((table / "gc_thresh2").read_text()), int((table / "gc_thresh3").read_text())


@pytest.mark.parametrize(("sessions", "entries"), [(0, 0), (1, 4), (256, 1024), (257, 2048), (1000, 4096)])
def test_a_table_has_room_for_both_ends_and_as_much_again(sessions: int, entries: int) -> None:
    assert entries_for(sessions) == entries


def test_what_is_large_enough_stays(table: Path) -> None:
    ensure_room(256, (table,))
    assert limits(table) == (512, 1024)


def test_what_is_too_small_is_raised(table: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "dxlab.network"):
        ensure_room(1000, (table,))
    assert limits(table) == (4096, 4096)
    assert caplog.messages[0].startswith("event=neighbour-table-raised setting=")
    assert caplog.messages[0].endswith("present=1024 wanted=4096")


def test_a_namespace_without_the_setting_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ensure_room(1000, (tmp_path / "absent",))
    assert caplog.text == ""


def test_what_cannot_be_raised_is_said_with_what_to_do(table: Path, caplog: pytest.LogCaptureFixture) -> None:
    (table / "gc_thresh2").unlink()
    (table / "gc_thresh2").mkdir()
    ensure_room(1000, (table,))
    assert "set it to 4096 on the host with sysctl" in caplog.text


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_table_tells_how_full_it_is(family: socket.AddressFamily) -> None:
    """The limit is the one of /proc/sys, where this namespace has it."""
    found = usage(family)
    assert found is not None
    setting = TABLES[family == socket.AF_INET6] / "gc_thresh3"
    assert found.limit == int(setting.read_text()) if setting.exists() else found.limit > 0


@pytest.mark.root
@pytest.mark.timeout(120)
def test_a_table_that_has_no_room_counts_what_it_refuses(tmp_path: Path) -> None:
    """On a machine of its own, for all network namespaces of one share the table."""
    command = (sys.executable, "-m", "tests.network.full_table")
    outcome = run(command, directory=REPOSITORY, job=tmp_path, modules=["overlay", "veth"], timeout=100)
    assert outcome.status == 0, outcome.output
    limit, refused = map(int, outcome.output.split()[-2:])
    assert limit == LIMIT
    assert refused > 0
