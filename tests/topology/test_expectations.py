"""The part `expect`: everything that it can say, and durations."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from lab.topology import Expectation, load
from lab.topology.expectations import seconds

HEAD = "name: case\ntopology: {nodes: {dx: {kind: aws-dx, location: EqDC2}}}\n"
EVERYTHING = """\
expect:
  office:
    bgpStatus: up
    within: 500ms
    stays: 2m
    accepted: [10.0.0.0/8]
    not-accepted: [0.0.0.0/0]
    advertised: ["2001:db8::/32"]
    communities: {10.0.0.0/8: ["7224:7300", no-export]}
    as-path: {10.0.0.0/8: [65001, 65001]}
    med: {10.0.0.0/8: 50}
    reachable: [{from: aws, to: 10.0.0.1}, {from: aws, to: "2001:db8::1"}]
    customer-router-config: applied
  office.ipv6: {accepted-only: [], med: 7, reachable: {from: aws, to: "2001:db8::1"}}
  second: {bgpStatus: down}
"""
TEN = ip_network("10.0.0.0/8")


def expected(directory: Path, text: str) -> tuple[Expectation, ...]:
    path = directory / "case.yml"
    path.write_text(HEAD + text)
    return load(path).expect


def test_everything_that_can_be_expected(tmp_path: Path) -> None:
    office, *_ = expected(tmp_path, EVERYTHING)
    keys = [
        "bgpStatus",
        "within",
        "stays",
        "accepted",
        "not-accepted",
        "advertised",
        "communities",
        "as-path",
        "med",
        "reachable",
    ]
    assert office == Expectation(
        target="office",
        line=4,
        lines={key: line for line, key in enumerate([*keys, "customer-router-config"], 5)},
        bgp_status="up",
        within=0.5,
        stays=120.0,
        accepted=(TEN,),
        not_accepted=(ip_network("0.0.0.0/0"),),
        advertised=(ip_network("2001:db8::/32"),),
        communities={TEN: ("7224:7300", "no-export")},
        as_path={TEN: (65001, 65001)},
        med={TEN: 50},
        reachable=(ip_address("10.0.0.1"), ip_address("2001:db8::1")),
        customer_router_config="applied",
    )


def test_other_ways_to_say_it(tmp_path: Path) -> None:
    _, of_peer, second = expected(tmp_path, EVERYTHING)
    assert (of_peer.target, of_peer.accepted_only, of_peer.med) == ("office.ipv6", (), 7)
    assert of_peer.reachable == (ip_address("2001:db8::1"),)
    assert (of_peer.bgp_status, second.bgp_status, second.accepted_only) == (None, "down", None)


def test_a_file_that_expects_nothing(tmp_path: Path) -> None:
    assert expected(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("text", "value"), [("0s", 0.0), ("500ms", 0.5), ("1.5s", 1.5), ("10s", 10.0), ("2m", 120.0)]
)
def test_durations(text: str, value: float) -> None:
    assert seconds(text) == pytest.approx(value)
