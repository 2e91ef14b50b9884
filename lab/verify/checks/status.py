"""`bgpStatus`: reached in time, and held without a flap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lab.verify.checks.base import Check, Judgement, down, holding, lasting, met, not_met, not_yet
from lab.verify.seen import Seen


@dataclass(frozen=True)
class Status(Check):
    """The session is `up`, or `down`.

    A flap of an `up` that has to stay is what the expectation exists to find. `down` is how every session begins, so
    it counts from the last time: it may be interrupted until `within` is over.

    :ivar stays: seconds.
    """

    key = "bgpStatus"

    status: Literal["up", "down"]
    stays: float

    @property
    def wanted(self) -> str:
        hold = f", stays {lasting(self.stays)}" if self.stays else ""
        return f"{self.status} within {lasting(self.within)}{hold}"

    def look(self, seen: Seen) -> Judgement:
        if self.status == "up" and self.stays and seen.flaps:
            return not_met(f"it was up and did not stay so; {down(seen)}")
        if seen.session.bgp_status == self.status:
            return self._held(seen)
        return not_yet(down(seen) if self.status == "up" else f"the session is {seen.session.bgp_status}")

    def _held(self, seen: Seen) -> Judgement:
        reached = max(seen.session.since, seen.began)
        if reached - seen.began > self.within:
            return not_met(f"{self.status} after {reached - seen.began:.1f} s, which is too late")
        left = self.stays - (seen.at - reached)
        words = f"{self.status} after {reached - seen.began:.1f} s"
        return holding(f"{words}; to stay so", left) if left > 0 else met(words)
