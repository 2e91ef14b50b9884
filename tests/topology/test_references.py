"""Names in the place of ids, and references in router configurations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.errors import TopologyError
from lab.topology.references import resolve, substitute_names

PATH = Path("edge.conf")
IPV4 = {
    "bgpPeerId": "dxpeer-1",
    "addressFamily": "ipv4",
    "bgpPeerState": "available",
    "asn": 65001,
    "asnLong": 65001,
    "authKey": 'k"$&\\1',
    "amazonAddress": "169.254.255.1/30",
    "customerAddress": "169.254.255.2/30",
}
IPV6 = IPV4 | {
    "bgpPeerId": "dxpeer-2",
    "addressFamily": "ipv6",
    "asn": 0,
    "asnLong": 4200000001,
    "amazonAddress": "2001:db8::1/125",
    "customerAddress": "2001:db8::2/125",
}


def vif(name: str, number: int, *peers: dict[str, Any], state: str = "available") -> dict[str, Any]:
    return {
        "virtualInterfaceId": f"dxvif-{number}",
        "virtualInterfaceName": name,
        "virtualInterfaceState": state,
        "vlan": 100 + number,
        "mtu": 1500,
        "amazonSideAsn": 64512,
        "bgpPeers": list(peers),
    }


OFFICE = vif("office", 1, IPV4, IPV6)


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("${office.ipv4.customerAddress}", "169.254.255.2/30"),
        ("${office.ipv4.customerAddress.ip}", "169.254.255.2"),
        ("${office.ipv4.amazonAddress}", "169.254.255.1/30"),
        ("${office.ipv4.amazonAddress.ip}", "169.254.255.1"),
        ("${office.ipv6.customerAddress}", "2001:db8::2/125"),
        ("${office.ipv6.amazonAddress.ip}", "2001:db8::1"),
        ("${office.ipv4.asn}", "65001"),
        ("${office.ipv6.asn}", "4200000001"),
        ("${office.ipv4.authKey}", 'k"$&\\1'),
        ("${office.vlan}", "101"),
        ("${office.mtu}", "1500"),
        ("${office.amazonSideAsn}", "64512"),
        ("${office.virtualInterfaceId}", "dxvif-1"),
        ("${dxvif-1.vlan}", "101"),
    ],
)
def test_references(reference: str, value: str) -> None:
    assert resolve(reference, [OFFICE], PATH) == value


def test_several_in_a_line_and_in_a_text() -> None:
    text = "! head\nneighbor ${office.ipv4.amazonAddress.ip} remote-as ${office.amazonSideAsn}\n\n!\n"
    assert resolve(text, [OFFICE], PATH) == "! head\nneighbor 169.254.255.1 remote-as 64512\n\n!\n"


@pytest.mark.parametrize(
    "text", ["$", "$$", "${}", "${word}", "$office.vlan", "{office.vlan}", "${.}", "^65001$\r\n"]
)
def test_what_is_no_reference_stays(text: str) -> None:
    assert resolve(text, [OFFICE], PATH) == text


def test_a_value_is_not_read_again() -> None:
    tricky = vif("office", 1, IPV4 | {"authKey": "${office.vlan}"})
    assert resolve("${office.ipv4.authKey}", [tricky], PATH) == "${office.vlan}"


def test_names_may_hold_dots_and_begin_alike() -> None:
    dotted = vif("office.ipv4", 2)
    assert resolve("${office.ipv4.vlan} ${office.vlan}", [OFFICE, dotted], PATH) == "102 101"


def test_deleted_ones_do_not_count() -> None:
    old = [vif("office", 2, state="deleted"), vif("office", 3, state="deleting")]
    gone = IPV4 | {"bgpPeerState": "deleted", "customerAddress": "169.254.1.2/30"}
    mixed = vif("office", 1, gone, IPV4)
    assert (
        resolve("${office.vlan} ${office.ipv4.customerAddress}", [*old, mixed], PATH)
        == "101 169.254.255.2/30"
    )


def test_the_older_of_two_peers_of_a_family_is_meant() -> None:
    second = IPV4 | {"customerAddress": "169.254.1.2/30"}
    assert (
        resolve("${office.ipv4.customerAddress.ip}", [vif("office", 1, IPV4, second)], PATH)
        == "169.254.255.2"
    )


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        (
            "${offce.vlan}",
            "there is no virtual interface 'offce'; known: home, office; did you mean 'office'?",
        ),
        (
            "${office.vlna}",
            (
                "'office' has no field 'vlna'; known: amazonSideAsn, ipv4.amazonAddress, "
                "ipv4.amazonAddress.ip, ipv4.asn, ipv4.authKey, ipv4.customerAddress, "
                "ipv4.customerAddress.ip, mtu, virtualInterfaceId, vlan; did you mean 'vlan'?"
            ),
        ),
        ("${office.ipv6.customerAddress}", "'office' has no ipv6 peer; CreateBGPPeer makes one"),
        ("${home.vlan}", "dxvif-2 and dxvif-3 are both called 'home'; use the id"),
    ],
)
def test_what_is_said_of_a_reference_to_nothing(reference: str, sentence: str) -> None:
    standing = [vif("office", 1, IPV4), vif("home", 2), vif("home", 3)]
    with pytest.raises(TopologyError) as refusal:
        resolve(f"!\n ip address {reference}\n", standing, PATH)
    assert str(refusal.value) == f"edge.conf:2: {reference}: {sentence}"


def test_what_is_said_where_there_is_no_virtual_interface_at_all() -> None:
    with pytest.raises(TopologyError, match=r"there is no virtual interface 'office'; none is known$"):
        resolve("${office.vlan}", [], PATH)


IDS = {
    "connectionId": {"office": "dxcon-1"},
    "virtualInterfaceId": {"office": "dxvif-1"},
    "directConnectGatewayId": {"backbone": "gateway-1"},
}


def test_names_become_ids_at_any_depth() -> None:
    parameters = {
        "connectionId": "office",
        "virtualInterfaceId": "office",
        "newTransitVirtualInterface": {
            "virtualInterfaceName": "office",
            "directConnectGatewayId": "backbone",
            "tags": [{"key": "connectionId", "value": "office"}],
        },
    }
    assert substitute_names(parameters, IDS) == {
        "connectionId": "dxcon-1",
        "virtualInterfaceId": "dxvif-1",
        "newTransitVirtualInterface": {
            "virtualInterfaceName": "office",
            "directConnectGatewayId": "gateway-1",
            "tags": [{"key": "connectionId", "value": "office"}],
        },
    }


def test_ids_and_lists_of_names() -> None:
    parameters = {"connectionId": ["office", "dxcon-9"], "virtualInterfaceId": "dxvif-9", "vlan": 101}
    expected = {"connectionId": ["dxcon-1", "dxcon-9"], "virtualInterfaceId": "dxvif-9", "vlan": 101}
    assert substitute_names(parameters, IDS) == expected


def test_the_parameters_themselves_stay() -> None:
    parameters = {"connectionId": "office"}
    substitute_names(parameters, IDS)
    assert parameters == {"connectionId": "office"}
