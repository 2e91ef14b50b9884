"""A verdict for a reader, line by line: what is wrong, what to change, where, and what proves it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from lab.diagnosis.verdict import Verdict


def lines(verdict: Verdict) -> Iterator[str]:
    """Everything that a verdict says beside its cause; nothing of a healthy peer. Times are local."""
    if verdict.healthy:
        return
    yield verdict.explanation
    yield from [f"fix: {verdict.fix}"] * bool(verdict.fix)
    yield from [f"where: {verdict.where}"] * bool(verdict.where)
    yield from [f"or: {', '.join(verdict.rivals)}; to decide: {verdict.decider}"] * bool(verdict.rivals)
    yield from [f"then: {', '.join(verdict.next)}"] * bool(verdict.next)
    yield from (f"seen: {_clock(item.at)} {item.source}: {item}" for item in verdict.evidence)


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at)) + f".{int(at % 1 * 1000):03d}"
