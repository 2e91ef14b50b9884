"""The terminal's picture: one line for each peer and expectation, and what failed below it."""

from __future__ import annotations

import io

from lab.verify import Verdict
from lab.verify.checks.base import met, not_yet
from lab.verify.reports import Terminal
from tests.verify.samples import ANY, STATUS, VERDICTS


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(verdict: Verdict) -> str:
    screen = Screen()
    report = Terminal(screen)
    report.told("router edge: starting frr")
    if verdict.results:
        report.begun([STATUS, ANY])
        report.judged(STATUS, met("up after 1.0 s"), 1.0)
        report.judged(ANY, not_yet("no prefix was accepted"), 1.1)
    report.finished(verdict)
    report.close()
    return screen.getvalue()


def test_a_line_for_each_expectation() -> None:
    lines = shown(VERDICTS["met"]).splitlines()
    assert any("✓" in line and "office.ipv4" in line and "1.0 s" in line for line in lines)
    assert any("…" in line and "office.ipv6" in line and "no prefix was accepted" in line for line in lines)
    assert "office: met, 2 of 2 expectations met in 31.5 s" in lines[-1]


def test_what_failed_stands_below_with_its_evidence() -> None:
    text = shown(VERDICTS["not met"])
    assert "see /office/edge.conf:31" in text
    assert text.count("last NOTIFICATION: ") == 1


def test_a_configuration_that_is_refused() -> None:
    assert "/office/edge.conf:7: % Unknown command: neighbour" in shown(VERDICTS["refused"])
