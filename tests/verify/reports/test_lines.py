"""Plain lines: one event a line, parted by tabs."""

from __future__ import annotations

import io
from dataclasses import replace

from lab.verify import Verdict
from lab.verify.checks.base import met, not_yet
from lab.verify.reports import Lines
from lab.verify.reports.words import evidence_lines
from tests.verify.samples import EVIDENCE, STATUS, VERDICTS


def lines_of(verdict: Verdict) -> list[str]:
    stream = io.StringIO()
    report = Lines(stream)
    report.judged(STATUS, not_yet("the session is down:\n not connected\tyet"), 0.0)
    report.judged(STATUS, met("up after 1.0 s"), 1.0004)
    report.finished(verdict)
    return stream.getvalue().splitlines()


def events(lines: list[str]) -> list[list[str]]:
    return [line.split("\t") for line in lines if not line.startswith("#")]


def test_each_event_has_five_parts() -> None:
    assert events(lines_of(VERDICTS["met"])) == [
        ["0.000", "not yet", "office.ipv4", "bgpStatus", "the session is down: not connected yet"],
        ["1.000", "met", "office.ipv4", "bgpStatus", "up after 1.0 s"],
        ["31.500", "verdict", "office", "met", "office: met, 2 of 2 expectations met in 31.5 s"],
    ]


def test_a_router_that_is_not_the_labs_has_no_log() -> None:
    assert not [line for line in evidence_lines(replace(EVIDENCE, router="", router_log=())) if "log" in line]
    assert "log of router edge:" in list(evidence_lines(EVIDENCE))


def test_what_failed_is_explained_once_in_remarks() -> None:
    lines = lines_of(VERDICTS["not met"])
    remarks = [line for line in lines if line.startswith("#")]
    assert "# office.ipv4 bgpStatus: up within 30s" in remarks
    assert "#   expected in /office/topology.yml:20" in remarks
    assert "#   see /office/edge.conf:31" in remarks
    assert sum("last NOTIFICATION: " in line for line in remarks) == 1
    assert events(lines)[-1][1:4] == ["verdict", "office", "not met"]


def test_a_configuration_that_is_refused() -> None:
    *_, refused, verdict = events(lines_of(VERDICTS["refused"]))
    assert refused[1:] == ["refused", "edge", "/office/edge.conf:7", "% Unknown command: neighbour"]
    assert verdict[1:4] == ["verdict", "office", "refused"]
    *_, as_a_whole, _ = events(lines_of(VERDICTS["refused as a whole"]))
    assert as_a_whole[1:] == ["refused", "edge", "", "router 'edge' refuses the configuration: no"]
