"""Real children, stopped and continued."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.bgp import halted
from lab.bgp.halted import Halted

PATIENCE = 10.0


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Halted]:
    monkeypatch.setattr(halted, "GRACE", 0.05)
    made = Halted()
    yield made
    made.close()
    assert signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL


@pytest.fixture
def child() -> Iterator[int]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process.pid
        process.kill()


def await_news(mine: Halted) -> None:
    assert select.select([mine], [], [], PATIENCE)[0]
    mine.note()


def await_halt(mine: Halted) -> None:
    """Until a child is stopped; what is heard first may be of a child of another test."""
    await_news(mine)
    while mine.due is None:
        await_news(mine)


def state(pid: int) -> str:
    """The kernel's letter: T is stopped, S sleeps."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_child_that_is_stopped_goes_on(mine: Halted, child: int) -> None:
    os.kill(child, signal.SIGSTOP)
    await_halt(mine)
    assert state(child) == "T"
    while (due := mine.due) is not None:
        time.sleep(max(0.0, due - time.monotonic()))
        mine.rouse()
    await_news(mine)
    assert state(child) in "RS"


def test_a_child_that_somebody_continues_is_left_alone(mine: Halted, child: int) -> None:
    os.kill(child, signal.SIGSTOP)
    await_news(mine)
    os.kill(child, signal.SIGCONT)
    await_news(mine)
    assert mine.due is None


def test_no_children(mine: Halted) -> None:
    mine.note()
    mine.rouse()
    assert mine.due is None
