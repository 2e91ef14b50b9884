from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ClientException
from lab.directconnect.settings import Quotas
from tests.directconnect.office import VGW, Office


def test_a_gateway_is_available_at_once(office: Office) -> None:
    answer = office.call("CreateDirectConnectGateway", directConnectGatewayName="DxGateway1")
    gateway = answer["directConnectGateway"]
    assert {**gateway, "directConnectGatewayId": ""} == {
        "directConnectGatewayId": "",
        "directConnectGatewayName": "DxGateway1",
        "amazonSideAsn": 64512,
        "ownerAccount": "123456789012",
        "directConnectGatewayState": "available",
        "tags": [],
    }
    assert office.call("DescribeDirectConnectGateways")["directConnectGateways"] == [gateway]


def test_gateways_are_found_by_id(office: Office) -> None:
    one, two = office.gateway("one"), office.gateway("two")

    def found(**parameters: str) -> list[str]:
        answer = office.call("DescribeDirectConnectGateways", **parameters)
        return [gateway["directConnectGatewayId"] for gateway in answer["directConnectGateways"]]

    assert found() == [one, two]
    assert found(directConnectGatewayId=two) == [two]
    assert found(directConnectGatewayId="5f294f92-bafb-4011-916d-9b0bd1234567") == []


def test_a_gateway_is_its_accounts_in_every_region(office: Office) -> None:
    gateway_id = office.gateway()
    elsewhere, stranger = Caller("123456789012", "eu-west-1"), Caller("210987654321", "us-east-1")
    assert len(office.call_as(elsewhere, "DescribeDirectConnectGateways")["directConnectGateways"]) == 1
    assert office.call_as(stranger, "DescribeDirectConnectGateways") == {"directConnectGateways": []}
    with pytest.raises(ClientException, match="does not exist"):
        office.call_as(stranger, "DeleteDirectConnectGateway", directConnectGatewayId=gateway_id)


def test_a_deleted_gateway_is_not_listed(office: Office) -> None:
    gateway_id = office.gateway()
    answer = office.call("DeleteDirectConnectGateway", directConnectGatewayId=gateway_id)
    assert answer["directConnectGateway"]["directConnectGatewayState"] == "deleting"
    assert office.call("DescribeDirectConnectGateways") == {"directConnectGateways": []}
    with pytest.raises(ClientException) as raised:
        office.call("DeleteDirectConnectGateway", directConnectGatewayId=gateway_id)
    assert raised.value.message == f"Direct Connect Gateway {gateway_id} does not exist."


def test_a_gateway_with_vifs_stays(office: Office) -> None:
    gateway_id = office.gateway()
    vif_id = office.transit(office.plug().id, gateway_id)["virtualInterfaceId"]
    with pytest.raises(ClientException) as raised:
        office.call("DeleteDirectConnectGateway", directConnectGatewayId=gateway_id)
    assert raised.value.message == (
        f"Direct Connect Gateway {gateway_id} has virtual interfaces attached: delete {vif_id} first."
    )
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
    office.cloud.vif_removed(vif_id)
    office.call("DeleteDirectConnectGateway", directConnectGatewayId=gateway_id)


def test_an_account_has_so_many_gateways(open_office: Callable[..., Office]) -> None:
    office = open_office(quotas=Quotas(gateways=1))
    office.gateway()
    with pytest.raises(ClientException) as raised:
        office.gateway("more")
    assert raised.value.message == "Exceeded the maximum number of Direct Connect Gateways. The limit is 1"


def test_virtual_gateways_are_those_of_the_topology(office: Office) -> None:
    office.cloud.declare_gateway(VGW, asn=None, cidrs=())
    office.cloud.declare_gateway("hub", asn=None, cidrs=())
    assert office.call("DescribeVirtualGateways") == {
        "virtualGateways": [{"virtualGatewayId": VGW, "virtualGatewayState": "available"}]
    }
