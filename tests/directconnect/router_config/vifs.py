"""Virtual interfaces for the tests of what a router is told."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network
from typing import Any

from hypothesis import strategies as st

from lab.directconnect.model import (
    AddressFamily,
    BgpPeer,
    BgpPeerState,
    VirtualInterface,
    VirtualInterfaceState,
    VirtualInterfaceType,
)

IPV4 = ("169.254.255.1/30", "169.254.255.2/30")
SECOND_IPV4 = ("169.254.255.5/30", "169.254.255.6/30")
PUBLIC_IPV4 = ("203.0.113.1/30", "203.0.113.2/30")
IPV6 = ("2001:db8:1100:2f0:0:1:9cb4:4211/125", "2001:db8:1100:2f0:0:1:9cb4:4216/125")

#: Whatever AWS takes for a key.
KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=6, max_size=80)
#: Such keys, of few characters: those that mean something in one language or another.
NASTY_KEYS = st.text("\"'\\?!#$;{}|<>&%`x9", min_size=6, max_size=12) | st.sampled_from(
    ["$9$abcdef", "$8$abcdef"]
)


def peer(
    addresses: tuple[str, str] = IPV4,
    *,
    asn: int = 65000,
    key: str = "0xC_ukbCerl6EYA0uexample",
    state: BgpPeerState = BgpPeerState.AVAILABLE,
) -> BgpPeer:
    amazon, customer = map(ip_interface, addresses)
    return BgpPeer(
        id="dxpeer-fg12ab34",
        asn=asn,
        auth_key=key,
        family=AddressFamily(f"ipv{amazon.version}"),
        amazon_address=amazon,
        customer_address=customer,
        state=state,
        since=0,
    )


def vif(*peers: BgpPeer, **members: Any) -> VirtualInterface:  # noqa: ANN401 - members have every type
    """A private one, but for what is given."""
    terms = peer().model_dump(include={"asn", "auth_key", "family", "amazon_address", "customer_address"})
    ordinary: dict[str, Any] = {
        "id": "dxvif-fg1vuj3d",
        "owner": "123456789012",
        "region": "us-east-1",
        "location": "EqDC2",
        "connection_id": "dxcon-fguhmqlc",
        "device": "EqDC2-123h49s71dabc",
        "type": VirtualInterfaceType.PRIVATE,
        "name": "Test",
        "vlan": 125,
        "mtu": 1500,
        "state": VirtualInterfaceState.AVAILABLE,
        "since": 0,
        "amazon_side_asn": 7224,
        "peers": peers,
    }
    return VirtualInterface(**{**ordinary, **terms, **members})


#: The virtual interfaces of the golden files.
SAMPLES = {
    "private-dual-stack": vif(
        peer(),
        peer(IPV6, asn=64600, key="0xS27kAIU_VHPjjAexample"),
        name="office-private",
        amazon_side_asn=64512,
    ),
    "public-ipv4": vif(
        peer(PUBLIC_IPV4, asn=65001),
        type=VirtualInterfaceType.PUBLIC,
        name="office-public",
        vlan=126,
        route_filter_prefixes=(ip_network("198.51.100.0/24"), ip_network("2001:db8:ace::/48")),
    ),
    "transit-jumbo": vif(
        peer(IPV6, asn=4200000001),
        type=VirtualInterfaceType.TRANSIT,
        name="office-transit",
        vlan=127,
        mtu=8500,
        amazon_side_asn=4200000000,
    ),
}
