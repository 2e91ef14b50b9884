"""What resources mean on the machine."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, ip_address, ip_interface, ip_network

import pytest

from lab.controller.plan import is_wired, leaving_peers, router_id, speaker_spec, wired_peers, wiring_of
from lab.directconnect.model import BgpPeer, BgpPeerState, VirtualInterface, VirtualInterfaceState
from tests.directconnect.office import VGW, Office

WIRED = {
    VirtualInterfaceState.PENDING,
    VirtualInterfaceState.AVAILABLE,
    VirtualInterfaceState.DOWN,
    VirtualInterfaceState.TESTING,
    VirtualInterfaceState.UNKNOWN,
}


@pytest.fixture
def vif(office: Office) -> VirtualInterface:
    """A private VIF with a peer of each family."""
    office.cloud.declare_gateway(
        VGW, asn=64512, cidrs=[ip_network("10.10.0.0/16"), ip_network("2001:db8:10::/56")]
    )
    created = office.private(office.plug().id, authKey="s3cretKey9")
    return office.resource(office.add_peer(created["virtualInterfaceId"])["virtualInterfaceId"])


def with_first_peer(vif: VirtualInterface, state: BgpPeerState) -> VirtualInterface:
    first, *others = vif.peers
    return vif.model_copy(update={"peers": (first.model_copy(update={"state": state}), *others)})


@pytest.mark.parametrize("state", VirtualInterfaceState)
def test_a_vif_is_wired_once_it_is_confirmed_and_until_it_is_deleted(
    vif: VirtualInterface, state: VirtualInterfaceState
) -> None:
    assert is_wired(vif.model_copy(update={"state": state})) is (state in WIRED)


@pytest.mark.parametrize(
    ("state", "wired", "leaving"),
    [
        (BgpPeerState.VERIFYING, False, False),
        (BgpPeerState.PENDING, True, False),
        (BgpPeerState.AVAILABLE, True, False),
        (BgpPeerState.DELETING, False, True),
        (BgpPeerState.DELETED, False, False),
    ],
)
def test_which_peers_hold_an_address(
    vif: VirtualInterface, state: BgpPeerState, wired: bool, leaving: bool
) -> None:
    changed = with_first_peer(vif, state)
    first, second = changed.peers
    assert wired_peers(changed) == ((first, second) if wired else (second,))
    assert leaving_peers(changed) == ((first,) if leaving else ())


def test_what_shows_in_the_kernel(vif: VirtualInterface) -> None:
    wiring = wiring_of(vif)
    assert (wiring.connection_id, wiring.vlan, wiring.mtu) == (vif.connection_id, 101, 1500)
    assert wiring.addresses == tuple(peer.amazon_address for peer in vif.peers)


def test_what_does_not_show_in_the_kernel(vif: VirtualInterface) -> None:
    renamed = vif.model_copy(update={"name": "other", "state": VirtualInterfaceState.DOWN})
    assert wiring_of(renamed) == wiring_of(vif)


@pytest.mark.parametrize("change", [{"connection_id": "dxcon-zzzzzzzz"}, {"vlan": 102}, {"mtu": 8500}])
def test_what_makes_another_sub_interface(vif: VirtualInterface, change: dict[str, object]) -> None:
    assert wiring_of(vif.model_copy(update=change)).interface != wiring_of(vif).interface


def test_a_leaving_peer_changes_the_addresses_alone(vif: VirtualInterface) -> None:
    changed = with_first_peer(vif, BgpPeerState.DELETING)
    assert wiring_of(changed) != wiring_of(vif)
    assert wiring_of(changed).interface == wiring_of(vif).interface
    assert wiring_of(changed).addresses == (vif.peers[1].amazon_address,)


def test_the_router_id_follows_the_vif_alone(vif: VirtualInterface) -> None:
    other = vif.model_copy(update={"id": "dxvif-zzzzzzzz"})
    assert router_id(with_first_peer(vif, BgpPeerState.DELETED)) == router_id(vif)
    assert router_id(other) != router_id(vif)


def test_the_router_id_is_a_shared_address(vif: VirtualInterface) -> None:
    many = [router_id(vif.model_copy(update={"id": f"dxvif-{number:08d}"})) for number in range(1000)]
    assert all(each in IPv4Network("100.64.0.0/10") for each in many)
    assert IPv4Address("100.64.0.0") not in many
    assert len(set(many)) > 990


def test_the_speaker_of_a_peer(office: Office, vif: VirtualInterface) -> None:
    peer = vif.peers[0].model_copy(
        update={
            "amazon_address": ip_interface("169.254.7.1/30"),
            "customer_address": ip_interface("169.254.7.2/30"),
        }
    )
    spec = speaker_spec(office.cloud, vif, peer, "dxlab-tlab-plan.vif")
    assert spec.peer_id == peer.id
    assert spec.namespace == "dxlab-tlab-plan.vif"
    assert (spec.local_address, spec.peer_address) == (ip_address("169.254.7.1"), ip_address("169.254.7.2"))
    assert (spec.local_asn, spec.peer_asn) == (64512, 65001)
    assert spec.auth_key == "s3cretKey9"
    assert spec.router_id == router_id(vif)
    assert (spec.prefix_limit, spec.hold_time) == (100, 90)


def test_each_family_gets_its_own_prefixes(office: Office, vif: VirtualInterface) -> None:
    def announced(peer: BgpPeer) -> list[str]:
        return [str(prefix) for prefix in speaker_spec(office.cloud, vif, peer, "any").announce]

    assert [announced(peer) for peer in vif.peers] == [["10.10.0.0/16"], ["2001:db8:10::/56"]]
