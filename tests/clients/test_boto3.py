"""boto3 against a live lab, once in each protocol: whole lives of everything that a customer can order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from tests.clients.customer import (
    BRANCH,
    OFFICE,
    PUBLIC,
    Record,
    answer_peer,
    connection,
    delete_virtual_interface,
    order_gateway,
    order_port,
    received,
    statuses,
    virtual_interface,
)
from tests.clients.document import CLIENTS, expected_output, programs
from tests.clients.shell import Shell
from tests.support.cbor_client import PROTOCOL, cbor_client, json_client
from tests.support.command import Running, eventually

pytestmark = [pytest.mark.root, pytest.mark.client]


@pytest.fixture(scope="module", params=["json", PROTOCOL])
def client(
    request: pytest.FixtureRequest, lab: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BaseClient]:
    model: Path = tmp_path_factory.mktemp("model")
    made = json_client(lab.url) if request.param == "json" else cbor_client(lab.url, model)
    assert made.meta.service_model.resolved_protocol == request.param
    yield made
    made.close()


@pytest.fixture
def office(client: BaseClient) -> Record:
    """The connection that the lab's cable is."""
    (found,) = (c for c in client.describe_connections()["connections"] if c["connectionName"] == "office")
    return dict(found)


@pytest.fixture
def port(client: BaseClient) -> Iterator[str]:
    """A connection that the test orders, by its id; what is on it goes with it."""
    ordered = order_port(client)
    yield ordered
    for vif in client.describe_virtual_interfaces(connectionId=ordered)["virtualInterfaces"]:
        if vif["virtualInterfaceState"] != "deleted":
            delete_virtual_interface(client, vif["virtualInterfaceId"])
    client.delete_connection(connectionId=ordered)


def test_the_documented_session(shell: Shell, lab: Running) -> None:
    shown = programs(CLIENTS.read_text(), "boto3")

    assert shell.run(*shown) == expected_output(shown)
    eventually(lambda: lab.vifs()[-1]["virtualInterfaceState"] == "deleted", "the VIF to be gone")


def test_a_private_virtual_interface_and_its_sessions(
    client: BaseClient, office: Record, lab: Running
) -> None:
    made = client.create_private_virtual_interface(
        connectionId=office["connectionId"], newPrivateVirtualInterface=OFFICE
    )
    vif = made["virtualInterfaceId"]
    assert {name: made[name] for name in OFFICE} == OFFICE
    assert (made["virtualInterfaceState"], made["bgpPeers"][0]["bgpStatus"]) == ("pending", "down")
    eventually(lambda: statuses(client, vif) == {"ipv4": "up"}, "the IPv4 session to be up")

    added = client.create_bgp_peer(virtualInterfaceId=vif, newBGPPeer={"addressFamily": "ipv6", "asn": 65001})
    peer = added["virtualInterface"]["bgpPeers"][-1]
    answer_peer(lab, peer)
    eventually(lambda: statuses(client, vif) == {"ipv4": "up", "ipv6": "up"}, "both sessions to be up")
    eventually(lambda: received(lab) == {"10.10.0.0/16", "2001:db8:10::/56"}, "the routes of the VPC")
    assert virtual_interface(client, vif)["virtualInterfaceState"] == "available"
    assert peer["authKey"] in virtual_interface(client, vif)["customerRouterConfig"]

    left = client.delete_bgp_peer(virtualInterfaceId=vif, bgpPeerId=peer["bgpPeerId"])["virtualInterface"]
    assert [p["bgpPeerState"] for p in left["bgpPeers"]] == ["available", "deleting"]
    assert peer["authKey"] not in left["customerRouterConfig"]
    eventually(lambda: received(lab) == {"10.10.0.0/16"}, "the IPv6 route to be withdrawn")
    delete_virtual_interface(client, vif)
    eventually(lambda: received(lab) == set(), "the IPv4 route to be withdrawn")


def test_a_transit_virtual_interface(client: BaseClient, port: str) -> None:
    gateway = order_gateway(client, "transit", 64514)
    wanted = {**BRANCH, "virtualInterfaceName": "transit", "vlan": 202, "mtu": 8500}

    made = client.create_transit_virtual_interface(
        connectionId=port, newTransitVirtualInterface={**wanted, "directConnectGatewayId": gateway}
    )["virtualInterface"]

    assert {name: made[name] for name in wanted} == wanted
    assert (made["virtualInterfaceType"], made["amazonSideAsn"]) == ("transit", 64514)
    assert made["bgpPeers"][0]["amazonAddress"].startswith("169.254.")
    with pytest.raises(client.exceptions.DirectConnectClientException, match="virtual interface"):
        client.delete_direct_connect_gateway(directConnectGatewayId=gateway)
    delete_virtual_interface(client, made["virtualInterfaceId"])
    client.delete_direct_connect_gateway(directConnectGatewayId=gateway)


def test_a_public_virtual_interface(client: BaseClient, port: str) -> None:
    wanted = {**BRANCH, **PUBLIC, "virtualInterfaceName": "public", "vlan": 203}

    made = client.create_public_virtual_interface(connectionId=port, newPublicVirtualInterface=wanted)

    assert {name: made[name] for name in wanted} == wanted
    assert (made["virtualInterfaceState"], made["amazonSideAsn"]) == ("verifying", 7224)
    eventually(
        lambda: virtual_interface(client, made["virtualInterfaceId"])["virtualInterfaceState"] == "down",
        "the VIF to be verified and made",
    )


def test_a_connection_from_order_to_deletion(client: BaseClient) -> None:
    ordered = client.create_connection(location="EqDC2", bandwidth="10Gbps", connectionName="second")
    id_ = ordered["connectionId"]
    assert ordered["connectionState"] == "requested"
    eventually(lambda: connection(client, id_)["connectionState"] == "down", "the port to be ready")
    assert connection(client, id_)["awsDevice"].startswith("EqDC2-")

    assert client.delete_connection(connectionId=id_)["connectionState"] == "deleting"
    eventually(lambda: connection(client, id_)["connectionState"] == "deleted", "the port to be given back")
    with pytest.raises(client.exceptions.DirectConnectClientException, match="Could not find Connection"):
        client.delete_connection(connectionId=id_)


def test_gateways_page_by_page(client: BaseClient) -> None:
    wanted = {order_gateway(client, f"page-{number}", 64520 + number) for number in range(3)}

    pages = client.get_paginator("describe_direct_connect_gateways").paginate(
        PaginationConfig={"PageSize": 1}
    )
    found = [gateway["directConnectGatewayId"] for page in pages for gateway in page["directConnectGateways"]]

    assert wanted <= set(found)
    assert len(found) == len(set(found))
    for gateway in wanted:
        client.delete_direct_connect_gateway(directConnectGatewayId=gateway)
    left = client.describe_direct_connect_gateways()["directConnectGateways"]
    assert wanted.isdisjoint(gateway["directConnectGatewayId"] for gateway in left)


def test_tags_of_a_connection(client: BaseClient, port: str) -> None:
    arn = f"arn:aws:directconnect:us-east-1:123456789012:dxcon/{port}"
    client.tag_resource(resourceArn=arn, tags=[{"key": "owner", "value": "Größe"}, {"key": "stage"}])
    client.untag_resource(resourceArn=arn, tagKeys=["stage", "absent"])

    [described] = client.describe_tags(resourceArns=[arn])["resourceTags"]

    assert described == {"resourceArn": arn, "tags": [{"key": "owner", "value": "Größe"}]}
    assert connection(client, port)["tags"] == described["tags"]


def test_refusals_are_exceptions_of_their_own(client: BaseClient, port: str) -> None:
    arn = f"arn:aws:directconnect:us-east-1:123456789012:dxcon/{port}"
    errors = client.exceptions

    with pytest.raises(errors.DirectConnectClientException, match="dxvif-1 has an invalid format"):
        client.create_bgp_peer(virtualInterfaceId="dxvif-1", newBGPPeer={"asn": 65001})
    with pytest.raises(errors.DuplicateTagKeysException):
        client.tag_resource(resourceArn=arn, tags=[{"key": "twice", "value": text} for text in "ab"])
    with pytest.raises(errors.TooManyTagsException):
        client.tag_resource(resourceArn=arn, tags=[{"key": str(number)} for number in range(51)])
    assert connection(client, port)["tags"] == []


def test_what_is_not_simulated_says_so(client: BaseClient) -> None:
    with pytest.raises(client.exceptions.DirectConnectClientException) as refused:
        client.describe_lags()

    assert refused.value.response["Error"]["Message"] == "DescribeLags is not simulated yet."
