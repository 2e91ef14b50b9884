"""CreateBGPPeer and DeleteBGPPeer: the sessions of a virtual interface."""

from __future__ import annotations

from lab.directconnect import rules
from lab.directconnect.address_rules import parse_interface
from lab.directconnect.answers import Answer
from lab.directconnect.errors import ClientException
from lab.directconnect.identifiers import Kind, well_formed
from lab.directconnect.lifecycle import PeerEvent
from lab.directconnect.model import (
    BgpPeer,
    BgpPeerState,
    LogicalRedundancy,
    VirtualInterface,
    VirtualInterfaceState,
    VirtualInterfaceType,
)
from lab.directconnect.operations.registry import Context, operation
from lab.directconnect.peering import check_room, new_peer
from lab.directconnect.rules import Parameters
from lab.directconnect.transitions import advance_peer


@operation("CreateBGPPeer")
def create_bgp_peer(context: Context, parameters: Parameters) -> Answer:
    """Add a session to a virtual interface; the answer shows it last, `pending` and `down`."""
    vif = context.virtual_interface(rules.required(parameters, "virtualInterfaceId"))
    wanted = rules.required(parameters, "newBGPPeer")
    _check_not_deleting(vif)
    peer = new_peer(
        context,
        wanted,
        vif_type=vif.type,
        amazon_side_asn=vif.amazon_side_asn,
        vif_name=vif.name,
        vif_id=vif.id,
    )
    check_room(vif.standing_peers, peer, _redundancy(context, vif))
    _check_allowed_asn(vif, peer)
    vif = context.world.virtual_interfaces.put(vif.model_copy(update={"peers": (*vif.peers, peer)}))
    return {"virtualInterface": context.answer_vif(vif)}


@operation("DeleteBGPPeer")
def delete_bgp_peer(context: Context, parameters: Parameters) -> Answer:
    """Take a session, named by id or by ASN and customer address, off its VIF; never the last one."""
    vif = context.virtual_interface(rules.required(parameters, "virtualInterfaceId"))
    peer = _select(vif, parameters)
    if peer.stands and len(vif.standing_peers) == 1:
        raise ClientException("The last BGP Peer on a Virtual Interface cannot be deleted")
    advance_peer(context.world, vif.id, peer.id, PeerEvent.DELETE, context.now)
    return {"virtualInterface": context.answer_vif(context.virtual_interface(vif.id))}


def _check_not_deleting(vif: VirtualInterface) -> None:
    if vif.state is VirtualInterfaceState.DELETING:
        raise ClientException(f"Virtual Interface {vif.id} is being deleted.")


def _redundancy(context: Context, vif: VirtualInterface) -> LogicalRedundancy:
    connection = context.world.connections.get(vif.connection_id)
    return LogicalRedundancy.UNKNOWN if connection is None else connection.logical_redundancy


def _check_allowed_asn(vif: VirtualInterface, peer: BgpPeer) -> None:
    """On a public VIF another ASN has to be private; one that the VIF has already is on its allow list."""
    allowed = {present.asn for present in vif.standing_peers}
    if (
        vif.type is VirtualInterfaceType.PUBLIC
        and peer.asn not in allowed
        and not rules.is_private_asn(peer.asn)
    ):
        raise ClientException(
            f"ASN {peer.asn} is not on the allow list of Virtual Interface {vif.id}: use a private ASN,"
            " or one of the virtual interface."
        )


def _select(vif: VirtualInterface, parameters: Parameters) -> BgpPeer:
    """The peer that every given selector fits; one that stands before one that is on its way out."""
    peer_id, address = parameters.get("bgpPeerId"), parameters.get("customerAddress")
    asn = rules.asn_selector(parameters)
    if peer_id is None and (asn is None or address is None):
        raise ClientException("bgpPeerId, or asnLong or asn together with customerAddress, is required.")
    if peer_id is not None:
        well_formed(Kind.BGP_PEER, peer_id)
    customer = None if address is None else parse_interface("Customer Address", address)
    fitting = [
        peer
        for peer in vif.peers
        if peer_id in (None, peer.id)
        and asn in (None, peer.asn)
        and customer in (None, peer.customer_address)
    ]
    if not fitting:
        named = peer_id or f"with ASN {asn} and Customer Address {address}"
        raise ClientException(f"BGP Peer {named} does not exist on Virtual Interface {vif.id}.")
    return min(fitting, key=lambda peer: peer.state is BgpPeerState.DELETING)
