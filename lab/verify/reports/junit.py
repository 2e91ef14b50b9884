"""JUnit's XML: one test case for each expectation, so that every CI shows it.

There is no standard, but two schemas that people check against: Jenkins' junit-10.xsd and the older one of
Apache Ant's. What is written here is valid against both: every attribute that either demands, in the older one's
order. A router that refuses its configuration is a test case that failed.
"""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lab.verify.reports.base import Document
from lab.verify.reports.words import evidence_lines, expectation, explained
from lab.verify.verdict import Refusal, Result, Verdict


class JUnit(Document):
    """One test suite."""

    name = "junit"

    @classmethod
    def render(cls, verdict: Verdict) -> str:
        root = Element("testsuites")
        _suite(root, verdict)
        indent(root)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, verdict: Verdict) -> None:
    failed = len(list(verdict.failures())) + (verdict.refusal is not None)
    cases = len(verdict.results) + (verdict.refusal is not None)
    suite = SubElement(
        root,
        "testsuite",
        {
            "name": verdict.topology,
            "package": "dxlab",
            "id": "0",
            "timestamp": f"{datetime.fromtimestamp(verdict.started, UTC):%Y-%m-%dT%H:%M:%S}",
            "hostname": socket.gethostname(),
            "tests": str(cases),
            "failures": str(failed),
            "errors": "0",
            "time": f"{verdict.seconds:.3f}",
        },
    )
    properties = SubElement(suite, "properties")
    for name, value in (("topology", str(verdict.path)), ("lab", verdict.lab)):
        SubElement(properties, "property", {"name": name, "value": value})
    for result in verdict.results:
        _case(suite, verdict.topology, result)
    if verdict.refusal is not None:
        _refused(suite, verdict.topology, verdict.refusal, verdict.seconds)
    SubElement(suite, "system-out")
    SubElement(suite, "system-err")


def _case(suite: Element, topology: str, result: Result) -> None:
    case = SubElement(
        suite,
        "testcase",
        {
            "classname": f"{topology}.{result.check.subject}",
            "name": expectation(result),
            "time": f"{max(0.0, result.seconds):.3f}",
        },
    )
    if not result.is_met:
        lines = [*explained(result), *(evidence_lines(result.evidence) if result.evidence else ())]
        _failure(case, result.check.key, result.judgement.words, "\n".join(lines))


def _refused(suite: Element, topology: str, refusal: Refusal, seconds: float) -> None:
    attributes = {
        "classname": f"{topology}.{refusal.router}",
        "name": "startup-config",
        "time": f"{seconds:.3f}",
    }
    case = SubElement(suite, "testcase", attributes)
    _failure(case, "startup-config", refusal.words.partition("\n")[0], refusal.words)


def _failure(case: Element, kind: str, message: str, text: str) -> None:
    failure = SubElement(case, "failure", {"type": kind, "message": _printable(message)})
    failure.text = _printable(text)


def _printable(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold, which a router's log may."""
    return "".join(each if each >= " " or each in "\n\t" else "?" for each in text)
