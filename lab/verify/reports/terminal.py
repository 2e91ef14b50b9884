"""For a terminal: one line for each peer and expectation, with the time that it has taken so far."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from lab.verify.checks import Check, Judgement, Outcome
from lab.verify.reports.base import Report
from lab.verify.reports.words import evidence_lines, explained, summary
from lab.verify.verdict import Answer, Verdict

_MARKS = {Outcome.MET: ("✓", "green"), Outcome.NOT_YET: ("…", "yellow"), Outcome.NOT_MET: ("✗", "red")}
_COLOURS = {Answer.MET: "green", Answer.NOT_MET: "red", Answer.REFUSED: "red"}


@dataclass(frozen=True)
class _Row:
    """An expectation, how it stands, and since how many seconds."""

    check: Check
    judgement: Judgement | None = None
    seconds: float = 0.0

    def cells(self, elapsed: float) -> tuple[Text | str, ...]:
        outcome = self.judgement.outcome if self.judgement else Outcome.NOT_YET
        mark, colour = _MARKS[outcome]
        taken = elapsed if outcome is Outcome.NOT_YET else max(0.0, self.seconds)
        words = self.judgement.words if self.judgement else self.check.wanted
        return (
            Text(mark, colour),
            str(self.check.subject),
            self.check.key,
            Text(words, overflow="ellipsis", no_wrap=True),
            f"{taken:.1f} s",
        )


class Terminal(Report):
    """A table that is drawn anew as things happen, and stays as it was at the end."""

    name = "terminal"

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._console = Console(file=stream, highlight=False, markup=False, soft_wrap=False)
        self._doing = "reading the topology"
        self._rows: dict[int, _Row] = {}
        self._began = time.monotonic()
        self._live = Live(console=self._console, get_renderable=self._picture, refresh_per_second=8)
        self._live.start()

    def told(self, sentence: str) -> None:
        self._doing = sentence

    def begun(self, checks: Sequence[Check]) -> None:
        self._doing = ""
        self._began = time.monotonic()
        self._rows = {id(check): _Row(check) for check in checks}

    def judged(self, check: Check, judgement: Judgement, seconds: float) -> None:
        self._rows[id(check)] = _Row(check, judgement, seconds)

    def finished(self, verdict: Verdict) -> None:
        self._doing = ""
        self.close()
        for result in verdict.failures():
            self._console.print("\n".join(explained(result)), style="red")
        for evidence in dict.fromkeys(each.evidence for each in verdict.failures()):
            self._console.print("\n".join(evidence_lines(evidence) if evidence else ()))
        if verdict.refusal is not None:
            self._console.print(verdict.refusal.words, style="red")
        self._console.print(summary(verdict), style=f"bold {_COLOURS[verdict.answer]}")

    def close(self) -> None:
        self._live.stop()

    def _picture(self) -> Table | Text:
        if not self._rows:
            return Text(f"{self._elapsed():6.1f} s  {self._doing}")
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for row in self._rows.values():
            table.add_row(*row.cells(self._elapsed()))
        return table

    def _elapsed(self) -> float:
        return time.monotonic() - self._began
