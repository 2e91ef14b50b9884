from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab.directconnect.cloud import Caller, Changes
from lab.directconnect.errors import ClientException, ServerException
from lab.directconnect.model import BgpStatus, Connection, HistoryEntry, LogicalRedundancy
from lab.directconnect.operations import OPERATIONS
from lab.directconnect.store import HISTORY_LENGTH
from lab.errors import UsageError
from tests.directconnect.office import REGION, VGW, Clock, Office

# ===== cables =====


def test_a_cable_is_a_connection_that_is_there_at_once(office: Office) -> None:
    connection = office.cloud.plug_cable("office", location="eqdc2", bandwidth="10Gbps")
    (described,) = office.call("DescribeConnections")["connections"]
    assert described["connectionId"] == connection.id
    assert (described["connectionName"], described["connectionState"]) == ("office", "down")
    assert (described["location"], described["bandwidth"], described["region"]) == (
        "EqDC2",
        "10Gbps",
        "us-east-1",
    )
    office.cloud.set_carrier(connection.id, True)
    assert office.connection_state(connection.id) == "available"


def test_a_cable_can_be_a_hosted_connection_at_an_unlisted_location(office: Office) -> None:
    connection = office.plug(location="EqXY1", region="eu-west-9", bandwidth="50Mbps")
    assert (connection.location, connection.bandwidth, connection.region) == ("EqXY1", "50Mbps", "eu-west-9")
    assert connection.device is not None
    assert connection.device.startswith("EqXY1-")


def test_a_cable_finds_the_connection_of_its_name_or_id(office: Office) -> None:
    ordered = office.call("CreateConnection", location="EqDC2", bandwidth="1Gbps", connectionName="ordered")
    for name in ("ordered", ordered["connectionId"]):
        assert office.cloud.plug_cable(name, location="EqSe2").id == ordered["connectionId"]
    assert len(office.cloud.connections()) == 1


def test_a_deleted_connection_leaves_its_name(office: Office) -> None:
    first = office.plug()
    office.call("DeleteConnection", connectionId=first.id)
    assert office.plug().id != first.id


@pytest.mark.parametrize(
    ("name", "details", "message"),
    [
        ("x", {"location": "Atlantis"}, "there is no location 'Atlantis'; known are EqDC2, CSVA1, "),
        ("x", {"bandwidth": "3Gbps"}, "EqDC2 has no ports of 3Gbps; it has 1Gbps, 10Gbps, 100Gbps"),
        ("x", {"tags": [{"key": "aws:a"}]}, "Tag key aws:a is reserved: keys must not begin with aws:"),
        ("x", {"tags": [{"key": "a"}, {"key": "a"}]}, "Tag key a is given more than once."),
        ("dxcon-notthere", {}, "there is no connection dxcon-notthere to plug the cable into"),
        ("twin", {}, "several connections are named 'twin': name the cable by one of dxcon-"),
    ],
)
def test_a_cable_that_fits_nowhere(office: Office, name: str, details: dict[str, Any], message: str) -> None:
    for _ in range(2):
        office.call("CreateConnection", location="EqDC2", bandwidth="1Gbps", connectionName="twin")
    before = office.dump()
    with pytest.raises(UsageError) as raised:
        office.plug(name, **details)
    assert str(raised.value).startswith(message)
    assert office.dump() == before


def test_a_cable_can_be_somebody_elses(office: Office) -> None:
    connection = office.plug(
        account="210987654321", region="eu-west-1", logical_redundancy=LogicalRedundancy.YES
    )
    assert (connection.owner, connection.region, connection.logical_redundancy) == (
        "210987654321",
        "eu-west-1",
        "yes",
    )
    assert office.call("DescribeConnections") == {"connections": []}


def test_the_lab_has_an_account_and_a_redundancy_of_its_own(open_office: Callable[..., Office]) -> None:
    office = open_office(account="111122223333", logical_redundancy=LogicalRedundancy.NO)
    connection = office.plug()
    assert (connection.owner, connection.logical_redundancy) == ("111122223333", "no")


# ===== what changed =====


def test_listeners_hear_of_each_change_once_it_is_committed(office: Office) -> None:
    heard: list[tuple[Changes, list[str]]] = []
    office.cloud.subscribe(lambda changes: heard.append((changes, office.dump())))
    connection = office.plug()
    assert {id_ for changes, _ in heard for id_ in changes.connections} == {connection.id}
    heard.clear()
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    ((changes, dump),) = heard
    assert changes == Changes(virtual_interfaces=frozenset({vif_id}))
    assert dump == office.dump()


def test_what_is_no_news_changes_nothing(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.configure(vif_id)
    office.observe(office.peer(vif_id).id, "up")
    office.changes.clear()
    office.configure(vif_id)
    office.observe(office.peer(vif_id).id, "up")
    office.cloud.set_carrier(connection.id, True)
    office.cloud.connection_removed(connection.id)
    office.cloud.vif_removed(vif_id)
    office.cloud.peer_removed(vif_id, office.peer(vif_id).id)
    office.call("DescribeVirtualInterfaces")
    assert office.changes == []


def test_reports_of_what_is_gone_are_old_news(office: Office) -> None:
    before = office.dump()
    office.cloud.set_carrier("dxcon-notthere", True)
    office.cloud.connection_removed("dxcon-notthere")
    office.cloud.vif_configured("dxvif-notthere")
    office.cloud.vif_removed("dxvif-notthere")
    office.cloud.peer_configured("dxvif-notthere", "dxpeer-notthere")
    office.cloud.peer_removed("dxvif-notthere", "dxpeer-notthere")
    office.cloud.observe("dxpeer-notthere", BgpStatus.UP, reason="", at=0)
    office.cloud.record("dxpeer-notthere", "open", "", at=0)
    assert office.dump() == before
    assert office.changes == []


def test_a_disk_that_is_full_is_the_endpoints_fault(office: Office, connection: Connection) -> None:
    (pages,) = office.store._database.execute("PRAGMA page_count").fetchone()
    office.store._database.execute(f"PRAGMA max_page_count = {pages}")
    tags = [{"key": f"key{number}", "value": "x" * 256} for number in range(50)]
    with pytest.raises(ServerException, match="database or disk is full"):
        office.private(connection.id, tags=tags)
    assert office.vifs() == []


def test_what_is_observed_is_seen_while_the_disk_is_full(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.configure(vif_id)
    peer = office.peer(vif_id)
    (pages,) = office.store._database.execute("PRAGMA page_count").fetchone()
    office.store._database.execute(f"PRAGMA max_page_count = {pages}")
    office.observe(peer.id, "up", "x" * 20_000)
    vif = office.vif(vif_id)
    assert (vif["virtualInterfaceState"], vif["bgpPeers"][0]["bgpStatus"]) == ("available", "up")
    assert [entry.detail for entry in office.cloud.history(peer.id)] == ["up"]
    assert "disk is full" in str(office.cloud.unstored)
    office.store._database.execute(f"PRAGMA max_page_count = {pages + 100}")
    office.cloud.store_reports()
    assert office.cloud.unstored is None
    assert [entry.detail for entry in office.reopened().cloud.history(peer.id)] == ["up"]


def test_operations_are_the_registry(office: Office) -> None:
    assert office.cloud.operations is OPERATIONS


# ===== a second attempt =====

ORDER = {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": "x"}


def attempt(
    office: Office, invocation: str, operation: str = "CreateConnection", **parameters: object
) -> object:
    return office.cloud.perform(operation, office.caller, parameters or ORDER, invocation)


def test_a_second_attempt_is_answered_and_not_carried_out(office: Office) -> None:
    first = attempt(office, "a")
    changes = len(office.changes)
    assert attempt(office, "a") == first
    assert len(office.changes) == changes
    assert len(office.cloud.connections()) == 1


def test_a_second_attempt_after_a_restart(office: Office) -> None:
    first = attempt(office, "a")
    assert attempt(office.reopened(), "a") == first
    assert len(office.cloud.connections()) == 1


def test_another_request_is_carried_out(office: Office) -> None:
    attempt(office, "a")
    attempt(office, "b")
    office.cloud.perform("CreateConnection", Caller("210987654321", REGION), ORDER, "a")
    office.cloud.perform("CreateConnection", office.caller, ORDER)
    office.cloud.perform("CreateConnection", office.caller, ORDER)
    assert len(office.cloud.connections()) == 5


def test_what_was_refused_is_tried_again(office: Office) -> None:
    with pytest.raises(ClientException):
        attempt(office, "a", connectionName="x")
    attempt(office, "a")


def test_who_only_looks_sees_what_is_new(office: Office) -> None:
    assert attempt(office, "a", "DescribeConnections", connectionName=None) == {"connections": []}
    attempt(office, "b")
    assert attempt(office, "a", "DescribeConnections", connectionName=None) != {"connections": []}


# ===== a restart =====


def test_every_resource_is_back_after_a_restart(office: Office) -> None:
    office.cloud.declare_gateway(VGW, asn=64999, cidrs=())
    connection = office.plug()
    hub = office.gateway("hub", tags=[{"key": "a", "value": "b"}])
    ids = [
        office.private(connection.id, authKey="a\"b'c\\d", tags=[{"key": "a"}])["virtualInterfaceId"],
        office.transit(connection.id, hub)["virtualInterfaceId"],
        office.public(connection.id, asn=None, asnLong=4200000001)["virtualInterfaceId"],
    ]
    office.add_peer(ids[0])
    for vif_id in ids:
        office.configure(vif_id)
        office.observe(office.peer(vif_id).id, "up")
    office.call("DeleteVirtualInterface", virtualInterfaceId=ids[1])
    operations = (
        "DescribeConnections",
        "DescribeVirtualInterfaces",
        "DescribeDirectConnectGateways",
        "DescribeVirtualGateways",
    )

    def described(office: Office) -> list[str]:
        return [
            repr(office.call(operation)).replace("'bgpStatus': 'up'", "?").replace("'bgpStatus': 'down'", "?")
            for operation in operations
        ]

    before = described(office)
    again = office.reopened()
    assert [text.replace("'bgpStatus': 'unknown'", "?") for text in described(again)] == before
    assert again.private(connection.id, vlan=200)["amazonSideAsn"] == 64999
    assert again.vifs()[-1]["vlan"] == 200


def test_a_status_is_unknown_until_somebody_looks(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.add_peer(vif_id)
    office.configure(vif_id)
    four, six = (peer.id for peer in office.resource(vif_id).peers)
    office.observe(six, "up")
    office = office.reopened()

    def seen() -> tuple[str, list[str]]:
        vif = office.vif(vif_id)
        return vif["virtualInterfaceState"], [peer["bgpStatus"] for peer in vif["bgpPeers"]]

    assert seen() == ("available", ["unknown", "unknown"])
    office.observe(four, "down")
    assert seen() == ("available", ["down", "unknown"])
    office.observe(six, "down")
    assert seen() == ("down", ["down", "down"])


def test_what_became_due_while_nobody_was_there_happens_then(
    open_office: Callable[..., Office], clock: Clock
) -> None:
    office = open_office(order_delay=60)
    ordered = office.call("CreateConnection", location="EqDC2", bandwidth="1Gbps", connectionName="x")
    clock.now += 3600
    office = office.reopened(order_delay=60)
    assert office.connection_state(ordered["connectionId"]) == "requested"
    assert office.cloud.due(clock.now) is None
    assert office.connection_state(ordered["connectionId"]) == "down"


# ===== history =====


@pytest.fixture
def peer_id(office: Office, connection: Connection) -> str:
    return office.peer(office.private(connection.id)["virtualInterfaceId"]).id


def test_a_history_is_what_was_news(office: Office, peer_id: str, clock: Clock) -> None:
    start = clock.now
    for status, reason in (
        ("down", "no answer"),
        ("down", "no answer"),
        ("down", "connection refused"),
        ("up", "Established"),
        ("up", "Established"),
        ("down", "hold timer expired"),
    ):
        office.observe(peer_id, status, reason)
        clock.now += 1
    office.cloud.record(peer_id, "open", "AS 65001", at=clock.now)
    history = [
        (entry.at - start, entry.kind, entry.detail, entry.reason) for entry in office.cloud.history(peer_id)
    ]
    assert history == [
        (0, "status", "down", "no answer"),
        (2, "reason", "down", "connection refused"),
        (3, "status", "up", "Established"),
        (5, "status", "down", "hold timer expired"),
        (6, "open", "AS 65001", ""),
    ]


def test_the_last_change_has_its_time_and_the_newest_reason(
    office: Office, peer_id: str, clock: Clock
) -> None:
    assert office.cloud.last_change(peer_id) is None
    first = clock.now
    office.observe(peer_id, "down", "no answer")
    clock.now += 1
    office.observe(peer_id, "down", "connection refused")
    expected = HistoryEntry(at=first, kind="status", detail="down", reason="connection refused")
    assert office.cloud.last_change(peer_id) == expected


def test_the_same_status_after_a_restart_is_no_news(office: Office, peer_id: str) -> None:
    office.observe(peer_id, "up", "Established")
    office = office.reopened()
    office.observe(peer_id, "up", "Established")
    assert [entry.detail for entry in office.cloud.history(peer_id)] == ["up"]


def test_a_history_is_bounded(office: Office, peer_id: str) -> None:
    for number in range(HISTORY_LENGTH + 1):
        office.cloud.record(peer_id, "open", str(number), at=number)
    history = office.cloud.history(peer_id)
    assert (len(history), history[0].detail) == (HISTORY_LENGTH, "1")


def test_a_history_goes_with_its_peer(office: Office, connection: Connection, clock: Clock) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    first, second = office.peer(vif_id).id, office.add_peer(vif_id)["bgpPeers"][1]["bgpPeerId"]
    for peer_id in (first, second):
        office.cloud.record(peer_id, "open", "", at=0)
    office.call("DeleteBGPPeer", virtualInterfaceId=vif_id, bgpPeerId=second)
    office.cloud.peer_removed(vif_id, second)
    assert (len(office.cloud.history(first)), office.cloud.history(second)) == (1, ())
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
    office.cloud.vif_removed(vif_id)
    assert len(office.cloud.history(first)) == 1
    office.cloud.due(clock.now + 900)
    assert office.cloud.history(first) == ()
