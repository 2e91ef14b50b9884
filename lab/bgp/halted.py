"""Speakers that somebody stopped (SIGSTOP, a debugger, a frozen terminal) go on before anybody misses them.

A stopped speaker says nothing: the router would let its hold timer expire, and nobody would hear of that while the
last word of the speaker is that the session is up. The launcher is the parent, so the kernel tells it (SIGCHLD; see
waitid(2)), and it continues what is stopped for longer than `GRACE`. With the shortest hold time, 3 s (RFC 4271
section 4.2), and a keepalive each second, a router waits for two seconds at least.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

# Seconds. A stop may be over by itself before.
GRACE = 1.0


class Halted:
    """The children of this process that are stopped; `fileno` is readable when there is news of them."""

    def __init__(self) -> None:
        self._news, self._alarm = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._due: dict[int, float] = {}
        # Without a handler of its own, the signal is ignored and wakes nobody.
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._alarm, warn_on_full_buffer=False)

    def fileno(self) -> int:
        return self._news

    @property
    def due(self) -> float | None:
        """When the next child is to be continued, by time.monotonic(); None while none is stopped."""
        return min(self._due.values(), default=None)

    def note(self) -> None:
        """Learn who was stopped and who was continued by somebody else."""
        with suppress(BlockingIOError):
            while os.read(self._news, 4096):
                pass
        with suppress(ChildProcessError):  # there are no children
            while change := os.waitid(os.P_ALL, 0, os.WSTOPPED | os.WCONTINUED | os.WNOHANG):
                if change.si_code == os.CLD_STOPPED:
                    self._due[change.si_pid] = time.monotonic() + GRACE
                else:
                    self._due.pop(change.si_pid, None)

    def rouse(self) -> None:
        """Continue whoever was stopped for long enough."""
        now = time.monotonic()
        for pid in [pid for pid, due in self._due.items() if due <= now]:
            del self._due[pid]
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """Hear of no children any more, as in a child."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._news)
        os.close(self._alarm)
