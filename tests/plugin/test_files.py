"""Items from `*.dxlab.yml`: one for each expectation, in the words of `dxlab verify`."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.plugin.project import Project, assert_cause, nothing_is_left

root = pytest.mark.root
pytestmark = [pytest.mark.patient, pytest.mark.timeout(180)]

EXPECT = """
expect:
  office-private:
    within: 25s
    accepted: [172.16.0.0/16]
    advertised: [10.10.0.0/16]
  office-private.ipv6:
    accepted-only: ["2001:db8:acf::/48"]
"""


def items(project: Project, *arguments: str) -> list[str]:
    """What pytest collects."""
    lines = project.pytest("--collect-only", "-q", *arguments).output.splitlines()
    return [line.partition("::")[2] for line in lines if "::" in line]


def test_an_item_for_each_expectation(project: Project) -> None:
    project.expect("office.dxlab.yml", EXPECT)
    assert items(project) == [
        "office-private: bgpStatus",
        "office-private: accepted",
        "office-private: advertised",
        "office-private.ipv6: bgpStatus",
        "office-private.ipv6: accepted-only",
    ]


def test_what_is_usual_where_the_file_expects_nothing(project: Project) -> None:
    project.expect("office.dxlab.yml", "")
    assert items(project) == ["every peer: bgpStatus", "every peer: accepted"]


def test_other_files_are_left_alone(project: Project) -> None:
    assert items(project, "topology.yml", ".") == []


@root
def test_what_is_met_and_what_is_not(project: Project) -> None:
    project.expect("office.dxlab.yml", EXPECT)
    outcome = project.pytest("--junitxml", "report.xml", "--no-header")
    assert (outcome.status, outcome.summary) == (1, "1 failed, 4 passed"), outcome.output
    words = outcome.output.partition("FAILURES")[2]
    assert "office-private.ipv6 accepted-only: 2001:db8:acf::/48\n" in words
    assert "not accepted: 2001:db8:acf::/48; accepted too: 2001:db8:ace::/48" in words
    assert re.search(r"expected in \S+office\.dxlab\.yml:\d+", words)
    assert "log of router edge:" in words
    assert "Traceback" not in words and "def runtest" not in words
    assert "s3cretKey9" not in outcome.output
    cases = ElementTree.parse(project.directory / "report.xml").findall(".//testcase")
    assert [case.get("name") for case in cases if case.find("failure") is not None] == [
        "office-private.ipv6: accepted-only"
    ]
    assert nothing_is_left()


@root
def test_an_item_that_fails_has_its_cause(project: Project) -> None:
    line = project.break_key()
    project.expect("office.dxlab.yml", "expect:\n  office-private.ipv4: {within: 4s}\n")
    outcome = project.pytest("--no-header")
    assert outcome.summary == "1 failed", outcome.output
    assert_cause(outcome.output, project, line)


@root
def test_only_what_is_chosen_is_waited_for(project: Project) -> None:
    """The one that could never be met is not among them, so nobody waits for its time to be over."""
    never = EXPECT.replace("advertised: [10.10.0.0/16]", "advertised: [10.99.0.0/16]").replace("25s", "100m")
    project.expect("office.dxlab.yml", never)
    outcome = project.pytest("-k", "bgpStatus", "--no-header")
    assert outcome.summary == "2 passed, 3 deselected", outcome.output


@root
def test_two_files_on_two_workers(project: Project) -> None:
    for name in ("one", "two"):
        project.expect(f"{name}.dxlab.yml", "")
    outcome = project.pytest("-n", "2", "--dist", "loadfile")
    assert outcome.summary == "4 passed", outcome.output
    assert nothing_is_left()


@root
def test_a_router_that_refuses_its_configuration(project: Project) -> None:
    """That is what is wrong with the configuration: a failure, not an error."""
    project.expect("office.dxlab.yml", "")
    project.write("edge.conf", "router bgp 65001\n bgp rooter-id 192.0.2.1\n")
    outcome = project.pytest("--no-header")
    assert outcome.summary == "2 failed", outcome.output
    assert re.search(r"router 'edge' refuses the configuration:\n\s+\S+/edge\.conf:2: ", outcome.output)


@root
def test_what_is_said_anew_of_every_peer(project: Project) -> None:
    anew = "".join(f"  office-private.{family}: {{bgpStatus: up}}\n" for family in ("ipv4", "ipv6"))
    project.expect("office.dxlab.yml", f"expect:\n  office-private: {{bgpStatus: down}}\n{anew}")
    assert project.pytest("--no-header").summary == "2 passed, 1 skipped"


def test_a_file_that_is_wrong(project: Project) -> None:
    project.write("case.dxlab.yml", "name: case\ntopology:\n  nodes: {dx: {kind: ffr}}\n")
    outcome = project.pytest("--no-header")
    assert outcome.status == 2
    assert re.search(r"^(\S*/)?case\.dxlab\.yml:3: unknown kind 'ffr'", outcome.output, re.MULTILINE)
    assert "Traceback" not in outcome.output


def test_an_expectation_of_nobody(project: Project) -> None:
    project.expect("office.dxlab.yml", "expect:\n  branch-private: {bgpStatus: up}\n")
    outcome = project.pytest("--no-header")
    assert outcome.status == 2, outcome.output
    assert "there is no virtual interface 'branch-private'; known: office-private" in outcome.output
