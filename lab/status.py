"""The lab's own view of itself, for `dxlab status` and everything that watches a lab.

It is what the AWS API has no words for: since when a session is in its state, and why. Keys never appear in
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lab.bgp.session import Session
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import (
    BgpPeer,
    Connection,
    ConnectionState,
    VirtualInterface,
    VirtualInterfaceState,
)

Sessions = Mapping[str, Session]


def status(
    name: str, cloud: Cloud, sessions: Mapping[str, Session], host_ports: Mapping[str, str]
) -> dict[str, Any]:
    """Connections, their VIFs and these VIFs' peers, as one document.

    :param host_ports: by connection id, the interface of this machine that is the port.

    Addresses are CIDR text, times are seconds since the epoch (null where nothing happened yet), states are
    AWS's words. `hostInterface` is null for a port that leads to a router of the lab's, or nowhere. `cause` is left to
    whoever has it looked for (`lab.verdicts`). `unstored` says why the newest reports are not stored yet; null while
    all are.
    """
    vifs = [vif for vif in cloud.virtual_interfaces() if vif.state is not VirtualInterfaceState.DELETED]
    return {
        "lab": name,
        "unstored": str(cloud.unstored) if cloud.unstored else None,
        "connections": [
            {
                **_connection(
                    connection, [vif for vif in vifs if vif.connection_id == connection.id], sessions
                ),
                "hostInterface": host_ports.get(connection.id),
            }
            for connection in cloud.connections()
            if connection.state is not ConnectionState.DELETED
        ],
    }


def _connection(connection: Connection, vifs: list[VirtualInterface], sessions: Sessions) -> dict[str, Any]:
    return {
        "connectionId": connection.id,
        "connectionName": connection.name,
        "location": connection.location,
        "connectionState": connection.state.value,
        "virtualInterfaces": [_vif(vif, sessions) for vif in vifs],
    }


def _vif(vif: VirtualInterface, sessions: Sessions) -> dict[str, Any]:
    return {
        "virtualInterfaceId": vif.id,
        "virtualInterfaceName": vif.name,
        "virtualInterfaceType": vif.type.value,
        "virtualInterfaceState": vif.state.value,
        "vlan": vif.vlan,
        "amazonSideAsn": vif.amazon_side_asn,
        "bgpPeers": [_peer(peer, sessions) for peer in vif.peers],
    }


def _peer(peer: BgpPeer, sessions: Sessions) -> dict[str, Any]:
    session = sessions.get(peer.id, Session())
    return {
        "bgpPeerId": peer.id,
        "addressFamily": peer.family.value,
        "asn": peer.asn,
        "amazonAddress": str(peer.amazon_address),
        "customerAddress": str(peer.customer_address),
        "bgpPeerState": peer.state.value,
        "bgpStatus": peer.status.value,
        "since": session.since or None,
        "reason": session.reason,
        "acceptedPrefixes": len(session.routes),
        "cause": None,
    }


def history(cloud: Cloud) -> dict[str, Any]:
    """What happened to every peer, oldest first: the steps on the way to its session and each `bgpStatus`
    since.
    """
    peers = [peer for vif in cloud.virtual_interfaces() for peer in vif.peers]
    return {peer.id: [entry.model_dump(mode="json") for entry in cloud.history(peer.id)] for peer in peers}


def routes(cloud: Cloud, sessions: Sessions) -> dict[str, Any]:
    """For every peer, the routes that AWS accepted and the prefixes that it advertises."""
    return {
        peer.id: {
            "accepted": [asdict(route) for route in sessions.get(peer.id, Session()).routes.values()],
            "advertised": [str(prefix) for prefix in cloud.advertised_prefixes(vif, peer.family)],
        }
        for vif in cloud.virtual_interfaces()
        for peer in vif.standing_peers
    }
