from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ClientException
from lab.directconnect.model import Connection
from lab.directconnect.settings import Quotas
from tests.directconnect.office import VGW, Clock, Office

# ===== private =====


def test_a_private_vif_with_nothing_but_the_necessary(office: Office, connection: Connection) -> None:
    vif = office.private(connection.id)
    assert (vif["amazonAddress"], vif["customerAddress"]) == ("169.254.255.1/30", "169.254.255.2/30")
    assert (vif["virtualInterfaceType"], vif["virtualInterfaceState"]) == ("private", "pending")
    assert (vif["mtu"], vif["addressFamily"], vif["amazonSideAsn"]) == (1500, "ipv4", 64512)
    assert (vif["virtualGatewayId"], vif["directConnectGatewayId"]) == (VGW, "")
    (peer,) = vif["bgpPeers"]
    assert (peer["bgpPeerState"], peer["bgpStatus"]) == ("pending", "down")
    mirrored = ("asn", "asnLong", "authKey", "addressFamily", "amazonAddress", "customerAddress")
    assert {name: vif[name] for name in mirrored} == {name: peer[name] for name in mirrored}


def test_addresses_that_the_customer_gives_are_kept(office: Office, connection: Connection) -> None:
    vif = office.private(connection.id, amazonAddress="10.9.0.2/30", customerAddress="10.9.0.1/30")
    assert (vif["amazonAddress"], vif["customerAddress"]) == ("10.9.0.2/30", "10.9.0.1/30")


def test_a_key_that_the_customer_gives_is_kept_to_the_byte(office: Office, connection: Connection) -> None:
    key = "a\"b'c\\d#;{}<&>"
    vif = office.private(connection.id, authKey=key)
    assert vif["authKey"] == vif["bgpPeers"][0]["authKey"] == key


def test_a_first_session_can_be_ipv6(office: Office, connection: Connection) -> None:
    vif = office.private(connection.id, addressFamily="ipv6")
    assert vif["amazonAddress"] == "2001:db8:1100:2f0:0:1:9cb4:4211/125"
    assert vif["customerAddress"] == "2001:db8:1100:2f0:0:1:9cb4:4216/125"
    assert "<customer_address>" not in vif["customerRouterConfig"]


@pytest.mark.parametrize(
    ("members", "asn", "asn_long"),
    [
        ({"asn": 65001}, 65001, 65001),
        ({"asn": None, "asnLong": 65001}, 65001, 65001),
        ({"asn": None, "asnLong": 4200000001}, 0, 4200000001),
        ({"asn": 65001, "asnLong": 4200000001}, 0, 4200000001),
    ],
)
def test_an_asn_of_four_bytes_shows_as_zero_where_there_are_two(
    office: Office, connection: Connection, members: dict[str, int], asn: int, asn_long: int
) -> None:
    vif = office.private(connection.id, **members)
    assert (vif["asn"], vif["asnLong"]) == (asn, asn_long)
    assert f"<bgp_asn>{asn_long}</bgp_asn>" in vif["customerRouterConfig"]


def test_the_amazon_side_has_the_asn_of_the_gateway(office: Office, connection: Connection) -> None:
    office.cloud.declare_gateway(VGW, asn=64999, cidrs=())
    assert office.private(connection.id)["amazonSideAsn"] == 64999
    hub = office.gateway(amazonSideAsn=4200000000)
    vif = office.private(connection.id, vlan=102, virtualGatewayId=None, directConnectGatewayId=hub)
    assert vif["amazonSideAsn"] == 4200000000
    assert (vif["virtualGatewayId"], vif["directConnectGatewayId"]) == ("", hub)


def test_a_vif_can_be_made_on_a_connection_that_is_down(office: Office) -> None:
    connection = office.cloud.plug_cable("office", location="EqDC2")
    assert office.private(connection.id)["virtualInterfaceState"] == "pending"


def test_no_vif_on_a_connection_that_is_not_there_yet(open_office: Callable[..., Office]) -> None:
    office = open_office(order_delay=60)
    ordered = office.call("CreateConnection", location="EqDC2", bandwidth="1Gbps", connectionName="x")
    with pytest.raises(ClientException) as raised:
        office.private(ordered["connectionId"])
    assert raised.value.message == (
        f"The specified Connection ID is not available. {ordered['connectionId']} is in state requested."
    )


def test_options_are_answered(office: Office, connection: Connection) -> None:
    vif = office.private(
        connection.id,
        virtualGatewayId=None,
        directConnectGatewayId=office.gateway(),
        enableSiteLink=True,
        prefixPoolAllocatedCountIpv4=7,
        mtu=9001,
        tags=[{"key": "a", "value": "b"}],
    )
    assert (vif["siteLinkEnabled"], vif["mtu"], vif["tags"]) == (True, 9001, [{"key": "a", "value": "b"}])
    assert vif["prefixPoolAllocatedCountIpv4"] == 7
    assert "prefixPoolAllocatedCountIpv6" not in vif


# ===== public and transit =====


def test_a_public_vif_is_verified_first(open_office: Callable[..., Office], clock: Clock) -> None:
    office = open_office(verification_delay=60)
    vif = office.public(office.plug().id)
    assert (vif["virtualInterfaceState"], vif["bgpPeers"][0]["bgpPeerState"]) == ("verifying", "verifying")
    assert (vif["amazonSideAsn"], vif["virtualInterfaceType"]) == (7224, "public")
    assert (vif["virtualGatewayId"], vif["directConnectGatewayId"]) == ("", "")
    assert vif["routeFilterPrefixes"] == [{"cidr": "198.51.100.0/24"}]
    assert office.cloud.due(clock.now + 59) == clock.now + 60
    assert office.cloud.due(clock.now + 60) is None
    verified = office.vif(vif["virtualInterfaceId"])
    assert (verified["virtualInterfaceState"], verified["bgpPeers"][0]["bgpPeerState"]) == (
        "pending",
        "pending",
    )


def test_without_a_delay_a_public_vif_is_verified_after_the_answer(office: Office) -> None:
    vif = office.public(office.plug().id)
    assert vif["virtualInterfaceState"] == "verifying"
    assert office.vif(vif["virtualInterfaceId"])["virtualInterfaceState"] == "pending"


def test_a_public_ipv6_session_gets_its_addresses_from_amazon(office: Office, connection: Connection) -> None:
    vif = office.public(
        connection.id,
        addressFamily="ipv6",
        amazonAddress=None,
        customerAddress=None,
        routeFilterPrefixes=[{"cidr": "2001:db8:77::/48"}],
    )
    assert vif["customerAddress"].endswith("4216/125")


def test_a_transit_vif(office: Office, connection: Connection) -> None:
    hub = office.gateway(amazonSideAsn=64520)
    vif = office.transit(connection.id, hub, mtu=8500)
    assert (vif["virtualInterfaceType"], vif["amazonSideAsn"], vif["mtu"]) == ("transit", 64520, 8500)
    assert (vif["virtualGatewayId"], vif["directConnectGatewayId"]) == ("", hub)


# ===== states =====


def test_the_life_of_a_vif(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    seen = [office.vif(vif_id)["virtualInterfaceState"]]
    office.cloud.vif_configured(vif_id)
    seen.append(office.vif(vif_id)["virtualInterfaceState"])
    peer_id = office.peer(vif_id).id
    for status in ("up", "down", "up"):
        office.observe(peer_id, status)
        seen.append(office.vif(vif_id)["virtualInterfaceState"])
    seen.append(office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)["virtualInterfaceState"])
    seen.append(office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)["virtualInterfaceState"])
    office.cloud.vif_removed(vif_id)
    seen.append(office.vif(vif_id)["virtualInterfaceState"])
    assert seen == ["pending", "down", "available", "down", "available", "deleting", "deleting", "deleted"]


def test_one_session_that_is_up_makes_a_vif_available(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.add_peer(vif_id)
    office.configure(vif_id)
    four, six = (peer.id for peer in office.resource(vif_id).peers)
    states = []
    for peer_id, status in ((six, "up"), (four, "up"), (six, "down"), (four, "down")):
        office.observe(peer_id, status)
        states.append(office.vif(vif_id)["virtualInterfaceState"])
    assert states == ["available", "available", "available", "down"]


def test_a_session_that_is_up_before_the_vif_is_reported_counts_then(
    office: Office, connection: Connection
) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.observe(office.peer(vif_id).id, "up")
    assert office.vif(vif_id)["virtualInterfaceState"] == "pending"
    office.cloud.vif_configured(vif_id)
    assert office.vif(vif_id)["virtualInterfaceState"] == "available"


def test_a_deleted_vif_is_listed_for_a_quarter_of_an_hour(
    office: Office, connection: Connection, clock: Clock
) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
    assert office.peer(vif_id).state == "deleting"
    office.cloud.vif_removed(vif_id)
    assert (office.peer(vif_id).state, office.peer(vif_id).status) == ("deleted", "down")
    assert office.cloud.due(clock.now + 899) == clock.now + 900
    assert [vif["virtualInterfaceId"] for vif in office.vifs()] == [vif_id]
    assert office.cloud.due(clock.now + 900) is None
    assert office.vifs(virtualInterfaceId=vif_id) == []


def test_vlan_and_addresses_are_free_when_nothing_is_left(
    open_office: Callable[..., Office], clock: Clock
) -> None:
    office = open_office()
    connection = office.plug()
    vif_id = office.private(connection.id, vlan=7)["virtualInterfaceId"]
    block = office.peer(vif_id).block
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
    with pytest.raises(ClientException) as raised:
        office.private(connection.id, vlan=7)
    assert raised.value.message == f"VLAN 7 is already in use on Connection {connection.id} by {vif_id}."
    office.cloud.vif_removed(vif_id)
    again = office.private(connection.id, vlan=7)
    assert office.peer(again["virtualInterfaceId"]).block != block


def test_the_same_vlan_on_another_connection_is_another(office: Office) -> None:
    assert office.private(office.plug("a").id, vlan=7)["vlan"] == 7
    assert office.private(office.plug("b").id, vlan=7)["vlan"] == 7


def test_the_same_given_addresses_on_another_vif_do_not_disturb(
    office: Office, connection: Connection
) -> None:
    given = {"amazonAddress": "169.254.254.1/30", "customerAddress": "169.254.254.2/30"}
    office.private(connection.id, vlan=1, **given)
    assert office.private(connection.id, vlan=2, **given)["amazonAddress"] == "169.254.254.1/30"
    automatic = [office.private(connection.id, vlan=vlan)["amazonAddress"] for vlan in (3, 4)]
    assert automatic == ["169.254.255.1/30", "169.254.253.1/30"]


# ===== quotas =====


def test_the_quotas_of_a_connection(open_office: Callable[..., Office]) -> None:
    office = open_office(quotas=Quotas(private_and_public_vifs=2, transit_vifs=2, vifs=3))
    connection = office.plug()
    hub = office.gateway()
    office.private(connection.id, vlan=1)
    office.public(connection.id, vlan=2)
    with pytest.raises(ClientException) as raised:
        office.private(connection.id, vlan=3)
    assert raised.value.message == (
        f"Exceeded the maximum number of virtual interfaces on {connection.id}. The limit is 2"
    )
    office.transit(connection.id, hub, vlan=4)
    with pytest.raises(ClientException) as raised:
        office.transit(connection.id, hub, vlan=5)
    assert raised.value.message == (
        f"Exceeded the maximum number of virtual interfaces on {connection.id}. The limit is 3"
    )


def test_transit_vifs_have_a_quota_of_their_own(open_office: Callable[..., Office]) -> None:
    office = open_office(quotas=Quotas(transit_vifs=1))
    connection = office.plug()
    office.transit(connection.id, office.gateway(), vlan=1)
    with pytest.raises(ClientException) as raised:
        office.transit(connection.id, office.gateway(), vlan=2)
    assert raised.value.message == (
        f"Exceeded the maximum number of transit virtual interfaces on {connection.id}. The limit is 1"
    )


def test_a_gateway_takes_so_many_vifs_of_one_type(open_office: Callable[..., Office]) -> None:
    office = open_office(quotas=Quotas(vifs_per_gateway=1))
    connection, hub = office.plug(), office.gateway()
    members = {"virtualGatewayId": None, "directConnectGatewayId": hub}
    vif_id = office.private(connection.id, **members)["virtualInterfaceId"]
    with pytest.raises(ClientException) as raised:
        office.private(connection.id, vlan=2, **members)
    assert (
        raised.value.message == f"Exceeded the maximum number of virtual interfaces on {hub}. The limit is 1"
    )
    with pytest.raises(ClientException) as raised:
        office.transit(connection.id, hub)
    assert raised.value.message == (
        f"Direct Connect Gateway {hub} cannot take a transit virtual interface:"
        f" it has the private one {vif_id}. Use another gateway."
    )


# ===== DescribeVirtualInterfaces =====


def test_vifs_are_found_by_id_and_by_connection(office: Office) -> None:
    first, second = office.plug("a"), office.plug("b")
    one = office.private(first.id)["virtualInterfaceId"]
    two = office.private(second.id)["virtualInterfaceId"]

    def found(**parameters: str) -> list[str]:
        return [vif["virtualInterfaceId"] for vif in office.vifs(**parameters)]

    assert found() == [one, two]
    assert found(virtualInterfaceId=two) == [two]
    assert found(connectionId=first.id) == [one]
    assert found(connectionId=first.id, virtualInterfaceId=two) == []
    assert found(connectionId="dxlag-ffrz71kw") == []
    assert found(connectionId="dxcon-notthere") == []
    assert found(virtualInterfaceId="dxvif-notthere") == []


def test_a_vif_is_its_owners_in_its_region(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    for stranger in (Caller("210987654321", "us-east-1"), Caller("123456789012", "us-west-2")):
        assert office.call_as(stranger, "DescribeVirtualInterfaces") == {"virtualInterfaces": []}
        for operation in ("DeleteVirtualInterface", "DeleteBGPPeer", "CreateBGPPeer"):
            with pytest.raises(ClientException, match=f"Virtual Interface {vif_id} does not exist"):
                office.call_as(stranger, operation, virtualInterfaceId=vif_id)


def test_an_answer_shows_the_present_version(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    before = office.vif(vif_id)
    assert office.vif(vif_id) is before
    office.add_peer(vif_id)
    assert (len(before["bgpPeers"]), len(office.vif(vif_id)["bgpPeers"])) == (1, 2)
