"""`customer-router-config: applied`: the router runs what the API's `customerRouterConfig` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab.verify.checks.base import Check, Judgement, listed, met, not_yet
from lab.verify.seen import Applied, Seen


@dataclass(frozen=True)
class CustomerRouterConfig(Check):
    """VLAN, addresses, ASNs and key of the router are those that AWS gave."""

    key = "customer-router-config"

    @property
    def wanted(self) -> str:
        return "applied"

    def is_ripe(self, seen: Seen) -> bool:  # noqa: ARG002 -- others look at the session
        return True

    def look(self, seen: Seen) -> Judgement:
        if seen.applied is None:
            return not_yet("the router was not asked yet")
        if seen.applied.problem:
            return not_yet(seen.applied.problem)
        differences = list(self._differences(seen.applied))
        if differences:
            return not_yet("; ".join(differences))
        return met("VLAN, addresses, ASNs and key are those of customerRouterConfig")

    def _differences(self, found: Applied) -> Iterator[str]:
        vif, peer = self.subject.vif, self.subject.peer
        if str(peer.customer_address) not in found.addresses:
            has = listed(found.addresses, "none")
            yield f"customer_address is {peer.customer_address}, but the router's addresses there are {has}"
        elif found.vlan != vif.vlan:
            with_tag = "no VLAN" if found.vlan is None else f"VLAN {found.vlan}"
            yield f"vlan is {vif.vlan}, but the router has {peer.customer_address} on {with_tag}"
        if found.amazon_asn is None:
            yield f"amazon_address is {peer.amazon_address}, but the router has no such neighbour"
        elif found.amazon_asn != vif.amazon_side_asn:
            yield f"amazon_bgp_asn is {vif.amazon_side_asn}, but the router has {found.amazon_asn}"
        if found.asn != peer.asn:
            yield f"bgp_asn is {peer.asn}, but {_own(found.asn)}"
        if not found.key:
            yield _key(found.key)


def _own(asn: int | None) -> str:
    return "which the router has cannot be told" if asn is None else f"the router says {asn}"


def _key(key: bool | None) -> str:
    if key is None:
        return "whether the router has bgp_auth_key cannot be told"
    return "bgp_auth_key is not the key that the router signs with"
