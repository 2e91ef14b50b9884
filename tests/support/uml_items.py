"""Tests that need a kernel part which this machine lacks, run under User-Mode Linux and reported one by one.

A test marked `uml` runs directly where the kernel has what it needs. Elsewhere `move_into_uml` puts a
stand-in in its place before the session begins. The first stand-in to run boots User-Mode Linux and runs
*all* of them there, in one pytest of its own; `record` notes each test's result in the job directory. Every
stand-in then reports its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.uml import Outcome, UmlError, job_inside, run

MODULES = ("overlay", "ipv6", "veth", "8021q", "sch_ingress", "cls_bpf")
_RESULTS = pytest.StashKey["Results"]()
_TIMEOUT = 300


@dataclass(frozen=True)
class Results:
    """What the pytest inside said: of each test by its node id the phases that did not pass, and all its
    output."""

    failures: dict[str, list[str]]
    outcome: Outcome


class UmlTestError(Exception):
    """A test failed inside; the text is pytest's own from there."""


class UmlItem(pytest.Item):
    """Stands for the test of the same node id that runs inside."""

    def runtest(self) -> None:
        results = self.session.stash.get(_RESULTS, None)
        if results is None:
            results = self.session.stash[_RESULTS] = _run_inside(self.session)
        if self.nodeid not in results.failures:
            raise UmlError(f"{self.nodeid} did not run under User-Mode Linux\n{results.outcome.output}")
        if results.failures[self.nodeid]:
            raise UmlTestError("\n".join(results.failures[self.nodeid]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: str | None = None) -> str:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


def move_into_uml(items: list[pytest.Item]) -> None:
    """Replace the tests marked `uml` by their stand-ins."""
    for place, item in enumerate(items):
        if item.get_closest_marker("uml") and item.parent is not None:
            items[place] = UmlItem.from_parent(item.parent, name=item.name, nodeid=item.nodeid)
            items[place].add_marker(pytest.mark.timeout(_TIMEOUT + 30))


def record(report: pytest.TestReport) -> None:
    """Inside, note how a phase of a test ended."""
    job = job_inside()
    if job is None:
        return
    with (job / "results.jsonl").open("a") as file:
        failure = (
            None
            if report.passed
            else f"{report.when} {report.outcome}\n{report.longreprtext}\n{report.capstdout}"
        )
        file.write(json.dumps([report.nodeid, failure]) + "\n")


def read_results(lines: Iterable[str]) -> dict[str, list[str]]:
    """By node id, what did not pass."""
    failures: dict[str, list[str]] = {}
    for line in lines:
        nodeid, failure = json.loads(line)
        failures.setdefault(nodeid, []).extend([] if failure is None else [failure])
    return failures


def _run_inside(session: pytest.Session) -> Results:
    nodeids = [item.nodeid for item in session.items if isinstance(item, UmlItem)]
    with TemporaryDirectory(prefix="dxlab-uml-") as directory:
        job = Path(directory)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *nodeids]
        outcome = run(command, directory=session.config.rootpath, job=job, modules=MODULES, timeout=_TIMEOUT)
        results = job / "results.jsonl"
        lines = results.read_text().splitlines() if results.exists() else []
    return Results(read_results(lines), outcome)
