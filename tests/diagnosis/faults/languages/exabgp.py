"""ExaBGP: it dials and announces; there is no router behind it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.diagnosis.faults.languages.base import Language, Setup, demand, interfaces
from tests.diagnosis.faults.terms import Neighbour, Terms

#: It does not start without any neighbour; this one never answers.
_NOBODY = """neighbor 127.0.0.2 {
  local-address 127.0.0.1; router-id 192.0.2.1; local-as 65001; peer-as 65002; passive;
}
"""


class ExaBgp(Language):
    """Its configuration."""

    @property
    def idle(self) -> str:
        return _NOBODY

    def setup(self, terms: Terms) -> Setup:
        return Setup(_text(terms), interfaces(terms))


def _text(terms: Terms) -> str:
    blocks = (line for each in terms.neighbours if each.configured for line in _neighbour(terms, each))
    return "\n".join([*blocks, _NOBODY, ""])


def _neighbour(terms: Terms, each: Neighbour) -> Iterator[str]:
    demand(each.policy and not each.deny, "has no policies")
    demand(not each.allow, "has no prefix limit")
    demand(not each.shut, "cannot shut a neighbour")
    demand(each.key is None or '"' not in each.key, "has no quotation marks in keys")
    yield f"neighbor {each.address} {{"
    yield from (
        f"  router-id {terms.router_id};",
        f"  local-address {each.source or each.own_ip};",
        f"  hold-time {terms.hold};",
    )
    yield from (f"  local-as {terms.asn};", f"  peer-as {each.remote_asn};")
    if each.key is not None:
        yield f'  md5-password "{each.key}";'
        yield "  md5-base64 false;"
    if each.gtsm:
        yield from ("  outgoing-ttl 255;", "  incoming-ttl 255;")
    yield f"  family {{ {' '.join(f'ipv{family} unicast;' for family in each.activate)} }}"
    routes = (_route(terms, each, network) for network in each.networks if each.family in each.activate)
    yield f"  static {{ {' '.join(routes)} }}"
    yield "}"


def _route(terms: Terms, each: Neighbour, network: str) -> str:
    hop = each.next_hop or "self"
    path = f" as-path [ {terms.asn} {each.prepend} ]" if each.prepend else ""
    return f"route {network} next-hop {hop}{path};"
