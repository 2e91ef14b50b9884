"""Ending processes by id, and knowing that they have ended."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

#: Seconds that a process has to end on a signal before the next one is sent.
GRACE = 2.0


def end_processes(
    pids: Iterable[int],
    signals: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGKILL),
    patience: float = GRACE,
) -> None:
    """Send each signal in turn until the processes are gone. Returns when they are; they need be no children.

    :param patience: seconds that each signal has to take effect.

    A process is held by a descriptor (pidfd_open(2)), which never means a later process of the same id.
    """
    handles = {handle for pid in pids if (handle := _open(pid)) is not None}
    try:
        waiting = handles
        for number in signals:
            for handle in waiting:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, number)
            waiting = _still_there(waiting, time.monotonic() + patience)
    finally:
        for handle in handles:
            os.close(handle)


def _open(pid: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.pidfd_open(pid)
    return None


def _still_there(handles: Collection[int], deadline: float) -> set[int]:
    """Those that do not end before the deadline."""
    waiting = set(handles)
    while waiting and (left := deadline - time.monotonic()) > 0:
        ended, _, _ = select.select(waiting, (), (), left)
        waiting.difference_update(ended)
    return waiting
