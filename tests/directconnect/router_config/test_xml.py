from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given

from lab.directconnect.model import BgpPeer, BgpPeerState
from lab.directconnect.router_config.xml import customer_router_config
from tests.directconnect.router_config.vifs import IPV6, KEYS, peer, vif

RECORDED_DUAL_STACK = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<logical_connection id="dxvif-fg1vuj3d">\n  <vlan>125</vlan>\n'
    "  <customer_address>169.254.255.2/30</customer_address>\n"
    "  <amazon_address>169.254.255.1/30</amazon_address>\n  <bgp_asn>65000</bgp_asn>\n"
    "  <bgp_auth_key>0xC_ukbCerl6EYA0uexample</bgp_auth_key>\n"
    "  <ipv6_customer_address>2001:db8:1100:2f0:0:1:9cb4:4216/125</ipv6_customer_address>\n"
    "  <ipv6_amazon_address>2001:db8:1100:2f0:0:1:9cb4:4211/125</ipv6_amazon_address>\n"
    "  <ipv6_bgp_asn>64600</ipv6_bgp_asn>\n"
    "  <ipv6_bgp_auth_key>0xS27kAIU_VHPjjAexample</ipv6_bgp_auth_key>\n"
    "  <amazon_bgp_asn>7224</amazon_bgp_asn>\n  <connection_type>private</connection_type>\n"
    "</logical_connection>\n"
)


def test_two_families_as_aws_has_published_them() -> None:
    second = peer(IPV6, asn=64600, key="0xS27kAIU_VHPjjAexample", state=BgpPeerState.PENDING)
    assert customer_router_config(vif(peer(), second)) == RECORDED_DUAL_STACK
    assert customer_router_config(vif(second, peer())) == RECORDED_DUAL_STACK


def names(document: str) -> list[str]:
    return [element.tag for element in ElementTree.fromstring(document.encode())]


SHARED = ["vlan", "amazon_bgp_asn", "connection_type"]
FOUR = ["customer_address", "amazon_address", "bgp_asn", "bgp_auth_key"]


@pytest.mark.parametrize(
    ("peers", "expected"),
    [
        ((peer(),), FOUR),
        ((peer(IPV6),), [f"ipv6_{name}" for name in FOUR]),
        ((peer(), peer(IPV6, state=BgpPeerState.DELETING)), FOUR),
        ((peer(state=BgpPeerState.DELETED),), []),
    ],
)
def test_a_family_has_elements_while_it_has_a_peer_that_stands(
    peers: tuple[BgpPeer, ...], expected: list[str]
) -> None:
    assert names(customer_router_config(vif(*peers))) == [SHARED[0], *expected, *SHARED[1:]]


def test_of_two_peers_of_a_family_the_older_is_shown() -> None:
    second = peer(("10.0.0.1/30", "10.0.0.2/30"), asn=65002)
    document = customer_router_config(vif(peer(), second))
    assert names(document) == [SHARED[0], *FOUR, *SHARED[1:]]
    assert "<bgp_asn>65000<" in document


@given(KEYS)
def test_every_key_comes_through(key: str) -> None:
    root = ElementTree.fromstring(customer_router_config(vif(peer(key=key))).encode())
    assert root.findtext("bgp_auth_key") == key
