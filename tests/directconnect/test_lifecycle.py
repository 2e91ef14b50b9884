"""Every state with every event: what the tables of the module's docstring promise, and nothing else."""

from __future__ import annotations

from itertools import product

import pytest

from lab.directconnect import lifecycle
from lab.directconnect.lifecycle import (
    CONNECTION_TIMERS,
    PEER_TIMERS,
    VIF_TIMERS,
    ConnectionEvent,
    DeletePeers,
    Effect,
    LookAtSessions,
    OpenPort,
    PeerEvent,
    RemovePeers,
    VifEvent,
    step_connection,
    step_peer,
    step_vif,
)
from lab.directconnect.model import BgpPeerState, ConnectionState, VirtualInterfaceState

NOTES: dict[str, Effect] = {
    "(a)": OpenPort(),
    "(b)": DeletePeers(),
    "(c)": LookAtSessions(),
    "(d)": RemovePeers(),
}


Documented = dict[tuple[str, str], tuple[str, tuple[Effect, ...]]]


def documented(title: str) -> Documented:
    """The table under a title in the module's docstring: (state, event name) to next state and effects."""
    lines = iter((lifecycle.__doc__ or "").splitlines())
    header = next(line for line in lines if line.startswith(title))
    events = header.removeprefix(title).split()
    table: Documented = {}
    for line in lines:
        if not line.strip():
            break
        state, *cells = line.replace("(public only)", "").replace(" (", "(").split()
        for event, cell in zip(events, cells, strict=True):
            following, _, note = cell.partition("(")
            effects = (NOTES[f"({note}"],) if note else ()
            table[state, event] = (state if following == "." else following, effects)
    return table


CONNECTIONS = documented("Connection (dedicated)")
VIFS = documented("Virtual interface")
PEERS = documented("BGP peer")


def test_the_documentation_is_understood() -> None:
    assert CONNECTIONS["pending", "PORT_READY"] == ("down", (OpenPort(),))
    assert VIFS["verifying", "DELETE"] == ("deleting", (DeletePeers(),))
    assert (len(CONNECTIONS), len(VIFS), len(PEERS)) == (6 * 6, 6 * 6, 5 * 4)


@pytest.mark.parametrize(("state", "event"), [*product(ConnectionState, ConnectionEvent)])
def test_connections_move_as_documented(state: ConnectionState, event: ConnectionEvent) -> None:
    assert step_connection(state, event) == CONNECTIONS.get((state, event.name), (state, ()))


@pytest.mark.parametrize(("state", "event"), [*product(VirtualInterfaceState, VifEvent)])
def test_virtual_interfaces_move_as_documented(state: VirtualInterfaceState, event: VifEvent) -> None:
    assert step_vif(state, event) == VIFS.get((state, event.name), (state, ()))


@pytest.mark.parametrize(("state", "event"), [*product(BgpPeerState, PeerEvent)])
def test_peers_move_as_documented(state: BgpPeerState, event: PeerEvent) -> None:
    assert step_peer(state, event) == PEERS.get((state, event.name), (state, ()))


def test_what_is_deleted_stays_deleted() -> None:
    assert {step_connection(ConnectionState.DELETED, event)[0] for event in ConnectionEvent} == {"deleted"}
    assert {step_vif(VirtualInterfaceState.DELETED, event)[0] for event in VifEvent} == {"deleted"}
    assert {step_peer(BgpPeerState.DELETED, event)[0] for event in PeerEvent} == {"deleted"}


def test_every_state_that_a_timer_ends_does_end_by_it() -> None:
    for connection, (event, _) in CONNECTION_TIMERS.items():
        assert step_connection(connection, event)[0] is not connection
    for vif, (vif_event, _) in VIF_TIMERS.items():
        assert step_vif(vif, vif_event)[0] is not vif
    for peer, (peer_event, _) in PEER_TIMERS.items():
        assert step_peer(peer, peer_event)[0] is not peer
