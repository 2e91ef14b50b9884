"""Carrying out what the state machines of `lifecycle` decide, in the world's tables.

Each function steps one resource and does what the step asks for, inside the caller's transaction. Resources
are named by id and looked up anew, so that several steps in a row build on one another. A resource that is
not there any more is left alone: the report that it changed came too late to matter.
"""

from __future__ import annotations

from lab.directconnect import identifiers
from lab.directconnect.lifecycle import (
    ConnectionEvent,
    DeletePeers,
    LookAtSessions,
    OpenPort,
    PeerEvent,
    RemovePeers,
    VifEvent,
    step_connection,
    step_peer,
    step_vif,
)
from lab.directconnect.model import (
    BgpPeer,
    BgpPeerState,
    BgpStatus,
    VirtualInterface,
    VirtualInterfaceState,
)
from lab.directconnect.world import World

# ===== connections =====


def advance_connection(world: World, connection_id: str, event: ConnectionEvent, now: float) -> None:
    """Let an event happen to a connection."""
    connection = world.connections.get(connection_id)
    if connection is None:
        return
    state, effects = step_connection(connection.state, event)
    if state is not connection.state:
        world.connections.put(connection.model_copy(update={"state": state, "since": now}))
    if OpenPort() in effects:
        _open_port(world, connection_id, now)


def set_carrier(world: World, connection_id: str, up: bool, now: float) -> None:
    """Note whether there is light on the cable, and let the connection's state follow."""
    connection = world.connections.get(connection_id)
    if connection is None:
        return
    if connection.carrier is not up:
        world.connections.put(connection.model_copy(update={"carrier": up}))
    event = ConnectionEvent.CARRIER_UP if up else ConnectionEvent.CARRIER_DOWN
    advance_connection(world, connection_id, event, now)


def _open_port(world: World, connection_id: str, now: float) -> None:
    connection = world.connections.get(connection_id)
    assert connection is not None
    device = identifiers.device(connection.location)
    world.connections.put(connection.model_copy(update={"device": device}))
    set_carrier(world, connection_id, connection.carrier, now)


# ===== virtual interfaces and peers =====


def advance_vif(world: World, vif_id: str, event: VifEvent, now: float) -> None:
    """Let an event happen to a virtual interface."""
    vif = world.virtual_interfaces.get(vif_id)
    if vif is None:
        return
    state, effects = step_vif(vif.state, event)
    if state is vif.state:
        return
    peers = vif.peers
    if DeletePeers() in effects:
        peers = tuple(_step_peer(peer, PeerEvent.DELETE, now) for peer in peers)
    if RemovePeers() in effects:
        peers = tuple(_step_peer(peer, PeerEvent.REMOVED, now) for peer in peers)
    world.virtual_interfaces.put(vif.model_copy(update={"state": state, "since": now, "peers": peers}))
    if LookAtSessions() in effects:
        follow_sessions(world, vif_id, now)


def advance_peer(world: World, vif_id: str, peer_id: str, event: PeerEvent, now: float) -> None:
    """Let an event happen to one peer of a virtual interface; a peer that is removed is no longer listed."""
    vif = world.virtual_interfaces.get(vif_id)
    if vif is None:
        return
    peers = tuple(_step_peer(peer, event, now) if peer.id == peer_id else peer for peer in vif.peers)
    if event is PeerEvent.REMOVED and vif.state is not VirtualInterfaceState.DELETED:
        peers = tuple(peer for peer in peers if peer.state is not BgpPeerState.DELETED)
    _put_peers(world, vif, peers)
    follow_sessions(world, vif_id, now)


def set_status(world: World, vif: VirtualInterface, peer_id: str, status: BgpStatus, now: float) -> None:
    """Note what was observed of a peer's session, and let the VIF's state follow."""
    peers = tuple(
        peer.model_copy(update={"status": status})
        if peer.id == peer_id and peer.status is not status
        else peer
        for peer in vif.peers
    )
    _put_peers(world, vif, peers)
    follow_sessions(world, vif.id, now)


def follow_sessions(world: World, vif_id: str, now: float) -> None:
    """Make a VIF `available` while a session is up and `down` while none is.

    While a session's status is unknown and none is up, as after a restart of the endpoint, the state stays
    what it was: nobody has seen it change.
    """
    vif = world.virtual_interfaces.get(vif_id)
    assert vif is not None
    statuses = {peer.status for peer in vif.peers}
    if BgpStatus.UP in statuses:
        advance_vif(world, vif_id, VifEvent.SESSION_UP, now)
    elif BgpStatus.UNKNOWN not in statuses:
        advance_vif(world, vif_id, VifEvent.SESSIONS_DOWN, now)


def _put_peers(world: World, vif: VirtualInterface, peers: tuple[BgpPeer, ...]) -> None:
    if peers != vif.peers:
        world.virtual_interfaces.put(vif.model_copy(update={"peers": peers}))


def _step_peer(peer: BgpPeer, event: PeerEvent, now: float) -> BgpPeer:
    state, _ = step_peer(peer.state, event)
    if state is peer.state:
        return peer
    status = BgpStatus.DOWN if state is BgpPeerState.DELETED else peer.status
    return peer.model_copy(update={"state": state, "since": now, "status": status})
