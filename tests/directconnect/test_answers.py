"""Answers member by member, against recordings of the service."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lab.directconnect import answers
from lab.directconnect.answers import VirtualInterfaceAnswers, keepable, replay
from lab.directconnect.model import Connection
from tests.directconnect.office import Office

#: The order of CreatePrivateVirtualInterface's answer as recorded in 2020, later members in their places.
VIRTUAL_INTERFACE = [
    "ownerAccount",
    "virtualInterfaceId",
    "location",
    "connectionId",
    "virtualInterfaceType",
    "virtualInterfaceName",
    "vlan",
    "asn",
    "asnLong",
    "amazonSideAsn",
    "authKey",
    "amazonAddress",
    "customerAddress",
    "addressFamily",
    "virtualInterfaceState",
    "customerRouterConfig",
    "mtu",
    "jumboFrameCapable",
    "virtualGatewayId",
    "directConnectGatewayId",
    "routeFilterPrefixes",
    "bgpPeers",
    "region",
    "awsDeviceV2",
    "awsLogicalDeviceId",
    "tags",
    "siteLinkEnabled",
]
PEER = [
    "bgpPeerId",
    "asn",
    "asnLong",
    "authKey",
    "addressFamily",
    "amazonAddress",
    "customerAddress",
    "bgpPeerState",
    "bgpStatus",
    "awsDeviceV2",
    "awsLogicalDeviceId",
]
CONNECTION = [
    "ownerAccount",
    "connectionId",
    "connectionName",
    "connectionState",
    "region",
    "location",
    "bandwidth",
    "awsDevice",
    "jumboFrameCapable",
    "awsDeviceV2",
    "awsLogicalDeviceId",
    "hasLogicalRedundancy",
    "tags",
    "macSecCapable",
]


def test_a_new_virtual_interface_has_the_recorded_members_in_their_order(
    office: Office, connection: Connection
) -> None:
    vif = office.private(connection.id)
    assert list(vif) == VIRTUAL_INTERFACE
    assert list(vif["bgpPeers"][0]) == PEER
    assert (vif["routeFilterPrefixes"], vif["tags"], vif["directConnectGatewayId"]) == ([], [], "")


def test_a_recorded_virtual_interface_comes_out_as_it_was(office: Office) -> None:
    """The values of the 2020 recording as far as they are the customer's or follow from them."""
    office.caller = type(office.caller)("018232283193", "ap-southeast-2")
    connection = office.plug("circuit", location="EqSY3", account="018232283193")
    gateway_id = office.gateway(amazonSideAsn=64999)
    vif = office.private(
        connection.id,
        virtualInterfaceName="FLUIDev030720 2 - VIF",
        vlan=2805,
        asn=64800,
        authKey="0xzxgA9YoW9h58u8SvOmXRTw",
        amazonAddress="169.254.247.1/30",
        customerAddress="169.254.247.2/30",
        virtualGatewayId=None,
        directConnectGatewayId=gateway_id,
    )
    assert vif["customerRouterConfig"] == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<logical_connection id="{vif["virtualInterfaceId"]}">\n'
        "  <vlan>2805</vlan>\n"
        "  <customer_address>169.254.247.2/30</customer_address>\n"
        "  <amazon_address>169.254.247.1/30</amazon_address>\n"
        "  <bgp_asn>64800</bgp_asn>\n"
        "  <bgp_auth_key>0xzxgA9YoW9h58u8SvOmXRTw</bgp_auth_key>\n"
        "  <amazon_bgp_asn>64999</amazon_bgp_asn>\n"
        "  <connection_type>private</connection_type>\n"
        "</logical_connection>\n"
    )
    assert (vif["location"], vif["region"], vif["virtualGatewayId"]) == ("EqSY3", "ap-southeast-2", "")


def test_a_connection_has_the_models_members_in_their_order(office: Office, connection: Connection) -> None:
    assert list(answers.connection(connection)) == CONNECTION


@pytest.mark.parametrize("member", ["prefixPoolAllocatedCountIpv4", "prefixPoolAllocatedCountIpv6"])
def test_prefix_counts_are_shown_where_they_were_given(
    office: Office, connection: Connection, member: str
) -> None:
    assert list(office.private(connection.id, **{member: 0})) == [*VIRTUAL_INTERFACE, member]


def test_an_answer_is_made_once_per_version(office: Office, connection: Connection) -> None:
    vif = office.resource(office.private(connection.id)["virtualInterfaceId"])
    made = VirtualInterfaceAnswers()
    first = made(vif)
    assert made(vif) is first
    changed = vif.model_copy(update={"vlan": 7})
    assert made(changed)["vlan"] == 7
    made.forget([vif.id, "dxvif-notthere"])
    assert made(changed) is not first
    assert made(vif) == first


def test_an_answer_can_be_kept() -> None:
    answer = {
        "a": [{"b": datetime(2026, 11, 23, 12, 30, 0, 250_000, tzinfo=UTC)}],
        "c": '"ü"',
        "d": 1,
        "e": {},
    }
    assert replay(keepable(answer)) == answer
