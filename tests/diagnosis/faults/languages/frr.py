"""FRR, as in topologies/private-vif: the text makes the interfaces."""

from __future__ import annotations

from collections.abc import Iterator

from tests.diagnosis.faults.languages.base import Argv, Language, Setup
from tests.diagnosis.faults.terms import Neighbour, Terms


class Frr(Language):
    """vtysh's lines."""

    def setup(self, terms: Terms) -> Setup:
        return Setup("\n".join([*_interfaces(terms), *_policy(terms), *_bgp(terms), ""]))

    def shut(self, neighbour: Neighbour) -> Argv:
        return _typed(f"neighbor {neighbour.address} shutdown message maintenance until noon")

    def reset(self, neighbour: Neighbour) -> Argv:
        return ("vtysh", "-c", f"clear bgp {neighbour.address}")

    def without(self, terms: Terms) -> str:
        lines = (f" no neighbor {each.address}" for each in terms.neighbours)
        return "\n".join([f"router bgp {terms.asn}", *lines, ""])


def _typed(line: str) -> Argv:
    return ("vtysh", "-c", "configure terminal", "-c", "router bgp 65001", "-c", line)


def _interfaces(terms: Terms) -> Iterator[str]:
    yield f"interface {terms.interface}"
    yield from (f" {_ip(each)} address {each.own}" for each in terms.neighbours)
    if terms.shut_interface:
        yield " shutdown"
    yield "exit"
    if terms.loopbacks:
        yield "interface lo"
        yield from (f" {'ipv6' if ':' in each else 'ip'} address {each}" for each in terms.loopbacks)
        yield "exit"


def _ip(neighbour: Neighbour) -> str:
    return "ip" if neighbour.family == 4 else "ipv6"


def _policy(terms: Terms) -> Iterator[str]:
    for each in terms.neighbours:
        yield f"route-map OUT{each.family} {'deny' if each.deny else 'permit'} 10"
        if each.prepend:
            yield f" set as-path prepend {each.prepend}"
        if each.next_hop:
            yield f" set {_ip(each)} next-hop {'global ' * (each.family == 6)}{each.next_hop}"
        yield "exit"
    yield from ("route-map IN permit 10", "exit")


def _bgp(terms: Terms) -> Iterator[str]:
    yield f"router bgp {terms.asn}"
    yield f" bgp router-id {terms.router_id}"
    yield from (" no bgp default ipv4-unicast", " no bgp network import-check")
    yield f" timers bgp {terms.hold // 3} {terms.hold}"
    neighbours = [each for each in terms.neighbours if each.configured]
    for each in neighbours:
        yield from (f" neighbor {each.address} {words}" for words in _neighbour(each))
    for family in (4, 6):
        yield f" address-family ipv{family} unicast"
        yield from (f"  network {network}" for each in terms.neighbours for network in _of(each, family))
        for each in neighbours:
            yield from (f"  neighbor {each.address} {words}" for words in _family(each, family))
        yield " exit-address-family"
    yield "exit"


def _of(neighbour: Neighbour, family: int) -> tuple[str, ...]:
    return neighbour.networks if neighbour.family == family else ()


def _neighbour(each: Neighbour) -> Iterator[str]:
    yield f"remote-as {each.remote_asn}"
    yield "timers connect 1"
    if each.key is not None:
        yield f"password {each.key}"
    if each.gtsm:
        yield "ttl-security hops 1"
    if each.source:
        yield f"update-source {each.source}"
    if each.shut:
        yield "shutdown"


def _family(each: Neighbour, family: int) -> Iterator[str]:
    if family not in each.activate:
        return
    yield "activate"
    if each.policy:
        yield f"route-map OUT{each.family} out"
        yield "route-map IN in"
    if each.allow:
        yield f"maximum-prefix {each.allow}"
