"""The nouns of the cloud world: connections, virtual interfaces, BGP peers, gateways.

A resource is a frozen value. A change is a new value in the place of the old one, so that whoever holds a
resource (the controller in another task, an answer being serialised) holds one version of it, whole.
Enumerations carry AWS's words as values. Addresses are `ipaddress` interfaces: address and prefix length are
one thing, and are one text on the wire.

AWS repeats the terms of a VIF's first peer on the VIF itself and leaves them there whatever becomes of the
peer; `SessionTerms` is what both have in common.

Shapes and words: botocore's service model `directconnect` 2012-10-25.
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network

from pydantic import BaseModel, ConfigDict, Field

Interface = IPv4Interface | IPv6Interface
Network = IPv4Network | IPv6Network

#: The largest ASN that the older `asn` member of the API shows; where the real one is longer it shows 0.
LARGEST_SHORT_ASN = 65535


class ConnectionState(StrEnum):
    """Where a connection is in its life."""

    ORDERING = "ordering"
    REQUESTED = "requested"
    PENDING = "pending"
    AVAILABLE = "available"
    DOWN = "down"
    DELETING = "deleting"
    DELETED = "deleted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class VirtualInterfaceState(StrEnum):
    """Where a virtual interface is in its life."""

    CONFIRMING = "confirming"
    VERIFYING = "verifying"
    PENDING = "pending"
    AVAILABLE = "available"
    DOWN = "down"
    TESTING = "testing"
    DELETING = "deleting"
    DELETED = "deleted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class BgpPeerState(StrEnum):
    """Where a BGP peer is in its life; whether its session is up is another matter, `BgpStatus`."""

    VERIFYING = "verifying"
    PENDING = "pending"
    AVAILABLE = "available"
    DELETING = "deleting"
    DELETED = "deleted"


class BgpStatus(StrEnum):
    """What was last observed of a peer's session; `unknown` while there is nobody to ask."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class GatewayState(StrEnum):
    """Where a Direct Connect gateway is in its life."""

    PENDING = "pending"
    AVAILABLE = "available"
    DELETING = "deleting"
    DELETED = "deleted"


class AddressFamily(StrEnum):
    """The family of a session's addresses and of the routes it carries."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"


class VirtualInterfaceType(StrEnum):
    """What a virtual interface leads to: a VPC, Amazon's public services, transit gateways."""

    PRIVATE = "private"
    PUBLIC = "public"
    TRANSIT = "transit"


class LogicalRedundancy(StrEnum):
    """Whether a connection supports a second BGP peer of the same family."""

    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"


class Frozen(BaseModel):
    """A value that never changes."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Tag(Frozen):
    """A label that the customer put on a resource."""

    key: str
    value: str


class Resource(Frozen):
    """Whatever the store keeps under an id of its own.

    :ivar number: counts up in the order of creation, over the whole lab; lists are answered in this order.
    """

    id: str
    number: int = 0


class Connection(Resource):
    """A port at a Direct Connect location, and the cable in it.

    :ivar since: when `state` was entered, epoch seconds.
    :ivar device: the AWS device of the port; None until the order is carried out.
    :ivar carrier: whether there was light on the cable when it was last looked at.
    """

    name: str
    owner: str
    region: str
    location: str
    bandwidth: str
    state: ConnectionState
    since: float
    device: str | None = None
    carrier: bool = False
    logical_redundancy: LogicalRedundancy = LogicalRedundancy.UNKNOWN
    provider_name: str | None = None
    billing_mode: str | None = None
    tags: tuple[Tag, ...] = ()


class SessionTerms(Frozen):
    """What the customer's router must know to speak BGP with AWS.

    :ivar asn: the customer's ASN, 1 to 4294967294.
    :ivar auth_key: the TCP-MD5 key (RFC 2385), printable ASCII; kept out of every repr.
    """

    asn: int
    auth_key: str = Field(repr=False)
    family: AddressFamily
    amazon_address: Interface
    customer_address: Interface

    @property
    def block(self) -> Network:
        """The subnet that both addresses are in."""
        return self.amazon_address.network


class BgpPeer(SessionTerms):
    """One BGP session that AWS offers on a virtual interface.

    :ivar since: when `state` was entered, epoch seconds.
    :ivar status: observed, so never stored: a peer from the store is `unknown` until somebody looks.
    """

    id: str
    state: BgpPeerState
    since: float
    status: BgpStatus = Field(default=BgpStatus.UNKNOWN, exclude=True)

    @property
    def stands(self) -> bool:
        """Whether the peer counts: it is not on its way out."""
        return self.state not in (BgpPeerState.DELETING, BgpPeerState.DELETED)


class VirtualInterface(SessionTerms, Resource):
    """A VLAN on a connection, with its peers; the inherited terms are those its first peer was made with.

    :ivar device: the AWS device of the connection's port.
    :ivar since: when `state` was entered, epoch seconds.
    :ivar prefix_limit_ipv4: accepted IPv4 prefixes where the customer chose how many, likewise for IPv6.
    """

    owner: str
    region: str
    location: str
    connection_id: str
    device: str
    type: VirtualInterfaceType
    name: str
    vlan: int
    mtu: int
    state: VirtualInterfaceState
    since: float
    amazon_side_asn: int
    virtual_gateway_id: str = ""
    direct_connect_gateway_id: str = ""
    site_link: bool = False
    route_filter_prefixes: tuple[Network, ...] = ()
    prefix_limit_ipv4: int | None = None
    prefix_limit_ipv6: int | None = None
    peers: tuple[BgpPeer, ...]
    tags: tuple[Tag, ...] = ()

    @property
    def standing_peers(self) -> tuple[BgpPeer, ...]:
        """The peers that are not on their way out."""
        return tuple(peer for peer in self.peers if peer.stands)

    def peer(self, peer_id: str) -> BgpPeer | None:
        """The peer of this id, or None."""
        return next((peer for peer in self.peers if peer.id == peer_id), None)


class DirectConnectGateway(Resource):
    """A Direct Connect gateway: global to its account."""

    name: str
    owner: str
    amazon_side_asn: int
    state: GatewayState
    tags: tuple[Tag, ...] = ()


class GatewayDeclaration(Resource):
    """What a topology says of a gateway that the API cannot.

    :ivar id: a `vgw-` id, a Direct Connect gateway's id or name, or `public`.
    :ivar asn: Amazon's side, for a virtual private gateway; None elsewhere.
    :ivar cidrs: what stands behind it, and so is advertised to the customer.
    """

    asn: int | None = None
    cidrs: tuple[Network, ...] = ()


class AssignedAddresses(Frozen):
    """The addresses, in one subnet, that AWS gives to a peer."""

    amazon: Interface
    customer: Interface

    @property
    def block(self) -> Network:
        """The subnet that both are in."""
        return self.amazon.network


class AssignmentDeclaration(Resource):
    """What a topology says of addresses that AWS assigns.

    :ivar id: the name of the virtual interface whose peers get them.
    :ivar addresses: of one peer each, in the order in which they are given.
    """

    addresses: tuple[AssignedAddresses, ...] = ()


class PoolCursor(Resource):
    """How far an address pool, named by its network, has been given out; the next search starts there."""

    next: int = 0


class HistoryEntry(Frozen):
    """Something that happened to a peer.

    :ivar at: epoch seconds.
    :ivar kind: `status` where an observed `BgpStatus` was another than before, `reason` where the same status
        got another reason, else a step of the timeline such as `address` or `open`.
    :ivar detail: the status, or what the step did.
    :ivar reason: one sentence of why the status is what it is; empty for a step.
    """

    at: float
    kind: str
    detail: str
    reason: str = ""
