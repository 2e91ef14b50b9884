"""The JSON document and its published schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lab.verify import Verdict
from lab.verify.reports import Json
from tests.verify.samples import KEY, VERDICTS

SCHEMA: dict[str, Any] = json.loads(files("lab.verify.reports").joinpath("verdict.schema.json").read_text())


def document(verdict: Verdict) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Json.render(verdict))
    return loaded


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=list(VERDICTS))
def test_every_verdict_fits_the_schema(verdict: Verdict) -> None:
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        document(verdict)
    )


def test_what_is_met_and_what_is_not() -> None:
    written = document(VERDICTS["not met"])
    assert (written["verdict"], written["topology"]["name"], written["seconds"]) == (
        "not met",
        "office",
        31.5,
    )
    assert written["started"] == "2027-01-15T08:00:00.000+00:00"
    failed, _, passed = written["expectations"]
    assert (failed["virtualInterface"], failed["addressFamily"], failed["key"]) == (
        "office",
        "ipv4",
        "bgpStatus",
    )
    assert failed["configuration"] == {"file": "/office/edge.conf", "line": 31}
    assert failed["expected"] == {"file": "/office/topology.yml", "line": 20}
    assert failed["evidence"]["notification"] == "NOTIFICATION sent: OPEN Message Error / Bad Peer AS"
    assert failed["evidence"]["cause"].startswith(
        "asn-mismatch-customer: the router says that it is AS 65002"
    )
    assert failed["evidence"]["diagnosis"]["where"] == "/office/edge.conf:12"
    assert failed["evidence"]["timeline"][1]["reason"] == "NOTIFICATION sent: Bad Peer AS"
    assert (passed["outcome"], passed["evidence"]) == ("met", None)


def test_a_configuration_that_is_refused() -> None:
    refusal = document(VERDICTS["refused"])["refusal"]
    assert refusal["lines"] == [
        {"file": "/office/edge.conf", "line": 7, "words": "% Unknown command: neighbour"}
    ]


def test_the_schema_refuses_what_it_does_not_know() -> None:
    written = document(VERDICTS["met"])
    for wrong in (written | {"key": KEY}, {**written, "verdict": "maybe"}, {**written, "seconds": "1"}):
        assert not Draft202012Validator(SCHEMA).is_valid(wrong)
