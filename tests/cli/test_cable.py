"""`dxlab unplug` and `dxlab plug`."""

from __future__ import annotations

import pytest

from tests.cli.words import result, sentence
from tests.support.command import Bench, Running, dxlab, eventually
from tests.support.topologies import Office, write_topology

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


def test_a_new_cable(lab_bench: Bench) -> None:
    """A connection that was ordered has a port without a cable; one goes to any router's interface."""
    office = Office(silent=True)
    order = {"CreateConnection": {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": "office"}}
    path = write_topology(
        lab_bench.places.state.parent, lab_bench.name, office, requests=[order], unplugged=True
    )
    running = lab_bench.up(path)
    eventually(lambda: running.connection()["connectionState"] == "down", "the port")
    plug = ("plug", "--lab", lab_bench.name, "office")
    assert sentence(dxlab(*plug), status=2) == (
        "no cable belongs to office; say where one is to go: dxlab plug office NODE:INTERFACE"
    )
    for nowhere in ("core:eth1", "edge"):
        assert sentence(dxlab(*plug, nowhere), status=2) == (
            f"'{nowhere}' is no interface of a router of the lab '{lab_bench.name}': give NODE:INTERFACE"
        )
    assert dxlab(*plug, "edge:eth1").stderr == "office is plugged in\n"
    eventually(lambda: running.connection()["connectionState"] == "available", "the light to be seen")
