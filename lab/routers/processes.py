"""Ending processes by id, and knowing that they have ended.

FRR's daemons keep the buffers of their log in a directory each below `SCRATCH`, which only those remove that end in
good order. Whoever ends one otherwise (a power failure that is rehearsed, a daemon that does not listen) takes the
directory away for it: it is found while the daemon has it open.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

#: Where FRR's daemons make their directories, whatever they are told (lib/zlog.c).
SCRATCH = Path("/var/tmp/frr")

#: Seconds that a process has to end on a signal before the next one is sent.
GRACE = 2.0


def end_processes(
    pids: Iterable[int],
    signals: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGKILL),
    patience: float = GRACE,
) -> None:
    """Send each signal in turn until the processes are gone. Returns when they are; they need be no children. What
    they would have cleared away themselves goes with them.

    :param patience: seconds that each signal has to take effect.

    A process is held by a descriptor (pidfd_open(2)), which never means a later process of the same id.
    """
    pids = tuple(pids)
    handles = {handle for pid in pids if (handle := _open(pid)) is not None}
    scratch = [directory for pid in pids for directory in _scratch_of(pid)]
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
    for directory in scratch:
        shutil.rmtree(directory, ignore_errors=True)


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


def _scratch_of(pid: int) -> Iterator[Path]:
    """The directories below `SCRATCH` that a process has open. Those of a container's are not this machine's,
    although they are called the same.
    """
    with suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                directory = descriptor.readlink()
                if directory.parent == SCRATCH and directory.samefile(descriptor):
                    yield directory
