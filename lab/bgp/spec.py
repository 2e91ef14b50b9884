"""What one speaker is to be: the order that the endpoint gives to the launcher."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class SpeakerSpec:
    """One BGP peer as its speaker must know it.

    :param namespace: the network namespace under /run/netns in which the speaker lives.
    :param auth_key: the TCP-MD5 key, 1 to 80 characters of ASCII; kept out of `repr`.
    :param router_id: BGP Identifier.
    :param announce: prefixes of the session's own family; the next hop is `local_address`.
    :param prefix_limit: how many distinct prefixes are accepted of the router at most.
    :param within: accepted prefixes lie within one of these; None where all are accepted.
    :param hold_time: proposed in the OPEN, seconds; the session takes the lower of the two proposals.
    """

    peer_id: str
    namespace: str
    local_address: Address
    peer_address: Address
    local_asn: int
    peer_asn: int
    auth_key: str = field(repr=False)
    router_id: IPv4Address
    announce: tuple[Network, ...]
    prefix_limit: int
    within: tuple[Network, ...] | None = None
    hold_time: int = 90

    @property
    def family(self) -> int:
        """4 or 6: the session's only address family."""
        return self.peer_address.version

    def admits(self, prefix: Network) -> bool:
        """Whether the customer may announce this prefix, of the session's own family."""
        if self.within is None:
            return True
        first, last = prefix[0], prefix[-1]
        return any(first in network and last in network for network in self.within)

    @property
    def fingerprint(self) -> str:
        """Tells whether a running speaker is the wanted one.

        `announce` is left out, since it can be changed on a running session.
        """
        fixed = replace(self, announce=()).to_json()
        return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """For the launcher's socket, which only root can open. Holds the key."""
        return {name: _plain(value) for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> SpeakerSpec:
        """Read back what `to_json` wrote."""
        within = fields["within"]
        return cls(
            **fields
            | {
                "local_address": ip_address(fields["local_address"]),
                "peer_address": ip_address(fields["peer_address"]),
                "router_id": IPv4Address(fields["router_id"]),
                "announce": tuple(ip_network(prefix) for prefix in fields["announce"]),
                "within": None if within is None else tuple(ip_network(prefix) for prefix in within),
            }
        )


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return value if value is None or isinstance(value, (int, str)) else str(value)
