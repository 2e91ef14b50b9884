"""The registry of operations, and what a handler is given to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lab.directconnect.answers import Answer
from lab.directconnect.errors import ClientException
from lab.directconnect.identifiers import Kind, well_formed
from lab.directconnect.model import (
    Connection,
    ConnectionState,
    DirectConnectGateway,
    GatewayState,
    Tag,
    VirtualInterface,
    VirtualInterfaceState,
)
from lab.directconnect.rules import Parameters
from lab.directconnect.settings import Settings
from lab.directconnect.tags import merge_tags, parse_tags
from lab.directconnect.world import World


@dataclass(frozen=True)
class Caller:
    """Who calls: the account of the access key, and the region of the credential scope."""

    account: str
    region: str


@dataclass(frozen=True)
class Context:
    """One call of an operation.

    :ivar now: epoch seconds.
    :ivar answer_vif: a virtual interface in the API's words.
    """

    world: World
    settings: Settings
    caller: Caller
    now: float
    answer_vif: Callable[[VirtualInterface], Answer]

    def owns(self, resource: Connection | VirtualInterface) -> bool:
        """Whether the caller sees this resource: it is his, and in the region he calls."""
        return (resource.owner, resource.region) == (self.caller.account, self.caller.region)

    def connection(self, connection_id: str) -> Connection:
        """The caller's connection of this id; one that is deleted cannot be found any more."""
        connection = self.world.connections.get(well_formed(Kind.CONNECTION, connection_id))
        if connection is None or not self.owns(connection) or connection.state is ConnectionState.DELETED:
            raise ClientException(f"Could not find Connection with ID {connection_id}")
        return connection

    def virtual_interface(self, vif_id: str) -> VirtualInterface:
        """The caller's virtual interface of this id, not deleted yet."""
        vif = self.world.virtual_interfaces.get(well_formed(Kind.VIRTUAL_INTERFACE, vif_id))
        if vif is None or not self.owns(vif) or vif.state is VirtualInterfaceState.DELETED:
            raise ClientException(f"Virtual Interface {vif_id} does not exist.")
        return vif

    def gateway(self, gateway_id: str) -> DirectConnectGateway:
        """The caller's Direct Connect gateway of this id."""
        gateway = self.world.gateways.get(well_formed(Kind.DIRECT_CONNECT_GATEWAY, gateway_id))
        if (
            gateway is None
            or gateway.owner != self.caller.account
            or gateway.state is not GatewayState.AVAILABLE
        ):
            raise ClientException(f"Direct Connect Gateway {gateway_id} does not exist.")
        return gateway

    def new_tags(self, parameters: Parameters) -> tuple[Tag, ...]:
        """The tags of a request that makes a resource."""
        return merge_tags((), parse_tags(parameters.get("tags") or ()), most=self.settings.quotas.tags)


Handler = Callable[[Context, Parameters], Answer]
OPERATIONS: dict[str, Handler] = {}


def operation(name: str) -> Callable[[Handler], Handler]:
    """Register a function as what the operation of this name does."""

    def register(handler: Handler) -> Handler:
        OPERATIONS[name] = handler
        return handler

    return register
