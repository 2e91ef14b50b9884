"""GoBGP 3: a TOML file; what it announces is added afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from tests.diagnosis.faults.languages.base import Argv, Language, Setup, demand, interfaces
from tests.diagnosis.faults.terms import Neighbour, Terms


class GoBgp(Language):
    """gobgpd.toml."""

    def setup(self, terms: Terms) -> Setup:
        demand(terms.hold > 0)  # it takes 0 for not said
        commands = tuple(_added(each, network) for each in terms.neighbours for network in each.networks)
        return Setup("\n".join(_lines(terms)), interfaces(terms), commands)

    def shut(self, neighbour: Neighbour) -> Argv:
        return ("gobgp", "neighbor", neighbour.address, "disable", "maintenance until noon")

    def reset(self, neighbour: Neighbour) -> Argv:
        return ("gobgp", "neighbor", neighbour.address, "reset")


def _added(each: Neighbour, network: str) -> Argv:
    hop = ("nexthop", each.next_hop) if each.next_hop else ()
    return ("gobgp", "global", "rib", "add", "-a", f"ipv{each.family}", network, *hop)


def _lines(terms: Terms) -> Iterator[str]:
    yield from ("[global.config]", f"  as = {terms.asn}", f'  router-id = "{terms.router_id}"')
    for each in terms.neighbours:
        if each.configured:
            yield from _neighbour(terms, each)
    yield ""


def _neighbour(terms: Terms, each: Neighbour) -> Iterator[str]:
    # It needs no policy to send, and its policies are no faults of a file.
    demand(each.policy and not each.deny and not each.prepend and not each.next_hop and not each.source)
    demand(each.key is None or '"' not in each.key)
    yield from ("[[neighbors]]", "  [neighbors.config]")
    yield from (f'    neighbor-address = "{each.address}"', f"    peer-as = {each.remote_asn}")
    if each.key is not None:
        yield f'    auth-password = "{each.key}"'
    if each.shut:
        yield "    admin-down = true"
    yield from ("  [neighbors.timers.config]", "    connect-retry = 1", f"    hold-time = {terms.hold}")
    yield f"    keepalive-interval = {terms.hold // 3}"
    if each.gtsm:
        yield from ("  [neighbors.ttl-security.config]", "    enabled = true", "    ttl-min = 255")
    for family in each.activate:
        yield from ("  [[neighbors.afi-safis]]", "    [neighbors.afi-safis.config]")
        yield f'      afi-safi-name = "ipv{family}-unicast"'
        if each.allow:
            yield from ("    [neighbors.afi-safis.prefix-limit.config]", f"      max-prefixes = {each.allow}")
