"""The lab's own view of itself, of a cloud world and sessions without a machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.bgp.events import Route
from lab.bgp.session import Session, State
from lab.status import history, routes, status
from tests.directconnect.office import Clock, Office

ROUTE = Route("172.16.0.0/16", "169.254.7.2", (65001,), ("65001:1",), None, "igp")
UP = Session(State.ESTABLISHED, True, 17.0, "Established", routes={ROUTE.prefix: ROUTE})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A connection with one VIF, and another without any."""
    made = Office(tmp_path / "state", Clock())
    made.private(made.plug("office").id, authKey="s3cretKey9")
    made.plug("branch")
    yield made
    made.store.close()


def peer_id(office: Office) -> str:
    return office.cloud.virtual_interfaces()[0].peers[0].id


def test_connections_vifs_and_peers(office: Office) -> None:
    office.observe(peer_id(office), "up")
    document = status("tlab", office.cloud, {peer_id(office): UP}, {})
    assert document["lab"] == "tlab"
    names = [each["connectionName"] for each in document["connections"]]
    assert names == ["office", "branch"]
    (vif,) = document["connections"][0]["virtualInterfaces"]
    assert document["connections"][1]["virtualInterfaces"] == []
    assert (vif["virtualInterfaceName"], vif["vlan"], vif["amazonSideAsn"]) == ("office-private", 101, 64512)
    (peer,) = vif["bgpPeers"]
    shown = [peer[name] for name in ("bgpStatus", "since", "reason", "acceptedPrefixes")]
    assert shown == ["up", 17.0, "Established", 1]


def test_a_peer_of_which_nothing_was_heard(office: Office) -> None:
    document = status("tlab", office.cloud, {}, {})
    (peer,) = document["connections"][0]["virtualInterfaces"][0]["bgpPeers"]
    assert (peer["since"], peer["acceptedPrefixes"]) == (None, 0)


def test_what_is_deleted_is_not_shown(office: Office) -> None:
    (vif,) = office.cloud.virtual_interfaces()
    branch = office.cloud.connections()[1]
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif.id)
    office.call("DeleteConnection", connectionId=branch.id)
    office.cloud.vif_removed(vif.id)
    office.cloud.connection_removed(branch.id)
    (connection,) = status("tlab", office.cloud, {}, {})["connections"]
    assert (connection["connectionName"], connection["virtualInterfaces"]) == ("office", [])


def test_history(office: Office) -> None:
    office.observe(peer_id(office), "up", "Established")
    office.observe(peer_id(office), "down", "carrier lost")
    (entries,) = history(office.cloud).values()
    assert [(entry["kind"], entry["detail"], entry["reason"]) for entry in entries] == [
        ("status", "up", "Established"),
        ("status", "down", "carrier lost"),
    ]


def test_routes(office: Office) -> None:
    (page,) = routes(office.cloud, {peer_id(office): UP}).values()
    (accepted,) = page["accepted"]
    assert (accepted["prefix"], accepted["as_path"]) == ("172.16.0.0/16", (65001,))
    assert page["advertised"] == []


def test_every_page_is_json_without_a_key(office: Office) -> None:
    sessions = {peer_id(office): UP}
    for page in (
        status("tlab", office.cloud, sessions, {"dxcon-x": "eth3"}),
        history(office.cloud),
        routes(office.cloud, sessions),
    ):
        assert "s3cretKey9" not in json.dumps(page)
