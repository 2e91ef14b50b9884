"""What came of a verification: everything a report says, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lab.diagnosis import Verdict as Diagnosis
from lab.directconnect.model import HistoryEntry
from lab.errors import RefusedLine
from lab.verify.checks import Check, Judgement, Outcome


@dataclass(frozen=True)
class Place:
    """A line of a file, counted from 1."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Evidence:
    """Everything one needs to find out why, without running it again. No key is in it.

    :ivar history: the peer's timeline.
    :ivar events: what the speaker reported, one line each, `SECONDS since the first WORDS`.
    :ivar router: the name of the router at the other end; empty where there is none.
    :ivar router_log: the last lines of its log.
    :ivar notification: the last NOTIFICATION, sent or received; empty where there was none.
    :ivar diagnosis: why the peer is down, or up and useless; None where nothing wrong was found.
    """

    history: tuple[HistoryEntry, ...] = ()
    events: tuple[str, ...] = ()
    router: str = ""
    router_log: tuple[str, ...] = ()
    notification: str = ""
    diagnosis: Diagnosis | None = None

    @property
    def cause(self) -> str:
        """The diagnosis in one line; empty where there is none."""
        found = self.diagnosis
        if found is None:
            return ""
        where = f" ({found.where})" if found.where else ""
        return f"{found.cause}: {found.explanation}; fix: {found.fix}{where}"

    @property
    def cause_place(self) -> Place | None:
        """The line of the router's configuration that the diagnosis names."""
        path, _, line = self.diagnosis.where.rpartition(":") if self.diagnosis else ("", "", "")
        return Place(Path(path), int(line)) if path else None


@dataclass(frozen=True)
class Result:
    """One expectation, and what came of it.

    :ivar seconds: how long it took, from when the routers were started.
    :ivar place: where the topology says so; None for what is expected by default.
    :ivar config: where in the router's configuration it is to be mended: where the diagnosis says so, else where the
        session or the prefix is spoken of; None where neither can be told.
    :ivar evidence: of one that is not met.
    """

    check: Check
    judgement: Judgement
    seconds: float
    place: Place | None = None
    config: Place | None = None
    evidence: Evidence | None = None

    @property
    def is_met(self) -> bool:
        return self.judgement.outcome is Outcome.MET


@dataclass(frozen=True)
class Refusal:
    """A router that refuses its configuration, so that nothing could be expected of it.

    :ivar words: the whole sentence, with the daemon's words.
    """

    router: str
    words: str
    lines: tuple[RefusedLine, ...] = ()


class Answer(StrEnum):
    """The verdict in one word."""

    MET = "met"
    NOT_MET = "not met"
    REFUSED = "refused"


@dataclass(frozen=True)
class Verdict:
    """What came of a verification.

    :ivar topology: the topology's name, and its file.
    :ivar lab: the name of the lab in which it ran.
    :ivar started: epoch seconds.
    :ivar seconds: how long all of it took, the lab's way up included.
    """

    topology: str
    path: Path
    lab: str
    started: float
    seconds: float
    results: tuple[Result, ...] = ()
    refusal: Refusal | None = None

    @property
    def answer(self) -> Answer:
        if self.refusal is not None:
            return Answer.REFUSED
        return Answer.MET if all(result.is_met for result in self.results) else Answer.NOT_MET

    @property
    def exit_status(self) -> int:
        """Of the command: 0 where all is met, 1 where something is not or a router refuses its configuration."""
        return 0 if self.answer is Answer.MET else 1

    def failures(self) -> Iterator[Result]:
        """The expectations that are not met."""
        return (result for result in self.results if not result.is_met)
