"""What an account has, as AWS's answers say it: the members that a topology can keep.

Members that are not named here are ignored, so that answers of newer versions of the API are read too. Members
that older versions did not have may be absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

#: What CloudTrail, and people who publish an answer, put in the place of a value.
_MASKED = re.compile(r"\[?(PROTECTED|REDACTED|MASKED)\]?|[*xX]{3,}|<.*>|")
R = TypeVar("R")


class _Record(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


class Tag(_Record):
    """A label."""

    key: str
    value: str = ""


class Prefix(_Record):
    """A network, in CIDR form."""

    cidr: str


class Peer(_Record):
    """A BGP peer, or the terms of the first one as its virtual interface repeats them."""

    asn: int = 0
    asn_long: int | None = None
    auth_key: str | None = None
    address_family: str = "ipv4"
    amazon_address: str | None = None
    customer_address: str | None = None
    bgp_peer_state: str = "available"

    @property
    def customer_asn(self) -> int | None:
        """The customer's ASN; None where the record does not say it."""
        asn = self.asn_long or self.asn
        return asn if asn > 0 else None

    @property
    def key(self) -> str | None:
        """The BGP key; None where it is absent or masked."""
        return None if self.auth_key is None or _MASKED.fullmatch(self.auth_key) else self.auth_key

    @property
    def stands(self) -> bool:
        """Whether it is not on its way out."""
        return self.bgp_peer_state not in ("deleting", "deleted")


class VirtualInterface(Peer):
    """A virtual interface."""

    virtual_interface_id: str
    virtual_interface_name: str = ""
    virtual_interface_type: str = "private"
    virtual_interface_state: str = "available"
    connection_id: str = ""
    location: str = ""
    region: str = ""
    vlan: int
    mtu: int | None = None
    amazon_side_asn: int | None = None
    customer_router_config: str = ""
    virtual_gateway_id: str = ""
    direct_connect_gateway_id: str = ""
    route_filter_prefixes: tuple[Prefix, ...] = ()
    bgp_peers: tuple[Peer, ...] = ()
    site_link_enabled: bool = False
    prefix_pool_allocated_count_ipv4: int | None = None
    prefix_pool_allocated_count_ipv6: int | None = None
    rate_limit: str | None = None
    tags: tuple[Tag, ...] = ()

    @property
    def title(self) -> str:
        """What a remark calls it."""
        return f"{self.virtual_interface_id} '{self.virtual_interface_name}'"

    @property
    def amazon_asn(self) -> int | None:
        """Amazon's ASN, from the member or, in older answers, from the router configuration."""
        return self.amazon_side_asn or self._configured("amazon_bgp_asn")

    @property
    def standing_peers(self) -> tuple[Peer, ...]:
        """The peers that are not on their way out; what the VIF itself says where the answer has no peers."""
        peers = tuple(peer for peer in self.bgp_peers if peer.stands)
        return peers or (self._first_peer(),)

    def _first_peer(self) -> Peer:
        own = {name: getattr(self, name) for name in Peer.model_fields if name != "bgp_peer_state"}
        if self.customer_asn is None:
            own["asn_long"] = self._configured("bgp_asn")
        return Peer.model_validate(own)

    def _configured(self, element: str) -> int | None:
        """A number of `customerRouterConfig`, which is XML of one fixed form."""
        found = re.search(rf"<{element}>\s*(\d+)\s*</{element}>", self.customer_router_config)
        return int(found[1]) if found else None


class Connection(_Record):
    """A connection, dedicated or hosted."""

    connection_id: str
    connection_name: str = ""
    location: str = ""
    region: str = ""
    bandwidth: str = ""
    has_logical_redundancy: str = "unknown"
    tags: tuple[Tag, ...] = ()


class Lag(_Record):
    """A link aggregation group."""

    lag_id: str
    lag_name: str = ""
    location: str = ""
    region: str = ""
    connections_bandwidth: str = ""
    has_logical_redundancy: str = "unknown"
    tags: tuple[Tag, ...] = ()


class Gateway(_Record):
    """A Direct Connect gateway."""

    direct_connect_gateway_id: str
    direct_connect_gateway_name: str = ""
    amazon_side_asn: int | None = None
    tags: tuple[Tag, ...] = ()


class Association(_Record):
    """What is associated with a Direct Connect gateway."""

    direct_connect_gateway_id: str = ""
    association_state: str = "associated"
    allowed_prefixes_to_direct_connect_gateway: tuple[Prefix, ...] = ()


@dataclass(frozen=True)
class Records:
    """What is known of an account.

    :ivar remarks: what the reader should know of how complete that is.
    """

    virtual_interfaces: tuple[VirtualInterface, ...] = ()
    connections: tuple[Connection, ...] = ()
    lags: tuple[Lag, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    associations: tuple[Association, ...] = ()
    remarks: tuple[str, ...] = ()

    def connection(self, id_: str) -> Connection | None:
        """The connection of this id; a LAG counts as one."""
        found = _first(each for each in self.connections if each.connection_id == id_)
        lag = _first(lag for lag in self.lags if lag.lag_id == id_)
        return found or (_as_one(lag) if lag else None)

    def gateway(self, id_: str) -> Gateway | None:
        """The Direct Connect gateway of this id."""
        return _first(each for each in self.gateways if each.direct_connect_gateway_id == id_)


def _as_one(lag: Lag) -> Connection:
    return Connection(
        connection_id=lag.lag_id,
        connection_name=lag.lag_name,
        location=lag.location,
        region=lag.region,
        bandwidth=lag.connections_bandwidth,
        has_logical_redundancy=lag.has_logical_redundancy,
        tags=lag.tags,
    )


def _first(found: Iterable[R]) -> R | None:
    return next(iter(found), None)
