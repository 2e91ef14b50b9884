"""What every report keeps to, whoever reads it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.verify import Verdict
from lab.verify.checks.base import met, not_yet
from lab.verify.reports import REPORTS, Document, Report, Reports
from tests.verify.samples import ANY, KEY, STATUS, VERDICTS

VERDICT = pytest.mark.parametrize("verdict", VERDICTS.values(), ids=list(VERDICTS))
REPORT = pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
Watch = Callable[[Report | Reports], None]


def watched(verdict: Verdict) -> Watch:
    """A whole verification, from the first word to the last."""

    def watch(report: Report | Reports) -> None:
        report.told("router edge: starting frr")
        if verdict.results:
            report.begun([STATUS, ANY])
            report.judged(STATUS, not_yet("the session is down: not connected yet"), 0.1)
            report.judged(STATUS, met("up after 1.0 s"), 1.0)
        report.finished(verdict)
        report.close()

    return watch


def written(report: type[Report], verdict: Verdict) -> str:
    stream = io.StringIO()
    watched(verdict)(report(stream))
    return stream.getvalue()


@VERDICT
@REPORT
def test_a_verdict_is_written_and_names_its_topology(report: type[Report], verdict: Verdict) -> None:
    text = written(report, verdict)
    assert text.endswith("\n")
    assert "office" in text or not list(verdict.failures())


@VERDICT
@REPORT
def test_what_failed_is_told_with_what_differs(report: type[Report], verdict: Verdict) -> None:
    text = " ".join(written(report, verdict).split())
    for result in verdict.failures():
        assert result.judgement.words in text
        assert result.check.key in text
    if verdict.refusal is not None:
        assert "no" in text


@VERDICT
@REPORT
def test_no_key_is_told(report: type[Report], verdict: Verdict) -> None:
    assert KEY not in written(report, verdict)


@REPORT
def test_a_verification_that_ends_without_a_verdict(report: type[Report]) -> None:
    stream = io.StringIO()
    interrupted = report(stream)
    interrupted.told("cable dx:office -- edge:eth1")
    interrupted.close()
    interrupted.close()
    assert not stream.getvalue() or not issubclass(report, Document)


def test_every_report_has_its_name_and_its_tests() -> None:
    assert all(name == report.name for name, report in REPORTS.items())
    here = Path(__file__).parent
    assert {f"test_{name}.py" for name in REPORTS} <= {path.name for path in here.glob("test_*.py")}


def test_several_reports_see_the_same() -> None:
    streams = [io.StringIO() for _ in range(2)]
    watched(VERDICTS["met"])(Reports([REPORTS["lines"](stream) for stream in streams]))
    first, second = (stream.getvalue() for stream in streams)
    assert first == second != ""
