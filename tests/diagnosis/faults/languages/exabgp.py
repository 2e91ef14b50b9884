"""ExaBGP: it dials and announces; there is no router behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.diagnosis.faults.languages.base import Language, Setup, demand, interfaces
from tests.diagnosis.faults.terms import Neighbour, Terms


class ExaBgp(Language):
    """Its configuration."""

    @property
    def idle(self) -> str:
        """It does not start without any neighbour; this one never answers."""
        nobody = "local-address 127.0.0.1; router-id 192.0.2.1; local-as 65001; peer-as 65002; passive;"
        return f"neighbor 127.0.0.2 {{ {nobody} }}\n"

    def setup(self, terms: Terms) -> Setup:
        return Setup(_text(terms), interfaces(terms))

    def without(self, terms: Terms) -> str:
        return _text(
            replace(terms, neighbours=tuple(replace(each, configured=False) for each in terms.neighbours))
        )


def _text(terms: Terms) -> str:
    blocks = (line for each in terms.neighbours if each.configured for line in _neighbour(terms, each))
    return "\n".join([*blocks, ""])


def _neighbour(terms: Terms, each: Neighbour) -> Iterator[str]:
    # It has no policies, no limits and no way to shut a neighbour that is configured.
    demand(each.policy and not each.deny and not each.allow and not each.shut and not each.source)
    demand(each.key is None or '"' not in each.key)
    yield f"neighbor {each.address} {{"
    yield from (
        f"  router-id {terms.router_id};",
        f"  local-address {each.own_ip};",
        f"  hold-time {terms.hold};",
    )
    yield from (f"  local-as {terms.asn};", f"  peer-as {each.remote_asn};")
    if each.key is not None:
        yield f'  md5-password "{each.key}";'
        yield "  md5-base64 false;"
    if each.gtsm:
        yield from ("  outgoing-ttl 255;", "  incoming-ttl 255;")
    yield f"  family {{ {' '.join(f'ipv{family} unicast;' for family in each.activate)} }}"
    yield f"  static {{ {' '.join(_route(terms, each, network) for network in each.networks)} }}"
    yield "}"


def _route(terms: Terms, each: Neighbour, network: str) -> str:
    hop = each.next_hop or "self"
    path = f" as-path [ {terms.asn} {each.prepend} ]" if each.prepend else ""
    return f"route {network} next-hop {hop}{path};"
