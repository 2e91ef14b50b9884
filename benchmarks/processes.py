"""What processes use, from proc(5).

Processor time is that of the scheduler (`schedstat`, nanoseconds): `utime` and `stime` count in steps of
10 ms and a speaker that idles for half a minute hardly fills one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")


def proportional_memory(pids: Iterable[int]) -> int:
    """Bytes that these processes occupy, with each page that n processes share counted as 1/n (PSS)."""
    return sum(pss_of((_PROC / str(pid) / "smaps_rollup").read_text()) for pid in pids)


def processor_time(pids: Iterable[int]) -> float:
    """Seconds that these processes, with all their threads, have been running on a processor."""
    return sum(
        run_time_of(thread.read_text())
        for pid in pids
        for thread in (_PROC / str(pid) / "task").glob("*/schedstat")
    )


def parent_of(pid: int) -> int:
    """The id of the process that made this one."""
    (number,) = (
        line.split()[1]
        for line in (_PROC / str(pid) / "status").read_text().splitlines()
        if line.startswith("PPid:")
    )
    return int(number)


def children(pid: int) -> list[int]:
    """The ids of the processes that this one made, those that have ended and were not waited for among them."""
    tasks = (_PROC / str(pid) / "task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def descriptors(pid: int) -> int:
    """How many file descriptors a process has open."""
    return len(list((_PROC / str(pid) / "fd").iterdir()))


def threads(pid: int) -> int:
    """How many threads a process has."""
    return len(list((_PROC / str(pid) / "task").iterdir()))


def pss_of(smaps_rollup: str) -> int:
    """Bytes of the `Pss` line."""
    (kilobytes,) = (line.split()[1] for line in smaps_rollup.splitlines() if line.startswith("Pss:"))
    return int(kilobytes) * 1024


def run_time_of(schedstat: str) -> float:
    """Seconds on the processor: the first number, in nanoseconds."""
    return int(schedstat.split()[0]) / 1e9
