"""`dxlab unplug` and `dxlab plug`."""

from __future__ import annotations

import pytest

from tests.cli.words import result, sentence
from tests.support.command import Bench, Running, dxlab, eventually

pytestmark = pytest.mark.root


@pytest.mark.parametrize("called", ["connectionName", "connectionId"])
def test_a_cable_is_pulled_and_put_back(lab: Running, called: str) -> None:
    name = lab.connection()[called]
    for verb, words, states in (
        ("unplug", "unplugged", ("down", {"down"})),
        ("plug", "plugged in", ("available", {"up"})),
    ):
        done = dxlab(verb, name, "--lab", lab.places.name)
        assert result(done) == ""
        assert done.stderr == f"{name} is {words}\n"
        become(lab, *states)


def become(lab: Running, connection: str, sessions: set[str]) -> None:
    """Wait until the connection and all sessions on it are in these states."""
    eventually(lambda: lab.connection()["connectionState"] == connection, f"to be {connection}")
    eventually(lambda: set(lab.statuses()) == sessions, f"the sessions to be {sessions}")


def test_a_connection_that_is_not_there(lab: Running) -> None:
    said = sentence(dxlab("unplug", "branch", "--lab", lab.places.name), status=2)
    assert said == f"the lab '{lab.places.name}' has no connection 'branch'; it has office"


def test_a_lab_whose_endpoint_was_killed(lab_bench: Bench) -> None:
    lab_bench.serve().kill()
    said = sentence(dxlab("unplug", "office", "--lab", lab_bench.name), status=2)
    assert said == f"the endpoint of the lab '{lab_bench.name}' does not answer; see 'dxlab status'"
