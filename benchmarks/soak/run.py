"""The soak itself: rounds of faults, and a count after each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from benchmarks.figures import Spread
from benchmarks.progress import tell
from benchmarks.soak.census import Census, take
from benchmarks.soak.faults import ENDS_OF_LIFE, FAULTS, Fault
from benchmarks.soak.scene import Scene

#: Rounds from one death of endpoint and launcher to the next.
LIFE = 60
#: Counts that are begun anew because something changed meanwhile.
_ATTEMPTS = 5


@dataclass
class Soak:
    """What came of it.

    :ivar seconds: from the first fault to the last count.
    :ivar recoveries: seconds from each fault until all was up again, by the fault's name.
    :ivar counts: one after the round that warms up, and one after each later one.
    """

    sessions: int
    seed: int
    seconds: float = 0.0
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    counts: list[Census] = field(default_factory=list)

    @property
    def faults(self) -> int:
        return sum(map(len, self.recoveries.values()))

    def spreads(self) -> dict[str, Spread]:
        """How long recovery took, by the fault's name."""
        return {name: Spread.of(each) for name, each in sorted(self.recoveries.items())}


def soak(name: str, count: int, seconds: float, seed: int, life: int = LIFE) -> Soak:
    """A lab of this name with so many sessions, under faults for so long.

    :param life: in every so manieth round endpoint and launcher are killed.
    :raises TimeoutError: after a fault, not all was up again in time.
    """
    tell(f"soak: {count} sessions, {seconds:.0f} s, seed {seed}")
    done = Soak(count, seed)
    with Scene(name, count) as scene:
        scene.until_whole()
        tell("soak: all are up")
        _Run(scene, done, seconds, life).run()
    return done


class _Run:
    """The faults of one soak."""

    def __init__(self, scene: Scene, done: Soak, seconds: float, life: int) -> None:
        self._scene = scene
        self._done = done
        self._chance = Random(done.seed)
        self._started = time.monotonic()
        self._seconds = seconds
        self._life = life

    def run(self) -> None:
        round_ = 0
        while self._elapsed() < self._seconds:
            self._strike(round_)
            self._count()
            round_ += 1
        self._done.seconds = self._elapsed()

    def _elapsed(self) -> float:
        return time.monotonic() - self._started

    def _strike(self, round_: int) -> None:
        """The faults of a round, as far as time permits."""
        for name, fault in self._plan(round_):
            if self._elapsed() > self._seconds:
                return
            took = self._timed(name, fault)
            self._done.recoveries.setdefault(name, []).append(took)
            tell(f"soak: {self._elapsed():6.1f} s  {name}: {took:.1f} s until all was up again")

    def _timed(self, name: str, fault: Fault) -> float:
        """Seconds."""
        started = time.monotonic()
        try:
            fault(self._scene, self._chance)
            self._scene.until_whole()
        except TimeoutError as error:
            raise TimeoutError(f"{name}, seed {self._done.seed}: {error}") from error
        return time.monotonic() - started

    def _plan(self, round_: int) -> Iterator[tuple[str, Fault]]:
        """Each kind in an order of chance; the ends of lives first, so that what comes after is compared."""
        if round_ % self._life == 0:
            yield from ENDS_OF_LIFE.items()
        yield from self._chance.sample(list(FAULTS.items()), len(FAULTS))

    def _count(self) -> None:
        self._done.counts.append(self._at_rest())
        latest = self._done.counts[-1]
        tell(f"soak: {latest.seconds:6.1f} s  {latest}")

    def _at_rest(self) -> Census:
        """A count during which nothing changed: a session may have lost more to a fault than was seen at once."""
        for _ in range(_ATTEMPTS):
            before = self._scene.since()
            counted = take(self._scene, self._done.faults, self._elapsed())
            if self._scene.is_whole() and self._scene.since() == before:
                return counted
            self._scene.until_whole()
        raise TimeoutError(f"the lab did not come to rest in {_ATTEMPTS} counts")
