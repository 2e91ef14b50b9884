"""Ending processes, well-behaved and stubborn."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.routers import processes
from lab.routers.processes import end_processes

_STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
_GENTLE = "import signal; print(flush=True); signal.pause()"


@contextmanager
def running(program: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program that has printed its first line."""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_a_process_that_listens_ends_on_the_first_signal() -> None:
    with running(_GENTLE) as one, running(_GENTLE) as other:
        end_processes([one.pid, other.pid])
        assert (one.poll(), other.poll()) == (-signal.SIGTERM, -signal.SIGTERM)


def test_one_that_does_not_listen_ends_on_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE", 0.05)
    with running(_STUBBORN) as stubborn, running(_GENTLE) as gentle:
        end_processes([stubborn.pid, gentle.pid])
        assert (stubborn.wait(5), gentle.wait(5)) == (-signal.SIGKILL, -signal.SIGTERM)


def test_other_signals() -> None:
    with running(_GENTLE) as process:
        end_processes([process.pid], (signal.SIGKILL,))
        assert process.poll() == -signal.SIGKILL


def test_one_that_has_ended_is_no_error() -> None:
    with running(_GENTLE) as process:
        pid = process.pid
    end_processes([pid])
