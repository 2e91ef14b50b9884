"""JUnit's XML: valid against the common schema, one test case for each expectation."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
import xmlschema

from lab.verify import Verdict
from lab.verify.reports import JUnit
from tests.verify.samples import VERDICTS

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "junit.xsd")


def suite_of(verdict: Verdict) -> Element:
    (suite,) = fromstring(JUnit.render(verdict))
    return suite


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=list(VERDICTS))
def test_every_verdict_fits_the_schema(verdict: Verdict) -> None:
    SCHEMA.validate(JUnit.render(verdict))


def test_the_schema_refuses_what_is_otherwise() -> None:
    text = JUnit.render(VERDICTS["not met"])
    for ours, theirs in (('errors="0"', ""), ("failure", "failed"), ("08:00:00", "08:00:00Z")):
        assert ours in text
        assert not SCHEMA.is_valid(text.replace(ours, theirs))


def test_a_case_for_each_expectation() -> None:
    suite = suite_of(VERDICTS["not met"])
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "2", "0")
    first, _, third = suite.findall("testcase")
    assert (first.get("classname"), first.get("name")) == ("office.office.ipv4", "bgpStatus: up within 30s")
    assert first.get("time") == "30.000"
    assert third.get("name") == "accepted: at least one prefix"
    assert list(third) == []


def test_a_failure_carries_all_that_is_known() -> None:
    (failure, *_) = suite_of(VERDICTS["not met"]).iter("failure")
    assert failure.get("type") == "bgpStatus"
    assert failure.get("message") == (
        "the session is down: NOTIFICATION sent: OPEN Message Error / Bad Peer AS"
    )
    text = failure.text or ""
    for part in (
        "see /office/edge.conf:31",
        "cause: asn-mismatch-customer (certain)",
        "fix: router bgp 65001",
        "where: /office/edge.conf:12",
        "AWS's speaker: OPEN received: AS 65002",
        "timeline:",
        "speaker's events:",
        "log of router edge:",
        "<tag>",
    ):
        assert part in text
    assert "\x1b" not in text


def test_a_configuration_that_is_refused_is_a_case_that_failed() -> None:
    suite = suite_of(VERDICTS["refused"])
    (case,) = suite.findall("testcase")
    assert (case.get("classname"), case.get("name")) == ("office.edge", "startup-config")
    (failure,) = case
    assert "/office/edge.conf:7: % Unknown command: neighbour" in (failure.text or "")
