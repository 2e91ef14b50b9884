"""What can be set of a lab's cloud world, with defaults that suit a test."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Network

from lab.directconnect.addresses import IPV6_BLOCK_LENGTH
from lab.directconnect.lifecycle import Delay
from lab.directconnect.model import LogicalRedundancy
from lab.errors import UsageError

#: AWS's own pool is not published; the /64 of its example stands in, of the documentation range (RFC 3849).
DEFAULT_IPV6_POOL = IPv6Network("2001:db8:1100:2f0::/64")


@dataclass(frozen=True)
class Quotas:
    """AWS's default quotas (the user guide's quota page)."""

    private_and_public_vifs: int = 50
    transit_vifs: int = 4
    vifs: int = 51
    vifs_per_gateway: int = 30
    gateways: int = 200
    connections_per_location: int = 10
    tags: int = 50


@dataclass(frozen=True)
class Settings:
    """All durations are in seconds.

    :ivar account: owns the connections that a topology's cables make.
    :ivar ipv6_pool: where the IPv6 addresses of peers come from.
    :ivar order_delay: how long a connection stays `requested`; AWS takes up to 72 hours.
    :ivar port_delay: how long it then stays `pending` until its port is ready.
    :ivar verification_delay: how long a public VIF and its peers stay `verifying`; AWS takes up to 72 hours.
    :ivar deleted_retention: how long what is `deleted` is still listed.
    :ivar logical_redundancy: `hasLogicalRedundancy` of new connections.
    :ivar clock: epoch seconds.
    """

    account: str = "123456789012"
    ipv6_pool: IPv6Network = DEFAULT_IPV6_POOL
    order_delay: float = 0
    port_delay: float = 0
    verification_delay: float = 0
    deleted_retention: float = 15 * 60
    logical_redundancy: LogicalRedundancy = LogicalRedundancy.UNKNOWN
    quotas: Quotas = field(default_factory=Quotas)
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.ipv6_pool.prefixlen > IPV6_BLOCK_LENGTH:
            raise UsageError(
                f"the IPv6 pool {self.ipv6_pool} holds no /{IPV6_BLOCK_LENGTH}: give a larger one, best a /64"
            )

    def delay(self, delay: Delay) -> float:
        """How long a state lasts that ends by itself."""
        return {
            Delay.ORDER: self.order_delay,
            Delay.PORT: self.port_delay,
            Delay.VERIFICATION: self.verification_delay,
        }[delay]
