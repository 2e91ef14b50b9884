"""The parts of a verdict in words, for every report that people read."""

from __future__ import annotations

from collections.abc import Iterator

from lab.diagnosis import shown
from lab.directconnect.model import HistoryEntry
from lab.verify.verdict import Answer, Evidence, Result, Verdict


def summary(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    if verdict.answer is Answer.REFUSED:
        return f"{verdict.topology}: refused after {verdict.seconds:.1f} s"
    met = sum(result.is_met for result in verdict.results)
    counted = f"{met} of {len(verdict.results)} expectations met"
    return f"{verdict.topology}: {verdict.answer}, {counted} in {verdict.seconds:.1f} s"


def expectation(result: Result) -> str:
    """What was expected, in one line."""
    return f"{result.check.key}: {result.check.wanted}"


def explained(result: Result) -> Iterator[str]:
    """Everything that is known of an expectation that is not met, line by line."""
    yield f"{result.check.subject} {expectation(result)}"
    yield f"  {result.judgement.words}"
    if result.place is not None:
        yield f"  expected in {result.place}"
    if result.config is not None:
        yield f"  see {result.config}"


def evidence_lines(evidence: Evidence) -> Iterator[str]:
    """The evidence, part by part, each under its heading."""
    if evidence.diagnosis is not None:
        yield f"cause: {evidence.diagnosis.cause} ({evidence.diagnosis.confidence})"
        yield from (f"  {line}" for line in shown.lines(evidence.diagnosis))
    yield f"last NOTIFICATION: {evidence.notification or 'none'}"
    yield from _part("timeline", list(_timeline(evidence.history)))
    yield from _part("speaker's events", list(evidence.events))
    if evidence.router:  # at the end of a lent interface stands one that is not the lab's
        yield from _part(f"log of router {evidence.router}", list(evidence.router_log))


def _part(heading: str, lines: list[str]) -> Iterator[str]:
    yield f"{heading}:" if lines else f"{heading}: empty"
    yield from (f"  {line}" for line in lines)


def _timeline(history: tuple[HistoryEntry, ...]) -> Iterator[str]:
    for entry in history:
        reason = f" ({entry.reason})" if entry.reason else ""
        yield f"{entry.at - history[0].at:8.3f}  {entry.kind}: {entry.detail}{reason}"
