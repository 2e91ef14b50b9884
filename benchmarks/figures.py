"""What is known of a number that was measured many times, and what of it was hoped for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Many measurements of one thing, in its unit."""

    count: int
    least: float
    p50: float
    p95: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Raise ValueError where nothing was measured."""
        if not values:
            raise ValueError("nothing was measured")
        return cls(len(values), min(values), percentile(values, 50), percentile(values, 95), max(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed (nearest rank: one that occurred)."""
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


@dataclass(frozen=True)
class Aim:
    """A limit for something measured.

    :ivar at_least: the limit is one to reach, not one to stay under.
    """

    name: str
    measured: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit
