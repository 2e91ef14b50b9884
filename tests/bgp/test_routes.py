"""UPDATE messages, as ExaBGP reads them off the wire, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from exabgp.bgp.message import Update
from exabgp.bgp.message.direction import Direction
from exabgp.bgp.message.open.capability.negotiated import Negotiated

from lab.bgp.events import Route
from lab.bgp.neighbor import afi, neighbor
from lab.bgp.routes import accepted, read_update
from tests.bgp.scripted import nlri
from tests.bgp.test_spec import SPEC, SPEC6

ORIGIN_INCOMPLETE = bytes.fromhex("40010102")
NEXT_HOP = bytes.fromhex("400304") + ip_address("169.254.10.2").packed
ONE, TWO = ip_network("192.0.2.0/24"), ip_network("198.51.100.0/24")
SIX = ip_network("2001:db8:99::/48")


def path(*asns: int, kind: int = 2) -> bytes:
    segment = bytes([kind, len(asns)]) + b"".join(asn.to_bytes(4) for asn in asns)
    return bytes([0x40, 2, len(segment)]) + segment


def parse(withdrawn: bytes, attributes: bytes, announced: bytes, *, family: int = 4) -> Update:
    terms = Negotiated(neighbor(SPEC6 if family == 6 else SPEC))
    terms.asn4 = True
    terms.families = [(afi(family), 1)]
    lengths = len(withdrawn).to_bytes(2), len(attributes).to_bytes(2)
    body = lengths[0] + withdrawn + lengths[1] + attributes + announced
    return Update.unpack_message(body, Direction.IN, terms)


def test_the_attributes_of_a_route() -> None:
    attributes = ORIGIN_INCOMPLETE + path(65001, 4200000001) + NEXT_HOP + bytes.fromhex("8004040000000a")
    update = parse(b"", attributes, nlri(ONE))
    announced, withdrawn = read_update(update, spec=SPEC, held=())
    assert announced == (Route(str(ONE), "169.254.10.2", (65001, 4200000001), (), 10, "incomplete"),)
    assert withdrawn == ()


def test_the_members_of_an_as_set_are_listed() -> None:
    attributes = ORIGIN_INCOMPLETE + path(65001, 65002, kind=1) + NEXT_HOP
    ((route,), _) = read_update(parse(b"", attributes, nlri(ONE)), spec=SPEC, held=())
    assert route.as_path == (65001, 65002)


def test_an_ipv6_route_with_two_next_hops_is_one_route() -> None:
    hops = ip_address("2001:db8::6").packed + ip_address("fe80::1").packed
    reach = bytes([0, 2, 1, 32]) + hops + b"\0" + nlri(SIX)
    attributes = ORIGIN_INCOMPLETE + path(65001) + bytes([0x80, 14, len(reach)]) + reach
    (routes, _) = read_update(parse(b"", attributes, b"", family=6), spec=SPEC, held=())
    assert [(route.prefix, route.next_hop) for route in routes] == [(str(SIX), "2001:db8::6")]


@pytest.mark.parametrize(
    ("held", "gone"), [((), ()), ((str(TWO),), (str(TWO),)), ((str(ONE), str(TWO)), (str(TWO),))]
)
def test_only_what_was_held_is_gone(held: tuple[str, ...], gone: tuple[str, ...]) -> None:
    update = parse(nlri(TWO), b"", b"")
    assert read_update(update, spec=SPEC, held=held) == ((), gone)


def test_a_refused_route_takes_the_place_of_an_accepted_one() -> None:
    update = parse(b"", ORIGIN_INCOMPLETE + path(65001, 64512) + NEXT_HOP, nlri(ONE, TWO))
    assert read_update(update, spec=SPEC, held=[str(ONE)]) == ((), (str(ONE),))


@pytest.mark.parametrize(
    ("as_path", "verdict"), [((65001,), True), ((), True), ((65001, 64512, 65002), False)]
)
def test_loops_are_not_accepted(as_path: tuple[int, ...], verdict: bool) -> None:
    assert accepted(Route(str(ONE), "169.254.10.2", as_path, (), None, "igp"), SPEC) is verdict


@pytest.mark.parametrize(
    ("within", "verdict"),
    [
        (None, True),
        ((), False),
        (("192.0.2.0/24",), True),
        (("192.0.0.0/16",), True),
        (("192.0.2.0/25",), False),
        (("198.51.100.0/24",), False),
        (("198.51.100.0/24", "192.0.2.0/24"), True),
    ],
)
def test_a_route_lies_within_what_was_agreed(within: tuple[str, ...] | None, verdict: bool) -> None:
    spec = replace(SPEC, within=None if within is None else tuple(map(ip_network, within)))
    assert accepted(Route(str(ONE), "169.254.10.2", (65001,), (), None, "igp"), spec) is verdict
