"""A small customer of AWS for tests: one lab's cloud world, and short names for what is asked of it often."""

# ruff: noqa: ANN401 - members of requests and answers have every type

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.directconnect.cloud import Caller, Changes, Cloud
from lab.directconnect.model import BgpPeer, BgpStatus, Connection, VirtualInterface
from lab.directconnect.settings import Settings
from lab.directconnect.store import FILE_NAME, Store
from tests.directconnect.shapes import check_answer

ACCOUNT = "123456789012"
REGION = "us-east-1"
VGW = "vgw-0a1b2c3d4e5f60718"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Office:
    """The caller, his connection `office`, and the cloud world behind the API; opened over a directory."""

    def __init__(self, directory: Path, clock: Clock, **settings: Any) -> None:
        self.directory = directory
        self.clock = clock
        self.caller = Caller(ACCOUNT, REGION)
        self.changes: list[Changes] = []
        self._open(settings)

    def _open(self, settings: dict[str, Any]) -> None:
        self.store = Store.open(self.directory)
        self.settings = Settings(clock=self.clock, **settings)
        self.cloud = Cloud(self.store, self.settings)
        self.cloud.subscribe(self.changes.append)

    def close(self) -> None:
        """End the process that holds the directory."""
        self.store.close()

    def reopened(self, **settings: Any) -> Office:
        """The same directory, as another process finds it."""
        self.close()
        self._open(settings)
        return self

    # ===== the API =====

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Perform an operation, and see that its answer fits the service model."""
        return self.call_as(self.caller, operation, **parameters)

    def call_as(self, caller: Caller, operation: str, **parameters: Any) -> dict[str, Any]:
        """The same as somebody else."""
        answer = self.cloud.perform(operation, caller, parameters)
        check_answer(operation, answer)
        return answer

    def private(self, connection_id: str, **members: Any) -> dict[str, Any]:
        """CreatePrivateVirtualInterface, of an ordinary VIF but for what is given."""
        return self.call(
            "CreatePrivateVirtualInterface",
            connectionId=connection_id,
            newPrivateVirtualInterface=private_members(**members),
        )

    def public(self, connection_id: str, **members: Any) -> dict[str, Any]:
        """CreatePublicVirtualInterface, of an ordinary VIF but for what is given."""
        return self.call(
            "CreatePublicVirtualInterface",
            connectionId=connection_id,
            newPublicVirtualInterface=public_members(**members),
        )

    def transit(self, connection_id: str, gateway_id: str, **members: Any) -> dict[str, Any]:
        """CreateTransitVirtualInterface, of an ordinary VIF but for what is given."""
        answer = self.call(
            "CreateTransitVirtualInterface",
            connectionId=connection_id,
            newTransitVirtualInterface=transit_members(directConnectGatewayId=gateway_id, **members),
        )
        return answer["virtualInterface"]  # type: ignore[no-any-return]

    def add_peer(self, vif_id: str, **members: Any) -> dict[str, Any]:
        """CreateBGPPeer, of an IPv6 peer but for what is given; answers the VIF."""
        peer = without_none({"addressFamily": "ipv6", "asn": 65001, **members})
        answer = self.call("CreateBGPPeer", virtualInterfaceId=vif_id, newBGPPeer=peer)
        return answer["virtualInterface"]  # type: ignore[no-any-return]

    def gateway(self, name: str = "hub", **members: Any) -> str:
        """The id of a new Direct Connect gateway."""
        answer = self.call("CreateDirectConnectGateway", directConnectGatewayName=name, **members)
        return answer["directConnectGateway"]["directConnectGatewayId"]  # type: ignore[no-any-return]

    def vifs(self, **parameters: Any) -> list[dict[str, Any]]:
        """DescribeVirtualInterfaces."""
        return self.call("DescribeVirtualInterfaces", **parameters)["virtualInterfaces"]  # type: ignore[no-any-return]

    def vif(self, vif_id: str) -> dict[str, Any]:
        """The one VIF of this id, as it is described."""
        (vif,) = self.vifs(virtualInterfaceId=vif_id)
        return vif

    def connection_state(self, connection_id: str) -> str:
        """The state of a connection, as it is described."""
        (connection,) = self.call("DescribeConnections", connectionId=connection_id)["connections"]
        return connection["connectionState"]  # type: ignore[no-any-return]

    # ===== the physical world =====

    def plug(self, name: str = "office", **details: Any) -> Connection:
        """A connection with a cable that has carrier."""
        connection = self.cloud.plug_cable(name, **{"location": "EqDC2", **details})
        self.cloud.set_carrier(connection.id, True)
        return self.connection(connection.id)

    def configure(self, vif_id: str) -> None:
        """What the controller reports once a VIF and its peers are on the machine."""
        self.cloud.vif_configured(vif_id)
        for peer in self.resource(vif_id).peers:
            self.cloud.peer_configured(vif_id, peer.id)

    def observe(self, peer_id: str, status: str, reason: str = "because") -> None:
        """What the controller reports of a session, now."""
        self.cloud.observe(peer_id, BgpStatus(status), reason=reason, at=self.clock.now)

    def connection(self, connection_id: str) -> Connection:
        """The model of a connection that there is."""
        connection = self.cloud.connection(connection_id)
        assert connection is not None
        return connection

    def resource(self, vif_id: str) -> VirtualInterface:
        """The model of a VIF that there is."""
        vif = self.cloud.virtual_interface(vif_id)
        assert vif is not None
        return vif

    def peer(self, vif_id: str, number: int = 0) -> BgpPeer:
        """The model of a VIF's peer."""
        return self.resource(vif_id).peers[number]

    def dump(self) -> list[str]:
        """Everything that the store holds, read by somebody else."""
        database = sqlite3.connect(self.directory / FILE_NAME)
        try:
            return list(database.iterdump())
        finally:
            database.close()


def private_members(**members: Any) -> dict[str, Any]:
    """NewPrivateVirtualInterface; a member given as None is left out."""
    ordinary = {"virtualInterfaceName": "office-private", "vlan": 101, "asn": 65001, "virtualGatewayId": VGW}
    return without_none({**ordinary, **members})


def transit_members(**members: Any) -> dict[str, Any]:
    """NewTransitVirtualInterface; a member given as None is left out."""
    return without_none({"virtualInterfaceName": "office-transit", "vlan": 102, "asn": 65001, **members})


def public_members(**members: Any) -> dict[str, Any]:
    """NewPublicVirtualInterface; a member given as None is left out."""
    ordinary = {
        "virtualInterfaceName": "office-public",
        "vlan": 103,
        "asn": 65001,
        "amazonAddress": "203.0.113.1/30",
        "customerAddress": "203.0.113.2/30",
        "routeFilterPrefixes": [{"cidr": "198.51.100.0/24"}],
    }
    return without_none({**ordinary, **members})


def without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value is not None}
