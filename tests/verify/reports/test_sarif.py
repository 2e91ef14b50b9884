"""SARIF 2.1.0: against the parts of its schema that are used, and where its findings point."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from jsonschema import Draft202012Validator

from lab.topology.refusals import schema
from lab.verify import Verdict
from lab.verify.reports import Sarif
from lab.verify.reports.sarif import uri
from tests.verify.samples import VERDICTS

SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0-parts.json").read_text())


#: What RFC 3986 lets a path hold, and what has to be told by its octets.
PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+")


def run_of(verdict: Verdict) -> dict[str, Any]:
    (run,) = json.loads(Sarif.render(verdict))["runs"]
    assert isinstance(run, dict)
    return run


def places(finding: dict[str, Any], key: str = "locations") -> list[tuple[str, int]]:
    found = [each["physicalLocation"] for each in finding[key]]
    return [(each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in found]


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=list(VERDICTS))
def test_every_verdict_fits_the_standard(verdict: Verdict) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(Sarif.render(verdict)))


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=list(VERDICTS))
def test_every_verdict_has_what_github_requires_beyond_the_standard(verdict: Verdict) -> None:
    run = run_of(verdict)
    assert run["tool"]["driver"]["name"] == "dxlab"
    for rule in run["tool"]["driver"]["rules"]:
        assert all(rule[member]["text"] for member in ("shortDescription", "fullDescription", "help"))
        assert len(rule["fullDescription"]["text"]) <= 1000
    for finding in run["results"]:
        assert finding["ruleId"]
        assert finding["message"]["text"]
        assert len(finding["locations"]) == 1


def test_a_finding_points_at_the_configuration_and_names_the_expectation_beside() -> None:
    first, second = run_of(VERDICTS["not met"])["results"]
    assert (first["ruleId"], first["level"]) == ("bgpStatus", "error")
    assert places(first) == [("file:///office/edge.conf", 31)]
    assert places(first, "relatedLocations") == [("file:///office/topology.yml", 20)]
    assert places(second) == [("file:///office/topology.yml", 20)]
    assert "relatedLocations" not in second


def test_a_finding_says_the_cause() -> None:
    first, *_ = run_of(VERDICTS["not met"])["results"]
    assert (
        "  cause: asn-mismatch-customer: the router says that it is AS 65002; the peer was made for AS 65001; "
        "fix: router bgp 65001 (/office/edge.conf:12)"
    ) in first["message"]["text"].splitlines()


def test_each_finding_has_its_rule() -> None:
    run = run_of(VERDICTS["not met"])
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == ["bgpStatus", "accepted"]


def test_every_key_that_can_be_expected_has_a_rule() -> None:
    keys = schema()["$defs"]["expectation"]["properties"].keys() - {"within", "stays"}
    rules = {rule["id"] for rule in run_of(VERDICTS["met"])["tool"]["driver"]["rules"]}
    assert rules == keys | {"startup-config"}


def test_a_line_that_is_refused() -> None:
    (finding,) = run_of(VERDICTS["refused"])["results"]
    assert places(finding) == [("file:///office/edge.conf", 7)]
    assert finding["message"]["text"] == "router 'edge': % Unknown command: neighbour"
    (as_a_whole,) = run_of(VERDICTS["refused as a whole"])["results"]
    assert places(as_a_whole) == [("file:///office/topology.yml", 1)]


def test_a_file_below_the_working_directory_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert uri(tmp_path / "my office" / "edge.conf") == "my%20office/edge.conf"
    assert uri(Path("/office/edge.conf")) == "file:///office/edge.conf"


@pytest.mark.parametrize("name", ["Büro 50% #1?.conf", "a:b [ö].conf", os.fsdecode(b"b\xfcro.conf")])
@pytest.mark.parametrize("below", [True, False], ids=["below", "elsewhere"])
def test_whatever_a_file_is_called_its_uri_is_one(
    name: str, below: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path if below else "/proc")
    written = uri(tmp_path / name)
    scheme, path = ("", written) if below else (written[:7], written[7:])
    assert (scheme == "") or scheme == "file://"
    assert PATH.fullmatch(path)
    assert ":" not in path.split("/")[0], "else it were a scheme"
    assert Path.cwd() / os.fsdecode(unquote_to_bytes(path)) == tmp_path / name
