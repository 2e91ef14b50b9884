"""OpenBGPD, the portable one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.diagnosis.faults.languages.base import Argv, Language, Setup, demand, interfaces
from tests.diagnosis.faults.terms import Neighbour, Terms


class OpenBgpd(Language):
    """bgpd.conf."""

    def setup(self, terms: Terms) -> Setup:
        return Setup(_text(terms), interfaces(terms))

    def shut(self, neighbour: Neighbour) -> Argv:
        return ("bgpctl", "neighbor", neighbour.address, "down", "maintenance until noon")

    def reset(self, neighbour: Neighbour) -> Argv:
        return ("bgpctl", "neighbor", neighbour.address, "clear")

    def without(self, terms: Terms) -> str:
        return _text(
            replace(terms, neighbours=tuple(replace(each, configured=False) for each in terms.neighbours))
        )


def _text(terms: Terms) -> str:
    demand(terms.hold >= 3, "takes no such hold time")
    head = [f"AS {terms.asn}", f"router-id {terms.router_id}", "connect-retry 1", f"holdtime {terms.hold}"]
    head += [f"listen on {each.source}" for each in terms.neighbours if each.source]
    head += [f"network {network}" for each in terms.neighbours for network in each.networks]
    blocks = [line for each in terms.neighbours if each.configured for line in _neighbour(each)]
    return "\n".join([*head, *blocks, "allow from ebgp", *_out(terms), ""])


def _neighbour(each: Neighbour) -> Iterator[str]:
    yield f"neighbor {each.address} {{"
    yield f"  remote-as {each.remote_asn}"
    yield from (
        f"  announce IPv{family} {'unicast' if family in each.activate else 'none'}" for family in (4, 6)
    )
    if each.key is not None:
        demand('"' not in each.key, "has no quotation marks in keys")
        yield f'  tcp md5sig password "{each.key}"'
    if each.source:
        yield f"  local-address {each.source}"
    if each.gtsm:
        yield "  ttl-security yes"
    if each.shut:
        yield "  down"
    if each.allow:
        yield f"  max-prefix {each.allow}"
    yield "}"


def _out(terms: Terms) -> Iterator[str]:
    for each in terms.neighbours:
        if each.configured and each.policy and not each.deny:
            networks = f" prefix {{ {' '.join(each.networks)} }}" if each.networks else ""
            yield f"allow to {each.address}{networks}" if networks else "# nothing to announce"
            demand(not each.prepend, "prepends no foreign ASN")
            demand(not each.next_hop, "gives its own networks its own next hop")
