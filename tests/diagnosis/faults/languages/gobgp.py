"""GoBGP 3: a TOML file; what it announces is added afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from tests.diagnosis.faults.languages.base import Argv, Language, Setup, demand, interfaces
from tests.diagnosis.faults.terms import Neighbour, Terms


class GoBgp(Language):
    """gobgpd.toml."""

    def setup(self, terms: Terms) -> Setup:
        commands = tuple(
            _added(terms, each, network) for each in terms.neighbours for network in each.networks
        )
        return Setup("\n".join(_lines(terms)), interfaces(terms), commands)

    def shut(self, neighbour: Neighbour) -> Argv:
        return ("gobgp", "neighbor", neighbour.address, "disable", "maintenance until noon")

    def remove(self, neighbour: Neighbour) -> Argv:
        return ("gobgp", "neighbor", "del", neighbour.address)

    def announce_again(self, neighbour: Neighbour) -> Argv:
        return ("gobgp", "neighbor", neighbour.address, "reset")


def _added(terms: Terms, each: Neighbour, network: str) -> Argv:
    hop = ("nexthop", each.next_hop) if each.next_hop else ()
    path = ("aspath", f"{terms.asn} {each.prepend}") if each.prepend else ()
    return ("gobgp", "global", "rib", "add", "-a", f"ipv{each.family}", network, *hop, *path)


def _lines(terms: Terms) -> Iterator[str]:
    yield from ("[global.config]", f"  as = {terms.asn}", f'  router-id = "{terms.router_id}"')
    if any(each.deny for each in terms.neighbours):
        yield from ("[global.apply-policy.config]", '  default-export-policy = "reject-route"')
    for each in terms.neighbours:
        if each.configured:
            yield from _neighbour(terms, each)
    yield ""


def _neighbour(terms: Terms, each: Neighbour) -> Iterator[str]:
    demand(each.policy, "needs no policy to announce")
    demand(each.key is None or '"' not in each.key, "has no quotation marks in keys")
    yield from ("[[neighbors]]", "  [neighbors.config]")
    yield from (f'    neighbor-address = "{each.address}"', f"    peer-as = {each.remote_asn}")
    if each.key is not None:
        yield f'    auth-password = "{each.key}"'
    if each.shut:
        yield "    admin-down = true"
    if each.source:
        yield from ("  [neighbors.transport.config]", f'    local-address = "{each.source}"')
    hold = terms.hold or 2  # it takes 0 for not said; 2 s are refused as well
    yield from ("  [neighbors.timers.config]", "    connect-retry = 1", f"    hold-time = {hold}")
    yield from (f"    keepalive-interval = {max(1, hold // 3)}", "    idle-hold-time-after-reset = 1")
    if each.gtsm:
        yield from ("  [neighbors.ttl-security.config]", "    enabled = true", "    ttl-min = 255")
    for family in each.activate:
        yield from ("  [[neighbors.afi-safis]]", "    [neighbors.afi-safis.config]")
        yield f'      afi-safi-name = "ipv{family}-unicast"'
        if each.allow:
            yield from ("    [neighbors.afi-safis.prefix-limit.config]", f"      max-prefixes = {each.allow}")
