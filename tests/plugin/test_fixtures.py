"""The fixtures, as tests of a user's own have them."""

from __future__ import annotations

import re

import pytest

from tests.cli.words import UNPRIVILEGED
from tests.plugin.project import NAME, Project, assert_cause, nothing_is_left

root = pytest.mark.root
pytestmark = [pytest.mark.patient, pytest.mark.timeout(180)]

EVERYTHING = """
from pathlib import Path

names = []

def test_wait_and_ask(dxlab_lab, dxlab_client):
    dxlab_lab.wait_for("office-private", within=20)
    assert dxlab_lab.peer("office-private.ipv4")["bgpStatus"] == "up"
    (connection,) = dxlab_client.describe_connections()["connections"]
    assert connection["connectionName"] == "office"
    names.append(dxlab_lab.name)

def test_routes_both_ways(dxlab_lab):
    dxlab_lab.expect("office-private.ipv4", accepted_only=["172.16.0.0/16"], advertised=["10.10.0.0/16"])
    assert dxlab_lab.accepted("office-private.ipv4")["172.16.0.0/16"].as_path == (65001,)
    assert dxlab_lab.advertised("office-private.ipv6") == {"2001:db8:10::/56"}
    assert "10.10.0.0/16" in dxlab_lab.router("edge").routes()

def test_the_cable(dxlab_lab):
    with dxlab_lab.unplugged("office"):
        dxlab_lab.wait_for("office-private", "down")
    dxlab_lab.wait_for("office-private")

def test_the_router(dxlab_lab):
    edge = dxlab_lab.router("edge")
    edge.reconfigure("router bgp 65001\\n address-family ipv4 unicast\\n  network 172.17.0.0/16\\n")
    dxlab_lab.expect("office-private.ipv4", accepted_only=["172.16.0.0/16", "172.17.0.0/16"])
    edge.kill()
    dxlab_lab.wait_for("office-private", "down")
    edge.restart()
    dxlab_lab.wait_for("office-private")
    assert "65001" in edge.run("vtysh", "-c", "show bgp summary")
    assert {each.state for each in edge.neighbours().values()} == {"Established"}

def test_the_lab_is_the_modules(dxlab_lab, dxlab_topology):
    assert names == [dxlab_lab.name]
    assert dxlab_topology == Path(__file__).parent / "topology.yml"
"""


@root
def test_everything_that_the_fixtures_can(project: Project) -> None:
    project.write("test_office.py", EVERYTHING)
    outcome = project.pytest()
    assert outcome.summary == "5 passed", outcome.output
    assert nothing_is_left()


@root
def test_a_test_that_fails_shows_the_sessions_and_leaves_nothing(project: Project) -> None:
    project.write(
        "test_office.py",
        "def test_it(dxlab_lab):\n"
        "    dxlab_lab.wait_for('office-private')\n"
        "    dxlab_lab.router('edge').kill()\n"
        "    dxlab_lab.wait_for('office-private', 'down')\n"
        "    assert 'pigs' == 'birds'\n",
    )
    outcome = project.pytest()
    assert (outcome.status, outcome.summary) == (1, "1 failed")
    assert re.search(rf"-+ dxlab {NAME}-\w+ -+", outcome.output)
    assert "office-private.ipv4 is down: " in outcome.output
    assert "log of router edge:" in outcome.output
    assert "s3cretKey9" not in outcome.output
    assert nothing_is_left()


@root
def test_what_is_waited_for_in_vain(project: Project) -> None:
    project.write(
        "test_office.py",
        "def test_it(dxlab_lab):\n    dxlab_lab.expect('office-private.ipv4', accepted=['192.0.2.0/24'], within=4)\n",
    )
    outcome = project.pytest()
    assert "AssertionError: office-private.ipv4 accepted: 192.0.2.0/24" in outcome.output
    assert "not accepted: 192.0.2.0/24" in outcome.output
    assert "expected in" not in outcome.output, "no file says so"


@root
def test_a_session_that_is_waited_for_in_vain_has_its_cause(project: Project) -> None:
    line = project.break_key()
    waits = "    dxlab_lab.wait_for('office-private.ipv4', within=4)\n"
    project.write("test_office.py", f"def test_it(dxlab_lab):\n{waits}")
    outcome = project.pytest("--no-header")
    assert outcome.summary == "1 failed", outcome.output
    words = outcome.output.partition("AssertionError: ")[2].partition("\n---")[0]
    assert_cause(words, project, line)


@root
def test_a_topology_for_one_test_alone(project: Project) -> None:
    """Two at a time, beside the module's own."""
    project.write(
        "test_office.py",
        "def test_it(dxlab_lab, dxlab_up):\n"
        "    labs = [dxlab_lab, dxlab_up('topology.yml'), dxlab_up('topology.yml')]\n"
        "    for lab in labs:\n"
        "        lab.wait_for('office-private')\n"
        "    assert len({lab.name for lab in labs}) == len({lab.url for lab in labs}) == 3\n"
        "    assert not labs\n",
    )
    outcome = project.pytest()
    assert outcome.summary == "1 failed"
    assert len(re.findall(rf"-+ dxlab {NAME}-\w+ -+", outcome.output)) == 3
    assert nothing_is_left()


@root
def test_workers_side_by_side(project: Project) -> None:
    for name in ("one", "two"):
        project.write(
            f"test_{name}.py", "def test_it(dxlab_lab):\n    dxlab_lab.wait_for('office-private')\n"
        )
    outcome = project.pytest("-n", "2")
    assert outcome.summary == "2 passed", outcome.output
    assert nothing_is_left()


# ===== what keeps a lab from running =====

UP = "def test_it(dxlab_lab):\n    pass\n"


def error_of(project: Project, *arguments: str, prefix: tuple[str, ...] = ()) -> str:
    """What the one test's setup ended with; it is one line."""
    outcome = project.pytest("-rE", "--no-header", *arguments, prefix=prefix)
    assert (outcome.status, outcome.summary) == (1, "1 error"), outcome.output
    assert "Traceback" not in outcome.output
    (line,) = re.findall(r"^_+ ERROR at setup of .+ _+\n(.+)\n=+", outcome.output, re.MULTILINE)
    return str(line)


def test_no_topology(project: Project) -> None:
    (project.directory / "topology.yml").unlink()
    project.write("test_office.py", UP)
    assert error_of(project) == (
        f"there is no {project.directory}/topology.yml; write one, or a fixture 'dxlab_topology' that returns the "
        "path of another"
    )


def test_a_topology_that_is_wrong(project: Project) -> None:
    project.write("topology.yml", "name: case\ntopology:\n  nodes: {dx: {kind: ffr}}\n")
    project.write("test_office.py", UP)
    assert error_of(project).startswith(f"{project.directory}/topology.yml:3: unknown kind 'ffr'")


def test_another_topology(project: Project) -> None:
    project.write("conftest.py", OVERRIDE)
    project.write("test_office.py", UP)
    assert (
        error_of(project)
        == f"{project.directory}/other.yml: the topology cannot be read: No such file or directory"
    )


OVERRIDE = """
import pytest

@pytest.fixture(scope="module")
def dxlab_topology(request):
    return request.path.parent / "other.yml"
"""


@root
def test_no_privilege(project: Project) -> None:
    """An error, for a test that did not run has found nothing to be right."""
    project.write("test_office.py", UP)
    assert "root" in error_of(project, prefix=UNPRIVILEGED)


# ===== what is said of them =====


def test_what_pytest_says_of_the_fixtures(project: Project) -> None:
    said = project.pytest("--fixtures").output
    for fixture, words in {
        "dxlab_topology [module scope]": "The topology that `dxlab_lab` brings up",
        "dxlab_lab [module scope]": "A lab with `dxlab_topology`, up",
        "dxlab_client [module scope]": "A boto3 Direct Connect client of `dxlab_lab`.",
        "dxlab_up": "Brings up a topology for this test alone",
    }.items():
        assert re.search(rf"^{re.escape(fixture)} .*\n\s+{re.escape(words)}", said, re.MULTILINE), fixture


def test_pytest_costs_nothing_where_nobody_asks(project: Project) -> None:
    """Of a session without labs, not even the API's client is imported."""
    project.write(
        "test_it.py", "import sys\ndef test_it():\n    assert not {'boto3', 'lab.lab'} & set(sys.modules)\n"
    )
    assert project.pytest().summary == "1 passed"
