"""Every topology that is shipped does what its README says: `dxlab verify` is content with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.topology import load
from tests.support.command import dxlab
from tests.support.docker import docker_engine

HOME = Path(__file__).parents[2] / "topologies"
#: Those that need more than a topology; each has a test of its own.
ELSEWHERE = {
    "containerlab": "two containers and the cable between them: tests/docker",
    "physical-port": "an interface of the machine: tests/lab",
    "terraform": "Terraform, which makes the requests: tests/clients",
    "vendors": "images that only the vendor has",
}
SHIPPED = sorted(
    path.parent.name for path in HOME.glob("*/topology.yml") if path.parent.name not in ELSEWHERE
)


def test_none_is_forgotten() -> None:
    folders = {path.name for path in HOME.iterdir() if path.is_dir()}
    assert folders - ELSEWHERE.keys() == set(SHIPPED)


def test_the_demonstration_is_found_under_its_old_name() -> None:
    assert load(HOME / "private-vif.yml").path == (HOME / "private-vif" / "topology.yml").resolve()


@pytest.mark.parametrize("name", [*SHIPPED, "physical-port", "terraform"])
def test_each_says_what_it_shows_with_a_drawing_and_how_to_break_it(name: str) -> None:
    readme = (HOME / name / "README.md").read_text()
    assert readme.startswith("# ")
    assert re.search(r"```\n.*={4,}.*```", readme, re.DOTALL), "the cable is drawn"
    assert "To break it: " in readme
    assert len(readme.splitlines()) <= 16


@pytest.mark.parametrize("name", SHIPPED)
def test_an_editor_finds_the_schema(name: str) -> None:
    first, *_ = (HOME / name / "topology.yml").read_text().splitlines()
    schema = first.removeprefix("# yaml-language-server: $schema=")
    assert (HOME / name / schema).resolve() == HOME.parent / "lab" / "topology" / "schema.json"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_topology_is_called_like_its_folder(name: str) -> None:
    assert load(HOME / name).name == name


IN_DOCKER = [name for name in SHIPPED if any(node.runtime == "docker" for node in load(HOME / name).routers)]


@pytest.mark.root
@pytest.mark.patient
@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in IN_DOCKER])
def test_its_expectations_are_met(name: str) -> None:
    done = dxlab("verify", HOME / name)
    assert done.returncode == 0, done.stdout


@pytest.mark.root
@pytest.mark.docker
@pytest.mark.parametrize("name", IN_DOCKER)
def test_its_expectations_are_met_in_docker(name: str) -> None:
    with docker_engine():
        done = dxlab("verify", HOME / name)
    assert done.returncode == 0, done.stdout
