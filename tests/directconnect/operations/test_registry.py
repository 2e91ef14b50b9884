"""The registry as a whole: every operation is AWS's, and answers what AWS's model says."""

from __future__ import annotations

import pytest

from lab.directconnect.errors import ClientException
from lab.directconnect.operations import OPERATIONS
from tests.directconnect.office import Office, private_members, public_members, transit_members
from tests.directconnect.shapes import MODEL, check_answer

SIMULATED = [
    "CreateConnection",
    "DescribeConnections",
    "DeleteConnection",
    "DescribeLocations",
    "CreatePrivateVirtualInterface",
    "CreatePublicVirtualInterface",
    "CreateTransitVirtualInterface",
    "DescribeVirtualInterfaces",
    "DeleteVirtualInterface",
    "CreateBGPPeer",
    "DeleteBGPPeer",
    "CreateDirectConnectGateway",
    "DescribeDirectConnectGateways",
    "DeleteDirectConnectGateway",
    "DescribeVirtualGateways",
    "TagResource",
    "UntagResource",
    "DescribeTags",
    "DescribeRouterConfiguration",
]


def test_what_is_simulated() -> None:
    assert sorted(OPERATIONS) == sorted(SIMULATED)


def test_every_operation_is_in_the_service_model() -> None:
    assert set(OPERATIONS) <= set(MODEL.operation_names)


@pytest.mark.parametrize("operation", sorted(set(MODEL.operation_names) - set(OPERATIONS)))
def test_the_others_say_so(office: Office, operation: str) -> None:
    with pytest.raises(ClientException) as raised:
        office.call(operation)
    assert raised.value.message == f"{operation} is not simulated yet."


def test_every_operation_answers_in_the_models_shape(office: Office) -> None:
    """One life of everything; `Office.call` holds each answer against the operation's output shape."""
    tags = [{"key": "owner", "value": "net"}]
    office.cloud.declare_gateway("vgw-0a1b2c3d4e5f60718", asn=64513, cidrs=())
    connection_id = office.plug().id
    order = {"location": "EqDC2", "bandwidth": "10Gbps", "connectionName": "spare"}
    details = {"providerName": "Megaport", "billingMode": "PayAsYouGo", "tags": tags}
    ordered = office.call("CreateConnection", **order, **details)
    hub, centre = office.gateway("hub", tags=tags), office.gateway("centre", amazonSideAsn=4200000000)
    private = office.private(
        connection_id,
        virtualGatewayId=None,
        directConnectGatewayId=hub,
        asn=None,
        asnLong=4200000001,
        enableSiteLink=True,
        prefixPoolAllocatedCountIpv4=7,
        prefixPoolAllocatedCountIpv6=0,
        tags=tags,
    )
    public = office.public(connection_id)
    transit = office.transit(connection_id, centre, mtu=8500)
    vif_id = private["virtualInterfaceId"]
    peer_id = office.add_peer(vif_id)["bgpPeers"][1]["bgpPeerId"]
    arn = f"arn:aws:directconnect:us-east-1:123456789012:dxvif/{vif_id}"
    office.call("TagResource", resourceArn=arn, tags=[{"key": "more"}])
    office.call("UntagResource", resourceArn=arn, tagKeys=["more"])
    office.call("DescribeTags", resourceArns=[arn])
    for operation in ("DescribeConnections", "DescribeVirtualInterfaces", "DescribeDirectConnectGateways"):
        office.call(operation)
        office.call(operation, maxResults=1)
    office.call("DescribeVirtualGateways")
    office.call("DescribeLocations")
    router = "CiscoSystemsInc-2900SeriesRouters-IOS124"
    office.call("DescribeRouterConfiguration", virtualInterfaceId=vif_id, routerTypeIdentifier=router)
    office.call("DeleteBGPPeer", virtualInterfaceId=vif_id, bgpPeerId=peer_id)
    for vif in (private, public, transit):
        office.call("DeleteVirtualInterface", virtualInterfaceId=vif["virtualInterfaceId"])
        office.cloud.vif_removed(vif["virtualInterfaceId"])
    office.vifs()
    office.call("DeleteDirectConnectGateway", directConnectGatewayId=hub)
    office.call("DeleteConnection", connectionId=ordered["connectionId"])
    office.call("DescribeConnections")


def test_the_checker_sees_what_does_not_fit() -> None:
    for wrong in (
        {"connectionsState": "down"},
        {"connectionState": "asleep"},
        {"vlan": "101"},
        {"vlan": True},
        {"jumboFrameCapable": 1},
        {"tags": {"key": "a"}},
        {"tags": [{"key": 1}]},
    ):
        with pytest.raises(AssertionError):
            check_answer("CreateConnection", wrong)


@pytest.mark.parametrize(
    ("shape", "members"),
    [
        ("NewPrivateVirtualInterface", private_members()),
        ("NewPublicVirtualInterface", public_members()),
        ("NewTransitVirtualInterface", transit_members(directConnectGatewayId="x")),
    ],
)
def test_the_requests_of_these_tests_are_in_the_model(shape: str, members: dict[str, object]) -> None:
    assert set(members) <= set(MODEL.shape_for(shape).members)
