"""`dxlab verify topologies/private-vif` as a whole process, against the same daemons by hand; and many at once.

One after the other and in turn with the floor (`benchmarks.verify_floor`), so that both see the same machine; then
as many as the aim says at the same moment, against one of those before.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.figures import Spread
from benchmarks.progress import counted, tell
from benchmarks.verify_floor import TOPOLOGY, by_hand
from lab.errors import LabError

TIMES = 10
AT_ONCE = 20
ROUNDS = 3
_COMMAND = (sys.executable, "-m", "lab.cli", "verify", str(TOPOLOGY))


@dataclass(frozen=True)
class Verifications:
    """What was measured; durations in seconds.

    :ivar together: of `at_once` verifications that begin at once, from the beginning until the last has ended.
    """

    whole: Spread
    by_hand: Spread
    together: Spread
    at_once: int

    @property
    def above_the_floor(self) -> float:
        """Seconds, of the medians."""
        return self.whole.p50 - self.by_hand.p50

    @property
    def ratio(self) -> float:
        """How many times as long the many at once take as one."""
        return self.together.p50 / self.whole.p50


def measure(name: str, *, times: int = TIMES, at_once: int = AT_ONCE, rounds: int = ROUNDS) -> Verifications:
    """All of it.

    :param name: of the lab after which what is made by hand is named.
    :raises LabError: a verification is not met.
    """
    whole, floor = [], []
    for _ in counted("verifications: dxlab verify, and by hand", times):
        whole.append(_together(1))
        floor.append(by_hand(name))
    tell(f"verifications: {at_once} at once, {rounds} times")
    together = [_together(at_once) for _ in range(rounds)]
    return Verifications(Spread.of(whole), Spread.of(floor), Spread.of(together), at_once)


def _together(count: int) -> float:
    """Seconds from the beginning of so many verifications to the end of the last."""
    started = time.perf_counter()
    processes = [
        subprocess.Popen(_COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(count)
    ]
    said = [process.communicate()[0] for process in processes]
    seconds = time.perf_counter() - started
    for process, words in zip(processes, said, strict=True):
        if process.returncode != 0:
            raise LabError(f"a verification was not met:\n{words.decode(errors='replace')}")
    return seconds
