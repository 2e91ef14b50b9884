"""SARIF 2.1.0 (OASIS): a finding for each expectation that is not met, at a file and a line.

It is what code hosts show beside the lines of a change. A finding points at the router's configuration where a
line of it can be named, else at the expectation in the topology, else at the topology. Files below the working
directory are named relative to it, as code hosts want it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

from lab.verify.reports.base import Document
from lab.verify.reports.words import explained
from lab.verify.verdict import Place, Result, Verdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class _Rule(NamedTuple):
    """What is found, and what to do about it."""

    found: str
    mend: str


_ROUTES = (
    "Compare what the router announces, and by which policy, with the routes in the topology's 'expect'."
)
#: By the key of `expect`, and by what a router does with a configuration.
_RULES = {
    "bgpStatus": _Rule(
        "The session is not what it should be, or does not stay so.",
        "Change what the cause in the finding names; 'dxlab diagnose' shows the evidence.",
    ),
    "accepted": _Rule("AWS does not accept a prefix that it should.", _ROUTES),
    "accepted-only": _Rule("AWS does not accept exactly the prefixes that it should.", _ROUTES),
    "not-accepted": _Rule("AWS accepts a prefix that it should not.", _ROUTES),
    "advertised": _Rule(
        "The router does not install a prefix that AWS sends.",
        "Look for what the router does with routes from AWS: its policy for them, and better routes of its own.",
    ),
    "communities": _Rule("A route comes without a community.", _ROUTES),
    "as-path": _Rule("A route comes by another AS path.", _ROUTES),
    "med": _Rule("A route comes with another MED.", _ROUTES),
    "reachable": _Rule(
        "A packet does not get through.",
        "Look for the route there, for the route back, and for what filters packets in between.",
    ),
    "customer-router-config": _Rule(
        "The router does not run what customerRouterConfig says.",
        "Take over what DescribeRouterConfiguration has and the router's configuration lacks.",
    ),
    "startup-config": _Rule(
        "The router refuses a line of its configuration.",
        "Write the line as this routing daemon has it; its own words are in the finding.",
    ),
}


class Sarif(Document):
    """One run with its findings."""

    name = "sarif"

    @classmethod
    def render(cls, verdict: Verdict) -> str:
        driver = {
            "name": "dxlab",
            "version": version("dxlab"),
            "rules": [_described(key, rule) for key, rule in _RULES.items()],
        }
        findings = [*map(_finding, verdict.failures()), *_refusals(verdict)]
        for finding in findings:
            finding["locations"] = finding["locations"] or [_location(Place(verdict.path, 1))]
        run = {"tool": {"driver": driver}, "results": findings, "columnKind": "unicodeCodePoints"}
        return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _described(key: str, rule: _Rule) -> dict[str, Any]:
    """With all that GitHub requires of a rule, which is more than the standard does."""
    return {
        "id": key,
        "shortDescription": {"text": rule.found},
        "fullDescription": {"text": f"{rule.found} {rule.mend}"},
        "help": {"text": rule.mend},
    }


def _finding(result: Result) -> dict[str, Any]:
    place = result.config or result.place
    related = [result.place] if result.config and result.place else []
    finding = _of(result.check.key, "\n".join(_text(result)), place)
    if related:
        finding["relatedLocations"] = [_location(each) for each in related]
    return finding


def _text(result: Result) -> Iterator[str]:
    yield from explained(result)
    if result.evidence and result.evidence.cause:
        yield f"  cause: {result.evidence.cause}"


def _refusals(verdict: Verdict) -> Iterator[dict[str, Any]]:
    if verdict.refusal is None:
        return
    for line in verdict.refusal.lines:
        yield _of(
            "startup-config", f"router '{verdict.refusal.router}': {line.words}", Place(line.path, line.line)
        )
    if not verdict.refusal.lines:
        yield _of("startup-config", verdict.refusal.words, None)


def _of(rule: str, text: str, place: Place | None) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "ruleIndex": list(_RULES).index(rule),
        "level": "error",
        "message": {"text": text},
        "locations": [_location(place)] if place else [],
    }


def _location(place: Place) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(place.path)},
            "region": {"startLine": place.line},
        }
    }


def uri(path: Path) -> str:
    """Relative to the working directory for what is below it; a name's bytes need not be UTF-8."""
    here = Path.cwd()
    return quote_from_bytes(bytes(path.relative_to(here))) if path.is_relative_to(here) else path.as_uri()
