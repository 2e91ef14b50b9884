"""What a resource means on the machine: pure translations from AWS's words to Linux's and BGP's."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.bgp.spec import SpeakerSpec
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import BgpPeer, BgpPeerState, Interface, VirtualInterface, VirtualInterfaceState

#: States in which a VIF has no business in the kernel: not yet confirmed or verified, or gone.
_NOT_WIRED = frozenset(
    {
        VirtualInterfaceState.CONFIRMING,
        VirtualInterfaceState.VERIFYING,
        VirtualInterfaceState.REJECTED,
        VirtualInterfaceState.DELETED,
    }
)


def is_wired(vif: VirtualInterface) -> bool:
    """Whether the VIF should have an interface and speakers now."""
    return vif.state not in _NOT_WIRED and vif.state is not VirtualInterfaceState.DELETING


def wired_peers(vif: VirtualInterface) -> tuple[BgpPeer, ...]:
    """The peers that should hold an address and run a speaker."""
    leaving = {BgpPeerState.DELETING, BgpPeerState.DELETED, BgpPeerState.VERIFYING}
    return tuple(peer for peer in vif.peers if peer.state not in leaving)


def leaving_peers(vif: VirtualInterface) -> tuple[BgpPeer, ...]:
    """The peers whose speaker and address are still to be taken away."""
    return tuple(peer for peer in vif.peers if peer.state is BgpPeerState.DELETING)


@dataclass(frozen=True)
class Wired:
    """Everything of a VIF that shows in the kernel: while it stays the same, nothing has to be done there."""

    connection_id: str
    vlan: int
    mtu: int
    addresses: tuple[Interface, ...]

    @property
    def interface(self) -> tuple[str, int, int]:
        """All of it but the addresses; while this stays the same, so does the sub-interface."""
        return self.connection_id, self.vlan, self.mtu


def wiring_of(vif: VirtualInterface) -> Wired:
    """What the kernel should have of this VIF."""
    addresses = tuple(peer.amazon_address for peer in wired_peers(vif))
    return Wired(vif.connection_id, vif.vlan, vif.mtu, addresses)


def router_id(vif: VirtualInterface) -> IPv4Address:
    """The BGP identifier of the Direct Connect device on this VIF (RFC 6286: any non-zero number, unique per
    AS).

    AWS publishes no rule. It follows the VIF's id alone, so that adding or removing a peer never changes it
    under a session that is up; 100.64.0.0/10 is no customer's address.
    """
    return IPv4Address(0x64400001 | zlib.crc32(vif.id.encode()) & 0x3FFFFF)


def speaker_spec(cloud: Cloud, vif: VirtualInterface, peer: BgpPeer, namespace: str) -> SpeakerSpec:
    """The speaker that stands for this peer in the VIF's namespace."""
    return SpeakerSpec(
        peer_id=peer.id,
        namespace=namespace,
        local_address=peer.amazon_address.ip,
        peer_address=peer.customer_address.ip,
        local_asn=vif.amazon_side_asn,
        peer_asn=peer.asn,
        auth_key=peer.auth_key,
        router_id=router_id(vif),
        announce=cloud.advertised_prefixes(vif, peer.family),
        prefix_limit=cloud.prefix_limit(vif, peer.family),
        within=cloud.accepted_within(vif, peer.family),
    )
