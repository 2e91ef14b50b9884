"""What virtual interfaces lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clone.accounts import GATEWAY, NAMELESS, Record, clone, remarks, requests, vif
from tests.clone.worlds import loaded, played, world


def test_associations_say_what_is_behind_a_gateway(tmp_path: Path) -> None:
    def association(state: str, *cidrs: str) -> Record:
        allowed = [{"cidr": cidr} for cidr in cidrs]
        return {
            "directConnectGatewayId": GATEWAY,
            "associationState": state,
            "allowedPrefixesToDirectConnectGateway": allowed,
        }

    associations = [
        association("associated", "10.0.0.0/8", "2001:db8::/56", "masked"),
        association("updating", "10.0.0.0/8", "192.168.0.0/16"),
        association("disassociating", "172.16.0.0/12"),
        {**association("associated", "100.64.0.0/10"), "directConnectGatewayId": "another"},
    ]
    gateway = {"directConnectGatewayId": GATEWAY, "directConnectGatewayName": "hub", "amazonSideAsn": 64600}
    topology = clone(
        vif(virtualGatewayId="", directConnectGatewayId=GATEWAY, amazonSideAsn=64600),
        directConnectGateways=[gateway],
        directConnectGatewayAssociations=associations,
    )
    declared = loaded(tmp_path, topology).gateways["hub"]
    assert [str(cidr) for cidr in declared.cidrs] == ["10.0.0.0/8", "2001:db8::/56", "192.168.0.0/16"]
    assert requests(topology)[0] == {
        "CreateDirectConnectGateway": {"directConnectGatewayName": "hub", "amazonSideAsn": 64600}
    }
    assert remarks(topology) == [NAMELESS]


@pytest.mark.parametrize(
    ("name", "key"),
    [("public", "public-2"), ("vgw-hub", "gateway-hub"), ("Zürich", "Z-rich"), ("hub", "hub")],
)
def test_a_gateway_may_need_another_name(name: str, key: str, tmp_path: Path) -> None:
    gateway = {"directConnectGatewayId": GATEWAY, "directConnectGatewayName": name, "amazonSideAsn": 64600}
    topology = clone(
        vif(1, virtualGatewayId="", directConnectGatewayId=GATEWAY),
        vif(2, virtualGatewayId="", directConnectGatewayId=GATEWAY),
        directConnectGateways=[gateway],
    )
    assert list(loaded(tmp_path, topology).gateways) == [key]
    wanted = [] if name == key else [f"the gateway {GATEWAY} is called '{key}' here"]
    assert remarks(topology) == [NAMELESS, *wanted]


@pytest.mark.parametrize(
    ("members", "remark"),
    [
        (
            {"virtualGatewayId": "vgw-masked"},
            "dxvif-fg000001 'office 1' leads to 'vgw-masked': vgw-9c732cb83459764a4 stands for it",
        ),
        (
            {"amazonSideAsn": None},
            "dxvif-fg000001 'office 1' does not say Amazon's ASN: 64512 stands for it",
        ),
        (
            {"directConnectGatewayId": GATEWAY, "amazonSideAsn": 7224},
            f"the gateway {GATEWAY} has the ASN 7224, which none can have in the lab: 64512 stands for it",
        ),
        (
            {"directConnectGatewayId": GATEWAY, "amazonSideAsn": None},
            f"the gateway {GATEWAY} does not say its ASN: 64512 stands for it",
        ),
    ],
)
def test_what_stands_for_a_gateway(members: Record, remark: str, tmp_path: Path) -> None:
    topology = clone(vif(**members))
    assert remarks(topology)[-1] == remark
    with world() as office:
        played(office, loaded(tmp_path, topology))
