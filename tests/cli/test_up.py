"""`dxlab up`: what it prints, and with which words and status it refuses."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lab.places import record_of
from tests.cli.words import ESCAPE, result, sentence
from tests.support.command import Bench, dxlab, nothing_left
from tests.support.topologies import Office, line_of, write_topology

pytestmark = pytest.mark.root

OFFICE = Office(families=("ipv4",))


def topology(bench: Bench, *offices: Office) -> Path:
    return write_topology(bench.places.state.parent, bench.name, *offices)


def up(bench: Bench, path: Path, *options: str) -> CompletedProcess[str]:
    return dxlab("up", *options, path, "--port", "0", "--state-dir", bench.places.state)


def test_results_and_progress_are_apart(lab_bench: Bench) -> None:
    """The exports, which the bench reads, are all there is on standard output."""
    running = lab_bench.up(topology(lab_bench, OFFICE))
    assert running.url.startswith("http://127.0.0.1:")
    assert running.region == "us-east-1"
    assert running.end() == 0
    assert running.process.stdout is not None
    assert running.process.stdout.read() == ""
    said = lab_bench.log()
    assert "request CreatePrivateVirtualInterface\n" in said
    assert "up; Ctrl-C takes it down\n" in said
    assert ESCAPE not in said
    assert nothing_left(lab_bench.places)


def test_in_the_background(lab_bench: Bench) -> None:
    done = up(lab_bench, topology(lab_bench, OFFICE), "-d")
    names = [line.partition("=")[0] for line in result(done).splitlines()]
    assert names == ["export AWS_ENDPOINT_URL_DIRECT_CONNECT", "export AWS_DEFAULT_REGION"]
    assert f"'dxlab down {lab_bench.name}' takes it down" in done.stderr
    assert record_of(lab_bench.name) is not None
    taken_down = dxlab("down", lab_bench.name)
    assert result(taken_down) == ""
    assert taken_down.stderr == (
        f"{lab_bench.name} is down; its resources are kept in {lab_bench.places.state}\n"
    )
    assert nothing_left(lab_bench.places)


def test_a_lab_that_is_up_already(lab_bench: Bench) -> None:
    """Neither kind of `up` does anything to it, not even to its log."""
    path = topology(lab_bench, OFFICE)
    result(up(lab_bench, path, "-d"))
    log = lab_bench.places.log.read_text()
    for options in ((), ("-d",)):
        said = sentence(up(lab_bench, path, *options), status=2)
        assert said == f"the lab '{lab_bench.name}' is already up; end it with 'dxlab down {lab_bench.name}'"
    assert lab_bench.places.log.read_text() == log
    result(dxlab("down", lab_bench.name))


@pytest.mark.parametrize("options", [(), ("-d",)], ids=["foreground", "background"])
def test_a_configuration_that_the_daemon_refuses(lab_bench: Bench, options: tuple[str, ...]) -> None:
    path = topology(lab_bench, OFFICE)
    configuration = path.with_name("edge.conf")
    configuration.write_text(OFFICE.configuration.replace("remote-as", "remote-ass", 1))
    number = line_of(configuration, "remote-ass")
    said = sentence(up(lab_bench, path, *options), status=1)
    assert f"{configuration}:{number}: % Unknown command" in said
    assert nothing_left(lab_bench.places)


def test_an_unknown_key(lab_bench: Bench) -> None:
    path = topology(lab_bench, OFFICE)
    path.write_text(path.read_text().replace("startup-config:", "startup-konfig:"))
    said = sentence(up(lab_bench, path), status=2)
    assert said.startswith(f"{path}:{line_of(path, 'startup-konfig')}: ")
    assert "startup-konfig" in said
    assert "startup-config" in said, "the known ones are named"
    assert nothing_left(lab_bench.places)


@pytest.mark.parametrize("options", [(), ("-d",)], ids=["foreground", "background"])
def test_a_request_that_aws_refuses(lab_bench: Bench, options: tuple[str, ...]) -> None:
    path = topology(lab_bench, Office(families=("ipv4",), vlan=4095))
    said = sentence(up(lab_bench, path, *options), status=2)
    number = line_of(path, "CreatePrivateVirtualInterface")
    assert said.startswith(
        f"{path}:{number}: AWS refuses CreatePrivateVirtualInterface: DirectConnectClientException: "
    )
    assert nothing_left(lab_bench.places)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = dxlab("up", tmp_path / "none.yml")
    assert done.returncode == 2
    assert "none.yml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_state_directory_that_cannot_be(lab_bench: Bench) -> None:
    lab_bench.places.state.touch()
    said = sentence(up(lab_bench, topology(lab_bench, OFFICE)), status=2)
    assert said.endswith("name another --state-dir")
