"""What all expectations have in common: whose they are, how long they may take, and how they are judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from lab.verify.seen import Seen, Subject


class Outcome(StrEnum):
    """How an expectation stands."""

    MET = "met"
    NOT_YET = "not yet"
    NOT_MET = "not met"


@dataclass(frozen=True)
class Judgement:
    """One look at one expectation.

    :ivar words: in one sentence, what differs from what is wanted; of one that is met, what was seen.
    :ivar left: of something that is as wanted and has to stay so for a while, the seconds that are left.
    """

    outcome: Outcome
    words: str
    left: float | None = None


def met(words: str) -> Judgement:
    return Judgement(Outcome.MET, words)


def not_yet(words: str) -> Judgement:
    return Judgement(Outcome.NOT_YET, words)


def holding(words: str, left: float) -> Judgement:
    return Judgement(Outcome.NOT_YET, words, left)


def not_met(words: str) -> Judgement:
    return Judgement(Outcome.NOT_MET, words)


@dataclass(frozen=True)
class Check(ABC):
    """One expectation of one peer. A judgement is a function of what was seen, without clock or machine.

    :ivar within: seconds from when the routers were started.
    :ivar line: where the topology file says so; None where it says nothing and the default counts.
    """

    key: ClassVar[str]

    subject: Subject
    within: float
    line: int | None

    @property
    @abstractmethod
    def wanted(self) -> str:
        """What is expected, in the words of the topology file."""

    @abstractmethod
    def look(self, seen: Seen) -> Judgement:
        """How it stands, whatever the time."""

    def is_ripe(self, seen: Seen) -> bool:
        """Whether it is worth while to look further than at the session."""
        return seen.is_up

    def judge(self, seen: Seen) -> Judgement:
        """How it stands; what is not met when its time is over is not met for good."""
        judgement = self.look(seen)
        overdue = judgement.outcome is Outcome.NOT_YET and judgement.left is None
        return not_met(judgement.words) if overdue and seen.elapsed >= self.within else judgement


def down(seen: Seen) -> str:
    """Why nothing can be said of a session's routes."""
    return f"the session is {seen.session.bgp_status}: {seen.session.reason}"


def listed(things: Iterable[object], nothing: str = "nothing") -> str:
    """Things as a sentence can hold them."""
    return ", ".join(map(str, things)) or nothing


def lasting(seconds: float) -> str:
    """A duration as a topology file has it."""
    return f"{seconds * 1000:g}ms" if seconds < 1 else f"{seconds:g}s"
