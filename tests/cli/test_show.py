"""`dxlab show`: neighbours and routes of a router, for people and for programs."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.cli.words import result, sentence
from tests.support.command import Bench, Running, dxlab, eventually
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root


def shown(lab: Running, what: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        result(dxlab("show", "edge", what, "--json", "--lab", lab.places.name))
    )
    return document


def table(lab: Running, what: str) -> list[list[str]]:
    return [
        line.split() for line in result(dxlab("show", "edge", what, "--lab", lab.places.name)).splitlines()
    ]


def amazon(lab: Running) -> set[str]:
    return {peer["amazonAddress"].partition("/")[0] for peer in lab.peers()}


def test_neighbours(lab: Running) -> None:
    document = shown(lab, "neighbours")
    neighbours = document["neighbours"]
    assert document["node"] == "edge"
    assert {each["address"]: each["state"] for each in neighbours} == dict.fromkeys(
        amazon(lab), "Established"
    )
    assert all(0 <= time.time() - each["since"] < 3600 for each in neighbours)
    assert neighbours[0].keys() == {
        *("address", "asn", "state", "since", "accepted", "advertised", "lastReset"),
    }


def test_a_table_of_neighbours(lab: Running) -> None:
    heading, *rows = table(lab, "neighbours")
    assert heading[:4] == ["address", "asn", "state", "since"]
    assert {row[0] for row in rows} == amazon(lab)
    assert {row[2] for row in rows} == {"Established"}


def test_routes(lab: Running) -> None:
    def learnt() -> dict[str, list[str]]:
        return {
            each["prefix"]: each["nextHops"]
            for each in shown(lab, "routes")["routes"]
            if each["protocol"] == "bgp"
        }

    eventually(lambda: learnt() != {}, "the router to have routes")
    assert {hop for hops in learnt().values() for hop in hops if "." in hop} <= amazon(lab)
    heading, *rows = table(lab, "routes")
    assert heading == ["prefix", "protocol", "next", "hops"]
    assert learnt().keys() <= {row[0] for row in rows}


def test_something_else(lab: Running) -> None:
    done = dxlab("show", "edge", "interfaces", "--lab", lab.places.name)
    assert done.returncode == 2
    assert "'neighbours', 'routes'" in done.stderr


def test_a_router_that_does_not_run(lab_bench: Bench) -> None:
    office = Office(silent=True)
    lab = lab_bench.up(write_topology(lab_bench.places.state.parent, lab_bench.name, office, requests=[]))
    lab.routers["edge"].stop()
    said = sentence(dxlab("show", "edge", "routes", "--lab", lab.places.name), status=1)
    assert said == "router 'edge' does not run"
