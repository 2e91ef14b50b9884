"""`dxlab status`: for people, for programs, and of labs that do not answer."""

from __future__ import annotations

import json

import pytest

from tests.cli.elsewhere import Elsewhere
from tests.cli.words import UNPRIVILEGED, result
from tests.support.command import Bench, Running, dxlab

pytestmark = pytest.mark.root


def test_the_document(lab: Running) -> None:
    labs = json.loads(result(dxlab("status", "--json")))["labs"]
    (mine,) = (each for each in labs if each["lab"] == lab.places.name)
    assert mine["answers"] is True
    assert mine["endpoint"] == lab.url
    (connection,) = mine["connections"]
    assert (connection["connectionName"], connection["connectionState"]) == ("office", "available")
    (vif,) = connection["virtualInterfaces"]
    assert (vif["virtualInterfaceName"], vif["vlan"]) == ("office-private", 101)
    for shown, peer in zip(vif["bgpPeers"], lab.peers(), strict=True):
        assert {name: shown[name] for name in ("bgpPeerId", "amazonAddress", "customerAddress")} == {
            name: peer[name] for name in ("bgpPeerId", "amazonAddress", "customerAddress")
        }
        assert (shown["bgpStatus"], shown["reason"]) == ("up", "Established")
        assert shown["since"] == lab.history(peer["bgpPeerId"])[-1][0]


def test_the_table_in_a_pipe_has_a_line_for_each_peer(lab: Running) -> None:
    lines = result(dxlab("status")).splitlines()
    assert f"{lab.places.name}  {lab.url}" in lines
    for peer in lab.peers():
        (line,) = (line for line in lines if peer["bgpPeerId"] in line)
        words = line.split()
        assert words[:4] == ["office-private", "101", "available", peer["bgpPeerId"]]
        assert words[4:7] == [peer["amazonAddress"], peer["customerAddress"], "up"]
        assert words[8:] == ["Established"]


def test_no_lab_is_up(elsewhere: Elsewhere) -> None:
    done = elsewhere.dxlab("status")
    assert result(done) == ""
    assert done.stderr == "no lab is up; 'dxlab up TOPOLOGY' brings one up\n"
    assert json.loads(result(elsewhere.dxlab("status", "--json"))) == {"labs": []}


def test_a_lab_that_was_killed(lab_bench: Bench) -> None:
    served = lab_bench.serve()
    served.kill()
    name = lab_bench.name
    assert f"{name}: its endpoint was killed; 'dxlab down {name}' cleans up" in result(dxlab("status"))
    labs = json.loads(result(dxlab("status", "--json")))["labs"]
    mine = {"lab": name, "answers": False, "alive": False, "endpoint": served.url, "connections": []}
    assert mine in labs


def test_a_lab_that_was_killed_early(elsewhere: Elsewhere) -> None:
    elsewhere.early("tlab-early")
    shown = result(elsewhere.dxlab("status"))
    assert shown == "tlab-early: its endpoint was killed; 'dxlab down tlab-early' cleans up\n"


def test_a_lab_that_lives_and_does_not_answer(elsewhere: Elsewhere) -> None:
    elsewhere.lab("halfway")
    with elsewhere.held("halfway"):
        shown = result(elsewhere.dxlab("status"))
    state = "does not answer: it is on its way up or down, or hangs"
    assert shown == f"halfway: its endpoint {state}; 'dxlab down halfway' cleans up\n"


def test_nobody_in_particular_may_look(lab: Running) -> None:
    """It needs no privileges, since what it shows is no secret."""
    shown = result(dxlab("status", "--json", prefix=UNPRIVILEGED))
    assert lab.places.name in [each["lab"] for each in json.loads(shown)["labs"]]
