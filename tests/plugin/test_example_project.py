"""docs/example-project, run as a user runs it."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from lab.topology import load
from tests.plugin.project import Project
from tests.support.command import dxlab

SOURCE = Path(__file__).parents[2] / "docs" / "example-project"
pytestmark = [pytest.mark.patient, pytest.mark.timeout(240)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copytree(SOURCE, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    return Project(tmp_path / "project")


@pytest.mark.root
def test_its_tests_pass(project: Project) -> None:
    outcome = project.pytest()
    assert outcome.summary == "11 passed", outcome.output


@pytest.mark.root
def test_what_its_readme_says_breaks_it(project: Project) -> None:
    configuration = (project.directory / "edge.conf").read_text()
    project.write("edge.conf", configuration.replace(" set as-path prepend 65001 65001 65001\n", ""))
    done = dxlab("verify", project.directory / "office.dxlab.yml")
    assert done.returncode == 1
    assert "office-backup.ipv4\tas-path" in done.stdout


def test_its_readme_names_every_file() -> None:
    named = re.findall(r"^([\w./-]+) {2,}", (SOURCE / "README.md").read_text(), re.MULTILINE)
    assert [name for name in named if not (SOURCE / name).exists()] == []
    paths = [path.relative_to(SOURCE) for path in SOURCE.rglob("*") if path.is_file()]
    unnamed = {str(path) for path in paths if path.suffix != ".pyc" and path.name != "README.md"}
    assert {name for name in unnamed if not any(name.startswith(each.rstrip("/")) for each in named)} == set()


def test_its_files_can_be_read() -> None:
    assert load(SOURCE / "office.dxlab.yml").expect
    assert "dxlab" in tomllib.loads((SOURCE / "pyproject.toml").read_text())["dependency-groups"]["test"]
