"""The action for GitHub and the job for GitLab: what they are made of, and their shell parts, run."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.plugin.project import Project

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "verify"
EXAMPLE = ROOT / "docs" / "example-project"
DOCUMENT = (ROOT / "docs" / "ci.md").read_text()
#: In the order of the document: a job of GitHub's, a file of GitLab's.
GITHUB, GITLAB = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL))


def action() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ACTION / "action.yml").read_text())
    return read


def shell_parts() -> dict[str, dict[str, Any]]:
    return {step["name"]: step for step in action()["runs"]["steps"] if "run" in step}


def used_action(job: dict[str, Any]) -> dict[str, Any]:
    (step,) = (step for step in job["steps"] if "dxlab" in step["uses"])
    return dict(step)


# ===== the action =====


def test_it_is_a_composite_action() -> None:
    assert action()["runs"]["using"] == "composite"
    assert {step.get("shell") for step in shell_parts().values()} == {"bash"}


def test_every_input_is_used_and_every_used_one_is_there() -> None:
    text = (ACTION / "action.yml").read_text().partition("runs:")[2]
    assert set(re.findall(r"inputs\.(\w+)", text)) == set(action()["inputs"])


def test_inputs_reach_the_shell_as_variables_only() -> None:
    """Put into the script's text, an input would be a script."""
    assert [name for name, step in shell_parts().items() if "${{" in step["run"]] == []


def test_every_input_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)
    assert rows == list(action()["inputs"])


@pytest.mark.parametrize(
    "job",
    [
        GITHUB["jobs"]["verify"],
        yaml.safe_load((EXAMPLE / ".github/workflows/network.yml").read_text())["jobs"]["verify"],
    ],
    ids=["document", "example"],
)
def test_who_uses_it(job: dict[str, Any]) -> None:
    step = used_action(job)
    place = step["uses"].partition("@")[0].partition("/dxlab/")[2]
    assert ROOT / place == ACTION
    assert set(step["with"]) <= set(action()["inputs"])
    required = {name for name, each in action()["inputs"].items() if each.get("required")}
    assert required <= set(step["with"])


@pytest.mark.parametrize("name", ["Install dxlab", "Verify"])
def test_its_scripts_are_bash(name: str) -> None:
    subprocess.run(["bash", "-n", "-c", shell_parts()[name]["run"]], check=True)


def run_verify(project: Project, **inputs: str) -> tuple[int, dict[str, str]]:
    """The step `Verify` as GitHub runs it; its exit status and outputs."""
    outputs, commands = project.directory / "outputs", project.directory / "bin"
    commands.mkdir(exist_ok=True)
    # The tests are root already, and need no sudo to be there.
    (commands / "sudo").write_text('#!/bin/sh\nexec "$@"\n')
    (commands / "sudo").chmod(0o755)
    outputs.write_text("")
    given = {name: inputs.get(name.lower(), "") for name in shell_parts()["Verify"]["env"]}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", shell_parts()["Verify"]["run"]],
        cwd=project.directory,
        env={
            "PATH": f"{commands}:{os.environ['PATH']}",
            "GITHUB_ACTION_PATH": str(ACTION),
            "GITHUB_OUTPUT": str(outputs),
            **given,
        },
        timeout=120,
        check=False,
    )
    return done.returncode, dict(line.split("=", 1) for line in outputs.read_text().splitlines())


@pytest.mark.root
def test_a_verdict_with_reports(project: Project) -> None:
    reports = {"junit": "reports/junit.xml", "sarif": "more/dxlab.sarif"}
    assert run_verify(project, topology="topology.yml", timeout="60", **reports) == (0, {"verdict": "met"})
    assert ElementTree.parse(project.directory / reports["junit"]).findall(".//testcase")
    assert (project.directory / reports["sarif"]).is_file()


@pytest.mark.root
def test_a_verdict_that_is_not_met(project: Project) -> None:
    project.expect("topology.yml", "expect:\n  office-private: {bgpStatus: down, within: 1s, stays: 60s}\n")
    assert run_verify(project, topology="topology.yml", timeout="8") == (1, {"verdict": "not met"})


@pytest.mark.root
def test_no_verdict(project: Project) -> None:
    assert run_verify(project, topology="absent topology.yml") == (2, {"verdict": "none"})


# ===== GitLab =====


def test_the_document_shows_the_examples_file() -> None:
    assert yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text()) == GITLAB


def test_its_lines_are_shell_and_its_report_is_kept() -> None:
    job = GITLAB["verify"]
    for line in (*job["before_script"], *job["script"]):
        subprocess.run(["sh", "-n", "-c", line], check=True)
    (verify,) = job["script"]
    assert f"--junit {job['artifacts']['reports']['junit']}" in verify
    assert "/opt/dxlab/scripts/bootstrap run" in job["before_script"]
