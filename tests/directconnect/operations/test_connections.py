from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ClientException
from lab.directconnect.settings import Quotas
from tests.directconnect.office import Clock, Office


def order(office: Office, **members: object) -> str:
    wanted = {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": "office", **members}
    return str(office.call("CreateConnection", **wanted)["connectionId"])


def describe(office: Office, connection_id: str) -> dict[str, object]:
    (connection,) = office.call("DescribeConnections", connectionId=connection_id)["connections"]
    return dict(connection)


# ===== CreateConnection =====


def test_the_answer_to_an_order_is_as_long_as_the_recorded_one(office: Office) -> None:
    """A recording of 2017 has these seven members and 187 bytes."""
    answer = office.call_as(
        Caller("448830907657", "us-west-2"),
        "CreateConnection",
        location="EqSE2",
        bandwidth="1Gbps",
        connectionName="ansible-test-2",
    )
    assert {**answer, "connectionId": "dxcon-fgbw50lg"} == {
        "ownerAccount": "448830907657",
        "connectionId": "dxcon-fgbw50lg",
        "connectionName": "ansible-test-2",
        "connectionState": "requested",
        "region": "us-west-2",
        "location": "EqSe2",
        "bandwidth": "1Gbps",
    }
    assert len(json.dumps(answer, separators=(",", ":"))) == 187


def test_an_order_keeps_what_the_customer_says(office: Office) -> None:
    tags = [{"key": "owner", "value": "net"}]
    answer = office.call(
        "CreateConnection",
        location="EqDC2",
        bandwidth="100Gbps",
        connectionName="office",
        providerName="Equinix, Inc.",
        billingMode="FlatRateTier2",
        requestMACSec=False,
        tags=tags,
    )
    assert answer["tags"] == tags
    described = describe(office, answer["connectionId"])
    assert {"providerName": "Equinix, Inc.", "billingMode": "FlatRateTier2", "tags": tags}.items() <= dict(
        described
    ).items()


def test_the_same_order_twice_is_two_connections(office: Office) -> None:
    assert order(office) != order(office)


# ===== the life of a connection =====


def test_without_delays_the_port_is_ready_at_once_and_waits_for_light(office: Office) -> None:
    connection_id = order(office)
    assert office.connection_state(connection_id) == "down"
    office.cloud.set_carrier(connection_id, True)
    assert office.connection_state(connection_id) == "available"
    office.cloud.set_carrier(connection_id, False)
    assert office.connection_state(connection_id) == "down"


def test_with_delays_an_order_takes_its_time(open_office: Callable[..., Office], clock: Clock) -> None:
    office = open_office(order_delay=60, port_delay=30)
    start = clock.now
    connection_id = order(office)
    seen = []
    for moment in (0, 59, 60, 89, 90):
        clock.now = start + moment
        upcoming = office.cloud.due(clock.now)
        seen.append((office.connection_state(connection_id), upcoming and upcoming - start))
    assert seen == [
        ("requested", 60),
        ("requested", 60),
        ("pending", 90),
        ("pending", 90),
        ("down", None),
    ]


def test_light_before_the_port_is_ready_counts_when_it_is(
    open_office: Callable[..., Office], clock: Clock
) -> None:
    office = open_office(order_delay=60)
    connection_id = order(office)
    office.cloud.set_carrier(connection_id, True)
    assert office.connection_state(connection_id) == "requested"
    clock.now += 60
    office.cloud.due(clock.now)
    assert office.connection_state(connection_id) == "available"


def test_members_come_when_they_have_a_value(open_office: Callable[..., Office], clock: Clock) -> None:
    office = open_office(order_delay=60)
    connection_id = order(office)
    ordered = describe(office, connection_id)
    assert {
        "jumboFrameCapable": False,
        "hasLogicalRedundancy": "unknown",
        "tags": [],
    }.items() <= ordered.items()
    assert not {"awsDevice", "vlan", "lagId", "partnerName", "loaIssueTime"} & set(ordered)
    clock.now += 60
    office.cloud.due(clock.now)
    ready = describe(office, connection_id)
    assert ready["awsDevice"] == ready["awsDeviceV2"] == ready["awsLogicalDeviceId"]
    assert str(ready["awsDevice"]).startswith("EqDC2-")
    assert ready["jumboFrameCapable"] is True


# ===== DeleteConnection =====


def test_an_order_that_is_not_processed_is_deleted_at_once(open_office: Callable[..., Office]) -> None:
    office = open_office(order_delay=60)
    connection_id = order(office)
    assert office.call("DeleteConnection", connectionId=connection_id)["connectionState"] == "deleted"


def test_a_port_is_deleted_when_nothing_is_left_of_it(office: Office, clock: Clock) -> None:
    connection_id = office.plug().id
    assert office.call("DeleteConnection", connectionId=connection_id)["connectionState"] == "deleting"
    assert office.call("DeleteConnection", connectionId=connection_id)["connectionState"] == "deleting"
    office.cloud.set_carrier(connection_id, True)
    assert office.connection_state(connection_id) == "deleting"
    office.cloud.connection_removed(connection_id)
    assert office.connection_state(connection_id) == "deleted"
    office.cloud.set_carrier(connection_id, True)
    assert office.connection_state(connection_id) == "deleted"


def test_a_deleted_connection_is_listed_for_a_quarter_of_an_hour(office: Office, clock: Clock) -> None:
    connection_id = office.plug().id
    office.call("DeleteConnection", connectionId=connection_id)
    office.cloud.connection_removed(connection_id)
    with pytest.raises(ClientException, match="Could not find Connection"):
        office.call("DeleteConnection", connectionId=connection_id)
    upcoming = office.cloud.due(clock.now + 899)
    assert upcoming == clock.now + 900
    assert office.connection_state(connection_id) == "deleted"
    office.cloud.due(clock.now + 900)
    with pytest.raises(ClientException, match=f"Could not find Connection with ID {connection_id}"):
        office.connection_state(connection_id)


def test_a_connection_with_virtual_interfaces_stays(office: Office) -> None:
    connection_id = office.plug().id
    ids = [office.private(connection_id, vlan=vlan)["virtualInterfaceId"] for vlan in (1, 2, 3, 4)]
    for vif_id in ids[1:]:
        with pytest.raises(ClientException) as raised:
            office.call("DeleteConnection", connectionId=connection_id)
        assert raised.value.message.startswith(
            f"Connection {connection_id} has virtual interfaces: delete {ids[0]}"
        )
        office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
        office.cloud.vif_removed(vif_id)
    office.call("DeleteVirtualInterface", virtualInterfaceId=ids[0])
    with pytest.raises(ClientException, match="has virtual interfaces"):
        office.call("DeleteConnection", connectionId=connection_id)
    office.cloud.vif_removed(ids[0])
    assert office.call("DeleteConnection", connectionId=connection_id)["connectionState"] == "deleting"


# ===== who sees what =====


def test_a_connection_is_its_owners_in_its_region(office: Office) -> None:
    connection_id = order(office)
    for stranger in (Caller("210987654321", "us-east-1"), Caller("123456789012", "us-west-2")):
        assert office.call_as(stranger, "DescribeConnections") == {"connections": []}
        for operation in ("DescribeConnections", "DeleteConnection"):
            with pytest.raises(ClientException, match=f"Could not find Connection with ID {connection_id}"):
                office.call_as(stranger, operation, connectionId=connection_id)


def test_a_location_takes_so_many_connections_of_an_account(open_office: Callable[..., Office]) -> None:
    office = open_office(quotas=Quotas(connections_per_location=2))
    first = order(office)
    order(office)
    with pytest.raises(ClientException) as raised:
        order(office)
    assert raised.value.message == "Exceeded the maximum number of connections at EqDC2. The limit is 2"
    order(office, location="CSVA1")
    office.call("DeleteConnection", connectionId=first)
    order(office)
