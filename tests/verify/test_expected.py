"""From a topology's `expect` to expectations of single peers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from lab.directconnect.model import BgpPeerState, VirtualInterface, VirtualInterfaceState
from lab.errors import TopologyError
from lab.topology import Topology, load
from lab.verify import Check, checks_of
from lab.verify.checks import Status
from tests.verify.samples import peer, vif

HEAD = "name: case\ntopology: {nodes: {dx: {kind: aws-dx, location: EqDC2}}}\n"
OFFICE = vif()


def topology(directory: Path, expect: str) -> Topology:
    path = directory / "case.yml"
    path.write_text(HEAD + expect)
    return load(path)


def said(checks: Sequence[Check]) -> list[str]:
    return [f"{check.subject} {check.key}: {check.wanted} [{check.line}]" for check in checks]


def test_without_expect_every_peer_is_to_come_up_and_announce_something(tmp_path: Path) -> None:
    assert said(checks_of(topology(tmp_path, ""), [OFFICE])) == [
        "office.ipv4 bgpStatus: up within 30s [None]",
        "office.ipv4 accepted: at least one prefix [None]",
        "office.ipv6 bgpStatus: up within 30s [None]",
        "office.ipv6 accepted: at least one prefix [None]",
    ]


def test_what_is_said_of_a_peer_counts_in_place_of_what_is_said_of_its_virtual_interface(
    tmp_path: Path,
) -> None:
    expect = """\
expect:
  office.ipv6: {within: 5s, accepted-only: []}
  office:
    within: 10s
    stays: 1s
    accepted-only: [10.0.0.0/8, "2001:db8::/32"]
"""
    assert said(checks_of(topology(tmp_path, expect), [OFFICE])) == [
        "office.ipv4 bgpStatus: up within 10s, stays 1s [5]",
        "office.ipv4 accepted-only: 10.0.0.0/8 [8]",
        "office.ipv6 bgpStatus: up within 5s, stays 1s [4]",
        "office.ipv6 accepted-only: nothing [4]",
    ]


def test_everything_goes_to_the_peers_of_its_family(tmp_path: Path) -> None:
    expect = """\
expect:
  office:
    accepted: [10.0.0.0/8]
    not-accepted: ["::/0"]
    advertised: [10.0.0.0/8, "2001:db8::/32"]
    communities: {10.0.0.0/8: ["7224:7300"]}
    as-path: {"2001:db8::/32": [65001]}
    med: {10.0.0.0/8: 50}
    reachable: [{from: aws, to: 10.0.0.1}, {from: aws, to: "2001:db8::1"}, {from: aws, to: 10.0.0.2}]
    customer-router-config: applied
"""
    checks = checks_of(topology(tmp_path, expect), [OFFICE])
    assert [f"{check.subject.peer.family} {check.key}" for check in checks] == [
        *("ipv4 bgpStatus", "ipv4 accepted", "ipv4 advertised", "ipv4 communities", "ipv4 med"),
        *("ipv4 reachable", "ipv4 reachable", "ipv4 customer-router-config"),
        *("ipv6 bgpStatus", "ipv6 not-accepted", "ipv6 advertised", "ipv6 as-path", "ipv6 reachable"),
        "ipv6 customer-router-config",
    ]


def test_a_family_without_prefixes_must_have_none_where_all_are_named(tmp_path: Path) -> None:
    expect = "expect: {office: {accepted-only: [10.0.0.0/8], med: 5}}\n"
    wanted = [f"{check.key}: {check.wanted}" for check in checks_of(topology(tmp_path, expect), [OFFICE])]
    assert wanted == [
        *("bgpStatus: up within 30s", "accepted-only: 10.0.0.0/8", "med: 5"),
        *("bgpStatus: up within 30s", "accepted-only: nothing", "med: 5"),
    ]


def test_a_session_that_is_to_be_down_has_to_stay_so_for_a_while(tmp_path: Path) -> None:
    (check,) = checks_of(topology(tmp_path, "expect: {office.ipv4: {bgpStatus: down}}\n"), [OFFICE])
    assert isinstance(check, Status)
    assert (check.status, check.stays) == ("down", 10.0)


def test_of_two_peers_of_a_family_the_older_is_meant(tmp_path: Path) -> None:
    both = vif(peer("ipv4", 1), peer("ipv4", 2))
    checks = checks_of(topology(tmp_path, "expect: {office.ipv4: {bgpStatus: up}}\n"), [both])
    assert [check.subject.peer.id for check in checks] == ["dxpeer-ipv41"]
    assert len(checks_of(topology(tmp_path, "expect: {office: {bgpStatus: up}}\n"), [both])) == 2


@pytest.mark.parametrize("target", ["dxvif-fg12ab31", "dxvif-fg12ab31.ipv6", "office.ipv6"])
def test_a_virtual_interface_may_be_called_by_its_id(tmp_path: Path, target: str) -> None:
    checks = checks_of(topology(tmp_path, f"expect: {{{target}: {{bgpStatus: up}}}}\n"), [OFFICE])
    assert {check.subject.peer.family for check in checks} >= {"ipv6"}


def test_a_name_may_look_like_that_of_a_peer(tmp_path: Path) -> None:
    odd = vif(name="office.ipv4", number=2)
    checks = checks_of(topology(tmp_path, "expect: {office.ipv4: {bgpStatus: up}}\n"), [OFFICE, odd])
    assert [str(check.subject) for check in checks] == ["office.ipv4.ipv4", "office.ipv4.ipv6"]


@pytest.mark.parametrize(
    ("expect", "vifs", "sentence"),
    [
        ("", [], "there is nothing to verify: no request makes a virtual interface"),
        ("expect: {offcie: {bgpStatus: up}}\n", [OFFICE],
         "there is no virtual interface 'offcie'; known: office; did you mean 'office'?"),
        ("expect: {office.ipv5: {bgpStatus: up}}\n", [OFFICE],
         "there is no virtual interface 'office.ipv5'; known: office; did you mean 'office'?"),
        ("expect: {office: {bgpStatus: up}}\n", [OFFICE, vif(number=2)],
         "dxvif-fg12ab31 and dxvif-fg12ab32 are both called 'office'; use the id"),
        ("expect: {office.ipv6: {bgpStatus: up}}\n", [vif(peer("ipv4"))], "'office' has no ipv6 peer"),
        ("expect: {office: {accepted: ['::/0']}}\n", [vif(peer("ipv4"))],
         "'office' has no IPv6 peer for ::/0"),
        ("expect: {office.ipv6: {reachable: {from: aws, to: 10.0.0.1}}}\n", [OFFICE],
         "'office.ipv6' has no IPv4 peer for 10.0.0.1"),
        ("expect: {office: {bgpStatus: up}}\n", [vif(state=VirtualInterfaceState.DELETED)],
         "there is no virtual interface 'office'; none is known"),
        ("", [vif(peer("ipv4", state=BgpPeerState.DELETING))],
         "there is nothing to verify: no request makes a virtual interface"),
    ],
)  # fmt: skip
def test_what_cannot_be_expected(
    tmp_path: Path, expect: str, vifs: list[VirtualInterface], sentence: str
) -> None:
    with pytest.raises(TopologyError) as refusal:
        checks_of(topology(tmp_path, expect), vifs)
    place = f"{tmp_path}/case.yml:3: " if expect else f"{tmp_path}/case.yml: "
    assert str(refusal.value) == place + sentence
