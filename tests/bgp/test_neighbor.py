"""A spec in ExaBGP's terms."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from lab.bgp.neighbor import change, neighbor
from lab.bgp.spec import SpeakerSpec
from tests.bgp.test_spec import SPEC, SPEC6


@pytest.mark.parametrize(("spec", "family"), [(SPEC, "ipv4"), (SPEC6, "ipv6")])
def test_one_family_and_no_key(spec: SpeakerSpec, family: str) -> None:
    made = neighbor(spec)
    assert [(afi.name(), str(safi)) for afi, safi in made.families()] == [(family, "unicast")]
    assert made["md5-password"] is None
    assert made.missing() == ""
    assert (int(made["local-as"]), int(made["peer-as"]), int(made["hold-time"])) == (64512, 4200000001, 90)


def test_what_it_offers() -> None:
    offered = {name for name, value in neighbor(SPEC)["capability"].items() if value}
    assert offered == {"asn4", "route-refresh"}


def test_the_announcements_are_queued() -> None:
    spec = replace(SPEC, peer_asn=65099)
    queued = neighbor(spec).rib.outgoing.queued_changes()
    assert {each.nlri.cidr.prefix() for each in queued} == {"10.10.0.0/16", "10.20.0.0/16"}


def test_the_next_hop_is_the_speaker() -> None:
    assert str(change(SPEC, ip_network("10.10.0.0/16")).nlri.nexthop) == "169.254.10.1"
    assert str(change(SPEC6, ip_network("2001:db8:10::/56")).nlri.nexthop) == "2001:db8::1"
