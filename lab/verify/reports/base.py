"""What a report is: somebody who watches a verification and writes down what came of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, TextIO

from lab.verify.checks import Check, Judgement
from lab.verify.run import Nobody
from lab.verify.verdict import Verdict


class Report(Nobody, ABC):
    """One form of the verdict. What happens on the way there is told too, for whoever shows it as it happens.

    :param stream: where it is written; the caller closes it.
    """

    name: ClassVar[str]

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    @abstractmethod
    def finished(self, verdict: Verdict) -> None:
        """Everything is decided: write it down."""

    def close(self) -> None:
        """There is no verdict, or it was written: give back what was taken, such as a terminal."""
        self.stream.flush()


class Document(Report):
    """A report for programs, written at one stroke when all is known."""

    def finished(self, verdict: Verdict) -> None:
        self.stream.write(self.render(verdict))
        self.stream.flush()

    @classmethod
    @abstractmethod
    def render(cls, verdict: Verdict) -> str:
        """The whole document, with a final newline."""


class Reports:
    """Several reports as one."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = reports

    def told(self, sentence: str) -> None:
        for report in self._reports:
            report.told(sentence)

    def begun(self, checks: Sequence[Check]) -> None:
        for report in self._reports:
            report.begun(checks)

    def judged(self, check: Check, judgement: Judgement, seconds: float) -> None:
        for report in self._reports:
            report.judged(check, judgement, seconds)

    def finished(self, verdict: Verdict) -> None:
        for report in self._reports:
            report.finished(verdict)

    def close(self) -> None:
        for report in self._reports:
            report.close()
