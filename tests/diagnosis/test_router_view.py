"""What routers say of their neighbours beyond the common words, from what they printed."""

from __future__ import annotations

import json

import pytest

from lab.diagnosis.router_view import QUESTIONS, Detail

FRR_NEIGHBOURS = {
    "169.254.10.1": {
        "bgpState": "Established",
        "addressFamilyInfo": {
            "ipv4Unicast": {"outboundEbgpRequiresPolicy": "Outbound updates discarded due to missing policy"}
        },
    },
    "2001:db8:1::1": {"bgpState": "Idle", "adminShutDown": True},
}
FRR_IPV4 = {
    "routes": {
        "172.16.0.0/16": [{"bestpath": True, "peerId": "(unspec)"}],
        "10.10.0.0/16": [{"valid": True, "peerId": "169.254.10.1"}],
        "192.0.2.0/24": [{"peerId": "(unspec)"}],
    }
}
FRR_IPV6: dict[str, object] = {"routes": {"2001:db8:ace::/48": [{"bestpath": True, "peerId": "(unspec)"}]}}
BIRD = """BIRD 2.0.12 ready.
Name       Proto      Table      State  Since         Info
dx4        BGP        ---        up     12:00:00.000  Established
    Neighbor address: 169.254.10.1
    Neighbor AS:      64512
dx6        BGP        ---        down   12:00:00.000
    Neighbor address: 2001:db8:1::1
BIRD 2.0.12 ready.
Table master4:
172.16.0.0/16        blackhole [static1 12:00:00.000] * (200)
10.10.0.0/16         unicast [dx4 12:00:00.000] * (100) [AS64512i]
Table master6:
2001:db8:ace::/48    blackhole [static2 12:00:00.000] * (200)
2001:db8:acf::/48    blackhole [static2 12:00:00.000] * (200)
"""
GOBGP = json.dumps(
    [
        {"state": {"neighbor_address": "169.254.10.1", "admin_state": 0}},
        {"state": {"neighbor_address": "2001:db8:1::1", "admin_state": 1}},
    ]
)


def read(kind: str, text: str, neighbour: str) -> Detail:
    return QUESTIONS[kind].read(text, neighbour, 6 if ":" in neighbour else 4)


def test_frr() -> None:
    text = "\n% a remark\n".join(json.dumps(each) for each in (FRR_NEIGHBOURS, FRR_IPV4, FRR_IPV6))
    assert read("frr", text, "169.254.10.1") == Detail(policy_missing=True, originates=1)
    assert read("frr", text, "2001:db8:1::1") == Detail(shut=True, originates=1)


@pytest.mark.parametrize("text", ["", "{ no JSON", "% BGP instance not found"])
def test_an_frr_that_says_nothing(text: str) -> None:
    assert read("frr", text, "169.254.10.1") == Detail()


def test_bird() -> None:
    assert read("bird", BIRD, "169.254.10.1") == Detail(originates=1)
    assert read("bird", BIRD, "2001:db8:1::1") == Detail(shut=True, originates=2)
    assert read("bird", BIRD, "169.254.99.1") == Detail()


def test_gobgp() -> None:
    assert read("gobgp", GOBGP, "169.254.10.1") == Detail()
    assert read("gobgp", GOBGP, "2001:db8:1::1") == Detail(shut=True)


@pytest.mark.parametrize("text", ["", "{}", "[1]", "connection refused"])
def test_a_gobgp_that_says_nothing(text: str) -> None:
    assert read("gobgp", text, "169.254.10.1") == Detail()
