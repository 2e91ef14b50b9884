"""Processes that are killed between two steps, at the points that `lab.faults` names."""

from __future__ import annotations

import itertools
import os
import signal
import traceback
from collections.abc import Callable

from lab import faults


def killed_at(number: int, work: Callable[[], None]) -> bool:
    """Do something in a child that is killed, as by kill -9, at its fault point of this number, counted from 1.

    :return: False where it came to its end before.
    """
    pid = os.fork()
    if not pid:
        os._exit(_be_killed_at(number, work))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, -signal.SIGKILL), f"the child failed with status {status}; its traceback is above"
    return status != 0


def _be_killed_at(number: int, work: Callable[[], None]) -> int:
    points = itertools.count(1)

    def strike(_: str) -> None:
        if next(points) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    faults.strike = strike
    try:
        work()
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
