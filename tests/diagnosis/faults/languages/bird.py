"""BIRD 2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.diagnosis.faults.languages.base import Argv, Language, Setup, demand, interfaces
from tests.diagnosis.faults.terms import Neighbour, Terms


class Bird(Language):
    """bird.conf; every peer is a protocol of its own."""

    def setup(self, terms: Terms) -> Setup:
        return Setup(_text(terms), interfaces(terms))

    def shut(self, neighbour: Neighbour) -> Argv:
        return ("birdc", "disable", f"dx{neighbour.family}", '"maintenance until noon"')

    def reset(self, neighbour: Neighbour) -> Argv:
        return ("birdc", "restart", f"dx{neighbour.family}")

    def without(self, terms: Terms) -> str:
        return _text(
            replace(terms, neighbours=tuple(replace(each, configured=False) for each in terms.neighbours))
        )


def _text(terms: Terms) -> str:
    return "\n".join([f"router id {terms.router_id};", "protocol device {}", *_protocols(terms), ""])


def _protocols(terms: Terms) -> Iterator[str]:
    for each in terms.neighbours:
        routes = " ".join(f"route {network} blackhole;" for network in each.networks)
        yield f"protocol static {{ ipv{each.family}; {routes} }}"
        if each.configured:
            yield from _protocol(terms, each)


def _protocol(terms: Terms, each: Neighbour) -> Iterator[str]:
    demand(each.policy, "needs no policy to announce")
    yield f"protocol bgp dx{each.family} {{"
    yield from (f"  local {each.source} as {terms.asn};", f"  neighbor {each.address} as {each.remote_asn};")
    yield from ("  connect delay time 1;", "  error wait time 1, 2;", f"  hold time {terms.hold};")
    if each.key is not None:
        demand('"' not in each.key, "has no quotation marks in keys")
        yield f'  password "{each.key}";'
    if each.gtsm:
        yield "  ttl security on;"
    if each.shut:
        yield "  disabled;"
    yield from (_channel(each, family) for family in each.activate)
    yield "}"


def _channel(each: Neighbour, family: int) -> str:
    words = [f"bgp_path.prepend({each.prepend});"] if each.prepend else []
    words += [f"bgp_next_hop = {each.next_hop};"] if each.next_hop else []
    verdict = "reject;" if each.deny else "if source = RTS_STATIC then accept; reject;"
    limit = f" import limit {each.allow} action disable;" if each.allow else ""
    keep = " next hop keep;" if each.next_hop else ""
    return f"  ipv{family} {{ import all; export filter {{ {' '.join(words)} {verdict} }};{limit}{keep} }};"
