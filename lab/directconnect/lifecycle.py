"""How a connection, a virtual interface and a BGP peer live: three state machines, pure.

`step_connection`, `step_vif` and `step_peer` each take a state and an event and return the next state and the
effects that the driver (`lab.directconnect.transitions`) has to carry out. They know no clock, no store and
no other resource. An event that a state does not name changes nothing: a report that comes late (carrier seen
on a deleted connection, a VIF configured twice) is no error, it is old news.

Connection (dedicated)          ORDER_PROCESSED  PORT_READY  CARRIER_UP  CARRIER_DOWN  DELETE    REMOVED
    requested                   pending          .           .           .             deleted   .
    pending                     .                down (a)    .           .             deleting  .
    down                        .                .           available   .             deleting  .
    available                   .                .           .           down          deleting  .
    deleting                    .                .           .           .             .         deleted
    deleted                     .                .           .           .             .         .

Virtual interface               VERIFIED    CONFIGURED  SESSION_UP  SESSIONS_DOWN  DELETE        REMOVED
    verifying (public only)     pending     .           .           .              deleting (b)  .
    pending                     .           down (c)    .           .              deleting (b)  .
    down                        .           .           available   .              deleting (b)  .
    available                   .           .           .           down           deleting (b)  .
    deleting                    .           .           .           .              .             deleted (d)
    deleted                     .           .           .           .              .             .

BGP peer                        VERIFIED    CONFIGURED  DELETE      REMOVED
    verifying (public only)     pending     .           deleting    .
    pending                     .           available   deleting    .
    available                   .           .           deleting    .
    deleting                    .           .           .           deleted
    deleted                     .           .           .           .

Effects: (a) OpenPort, (b) DeletePeers, (c) LookAtSessions, (d) RemovePeers. States that only hosted
connections, hosted VIFs and failover tests reach stay as they are until those operations are here.

Some states end by themselves: `CONNECTION_TIMERS`, `VIF_TIMERS` and `PEER_TIMERS` name the event and the
delay.

States and transitions: the service model's state enumerations; the user guide on connections and virtual
interfaces; recorded answers. `available` of a connection is light on the cross connect, of a VIF a BGP
session that is up, of a peer that AWS's side is ready for the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from lab.directconnect.model import BgpPeerState, ConnectionState, VirtualInterfaceState

# ===== events =====


class ConnectionEvent(Enum):
    """What can happen to a connection."""

    ORDER_PROCESSED = auto()
    PORT_READY = auto()
    CARRIER_UP = auto()
    CARRIER_DOWN = auto()
    DELETE = auto()
    REMOVED = auto()


class VifEvent(Enum):
    """What can happen to a virtual interface; SESSION_UP: at least one, SESSIONS_DOWN: none any more."""

    VERIFIED = auto()
    CONFIGURED = auto()
    SESSION_UP = auto()
    SESSIONS_DOWN = auto()
    DELETE = auto()
    REMOVED = auto()


class PeerEvent(Enum):
    """What can happen to a BGP peer."""

    VERIFIED = auto()
    CONFIGURED = auto()
    DELETE = auto()
    REMOVED = auto()


# ===== effects =====


@dataclass(frozen=True)
class OpenPort:
    """The port is there: it has a device, and the carrier that it sees counts."""


@dataclass(frozen=True)
class LookAtSessions:
    """The VIF counts from now on: go by the sessions it has."""


@dataclass(frozen=True)
class DeletePeers:
    """The peers go with their VIF."""


@dataclass(frozen=True)
class RemovePeers:
    """Nothing of the peers is left on the machine: their addresses are free."""


Effect = OpenPort | LookAtSessions | DeletePeers | RemovePeers


class Delay(Enum):
    """The settings that say how long a state lasts which ends by itself."""

    ORDER = auto()
    PORT = auto()
    VERIFICATION = auto()


# ===== tables =====

S = TypeVar("S")
E = TypeVar("E")
Table = Mapping[tuple[S, E], tuple[S, tuple[Effect, ...]]]

_CONNECTION: Table[ConnectionState, ConnectionEvent] = {
    (ConnectionState.REQUESTED, ConnectionEvent.ORDER_PROCESSED): (ConnectionState.PENDING, ()),
    (ConnectionState.REQUESTED, ConnectionEvent.DELETE): (ConnectionState.DELETED, ()),
    (ConnectionState.PENDING, ConnectionEvent.PORT_READY): (ConnectionState.DOWN, (OpenPort(),)),
    (ConnectionState.PENDING, ConnectionEvent.DELETE): (ConnectionState.DELETING, ()),
    (ConnectionState.DOWN, ConnectionEvent.CARRIER_UP): (ConnectionState.AVAILABLE, ()),
    (ConnectionState.DOWN, ConnectionEvent.DELETE): (ConnectionState.DELETING, ()),
    (ConnectionState.AVAILABLE, ConnectionEvent.CARRIER_DOWN): (ConnectionState.DOWN, ()),
    (ConnectionState.AVAILABLE, ConnectionEvent.DELETE): (ConnectionState.DELETING, ()),
    (ConnectionState.DELETING, ConnectionEvent.REMOVED): (ConnectionState.DELETED, ()),
}

_VIF: Table[VirtualInterfaceState, VifEvent] = {
    (VirtualInterfaceState.VERIFYING, VifEvent.VERIFIED): (VirtualInterfaceState.PENDING, ()),
    (VirtualInterfaceState.VERIFYING, VifEvent.DELETE): (VirtualInterfaceState.DELETING, (DeletePeers(),)),
    (VirtualInterfaceState.PENDING, VifEvent.CONFIGURED): (VirtualInterfaceState.DOWN, (LookAtSessions(),)),
    (VirtualInterfaceState.PENDING, VifEvent.DELETE): (VirtualInterfaceState.DELETING, (DeletePeers(),)),
    (VirtualInterfaceState.DOWN, VifEvent.SESSION_UP): (VirtualInterfaceState.AVAILABLE, ()),
    (VirtualInterfaceState.DOWN, VifEvent.DELETE): (VirtualInterfaceState.DELETING, (DeletePeers(),)),
    (VirtualInterfaceState.AVAILABLE, VifEvent.SESSIONS_DOWN): (VirtualInterfaceState.DOWN, ()),
    (VirtualInterfaceState.AVAILABLE, VifEvent.DELETE): (VirtualInterfaceState.DELETING, (DeletePeers(),)),
    (VirtualInterfaceState.DELETING, VifEvent.REMOVED): (VirtualInterfaceState.DELETED, (RemovePeers(),)),
}

_PEER: Table[BgpPeerState, PeerEvent] = {
    (BgpPeerState.VERIFYING, PeerEvent.VERIFIED): (BgpPeerState.PENDING, ()),
    (BgpPeerState.VERIFYING, PeerEvent.DELETE): (BgpPeerState.DELETING, ()),
    (BgpPeerState.PENDING, PeerEvent.CONFIGURED): (BgpPeerState.AVAILABLE, ()),
    (BgpPeerState.PENDING, PeerEvent.DELETE): (BgpPeerState.DELETING, ()),
    (BgpPeerState.AVAILABLE, PeerEvent.DELETE): (BgpPeerState.DELETING, ()),
    (BgpPeerState.DELETING, PeerEvent.REMOVED): (BgpPeerState.DELETED, ()),
}

CONNECTION_TIMERS: Mapping[ConnectionState, tuple[ConnectionEvent, Delay]] = {
    ConnectionState.REQUESTED: (ConnectionEvent.ORDER_PROCESSED, Delay.ORDER),
    ConnectionState.PENDING: (ConnectionEvent.PORT_READY, Delay.PORT),
}
VIF_TIMERS: Mapping[VirtualInterfaceState, tuple[VifEvent, Delay]] = {
    VirtualInterfaceState.VERIFYING: (VifEvent.VERIFIED, Delay.VERIFICATION),
}
PEER_TIMERS: Mapping[BgpPeerState, tuple[PeerEvent, Delay]] = {
    BgpPeerState.VERIFYING: (PeerEvent.VERIFIED, Delay.VERIFICATION),
}


# ===== steps =====


def step_connection(
    state: ConnectionState, event: ConnectionEvent
) -> tuple[ConnectionState, tuple[Effect, ...]]:
    """The state after an event, and what has to be done; the first table above."""
    return _CONNECTION.get((state, event), (state, ()))


def step_vif(
    state: VirtualInterfaceState, event: VifEvent
) -> tuple[VirtualInterfaceState, tuple[Effect, ...]]:
    """The state after an event, and what has to be done; the second table above."""
    return _VIF.get((state, event), (state, ()))


def step_peer(state: BgpPeerState, event: PeerEvent) -> tuple[BgpPeerState, tuple[Effect, ...]]:
    """The state after an event, and what has to be done; the third table above."""
    return _PEER.get((state, event), (state, ()))
