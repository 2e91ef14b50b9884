"""The order for a speaker."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest

from lab.bgp.spec import SpeakerSpec

SPEC = SpeakerSpec(
    peer_id="dxpeer-1",
    namespace="dxlab-demo.dxvif-1",
    local_address=IPv4Address("169.254.10.1"),
    peer_address=IPv4Address("169.254.10.2"),
    local_asn=64512,
    peer_asn=4200000001,
    auth_key='s"e\\c#r;e{t',
    router_id=IPv4Address("169.254.10.1"),
    announce=(ip_network("10.10.0.0/16"), ip_network("10.20.0.0/16")),
    prefix_limit=100,
)
SPEC6 = replace(
    SPEC,
    local_address=IPv6Address("2001:db8::1"),
    peer_address=IPv6Address("2001:db8::6"),
    announce=(ip_network("2001:db8:10::/56"),),
)


@pytest.mark.parametrize(
    ("spec", "family"),
    [
        (SPEC, 4),
        (SPEC6, 6),
        (replace(SPEC, announce=()), 4),
        (replace(SPEC, within=()), 4),
        (replace(SPEC, within=(ip_network("192.0.2.0/24"),)), 4),
    ],
)
def test_it_survives_the_journey_to_the_launcher(spec: SpeakerSpec, family: int) -> None:
    assert SpeakerSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    assert spec.family == family


def test_the_key_is_not_shown() -> None:
    assert SPEC.auth_key not in repr(SPEC)
    assert "auth_key" not in repr(SPEC)
    assert SPEC.auth_key not in SPEC.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"auth_key": "another"},
        {"peer_asn": 65002},
        {"local_address": IPv4Address("169.254.10.3")},
        {"prefix_limit": 1000},
        {"hold_time": 30},
        {"within": ()},
        {"namespace": "dxlab-demo.dxvif-2"},
    ],
)
def test_the_fingerprint_tells_specs_apart(change: dict[str, object]) -> None:
    assert replace(SPEC, **change).fingerprint != SPEC.fingerprint  # type: ignore[arg-type]


def test_the_fingerprint_leaves_out_what_a_running_session_can_change() -> None:
    assert replace(SPEC, announce=()).fingerprint == SPEC.fingerprint
