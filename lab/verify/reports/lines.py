"""Plain lines for a pipe: one event a line, its parts parted by tabs.

    SECONDS  OUTCOME  PEER  KEY  WORDS        an expectation stands otherwise than before
    SECONDS  refused  ROUTER  LINE  WORDS     a router refuses its configuration
    SECONDS  verdict  TOPOLOGY  ANSWER  WORDS the end

Seconds count from when the routers were started, of the verdict from the beginning. After the lines of a verdict
that is not `met` comes what is known of each failure, every line of it begun with `#`.
"""

from __future__ import annotations

from collections.abc import Sequence

from lab.verify.checks import Check, Judgement
from lab.verify.reports.base import Report
from lab.verify.reports.words import evidence_lines, explained, summary
from lab.verify.verdict import Evidence, Refusal, Verdict


class Lines(Report):
    """One event a line."""

    name = "lines"

    def judged(self, check: Check, judgement: Judgement, seconds: float) -> None:
        self._line(f"{seconds:.3f}", judgement.outcome, str(check.subject), check.key, judgement.words)

    def finished(self, verdict: Verdict) -> None:
        seconds = f"{verdict.seconds:.3f}"
        if verdict.refusal is not None:
            self._refused(seconds, verdict.refusal)
        self._line(seconds, "verdict", verdict.topology, verdict.answer, summary(verdict))
        self._explain(verdict)

    def _refused(self, seconds: str, refusal: Refusal) -> None:
        for line in refusal.lines:
            self._line(seconds, "refused", refusal.router, f"{line.path}:{line.line}", line.words)
        if not refusal.lines:
            self._line(seconds, "refused", refusal.router, "", refusal.words)

    def _explain(self, verdict: Verdict) -> None:
        shown: list[Evidence] = []
        for result in verdict.failures():
            self._remarks(list(explained(result)))
            if result.evidence is not None and result.evidence not in shown:
                shown.append(result.evidence)
                self._remarks([f"  {line}" for line in evidence_lines(result.evidence)])

    def _remarks(self, lines: Sequence[str]) -> None:
        self.stream.writelines(f"# {line}\n" for line in lines)
        self.stream.flush()

    def _line(self, *parts: str) -> None:
        self.stream.write("\t".join(" ".join(part.split()) for part in parts) + "\n")
        self.stream.flush()
