"""Which line of a router's configuration an expectation is about, in whatever language it is."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from lab.verify.checks import (
    Accepted,
    AcceptedAny,
    Advertised,
    AsPath,
    Check,
    Communities,
    CustomerRouterConfig,
    Med,
    Reachable,
    Status,
)
from lab.verify.config_lines import config_line
from tests.verify.samples import subject

TEN = ip_network("10.0.0.0/8")
PEER = subject()
FRR = """\
! a comment about 169.254.0.1
interface eth1.101
 ip address 169.254.0.2/30
ip prefix-list OFFICE permit 10.0.0.0/8
router bgp 65001
 neighbor 169.254.0.11 remote-as 64512
 neighbor 169.254.0.1 remote-as 64512
"""
BIRD = """\
# 169.254.0.1
protocol static { ipv4; route 10.0.0.0/8 blackhole; }
protocol bgp aws { neighbor 169.254.0.1 as 64512; local 169.254.0.2 as 65001; }
"""


def make(kind: type[Check], *wanted: object) -> Check:
    return kind(PEER, 30.0, 1, *wanted)


@pytest.mark.parametrize(
    ("check", "in_frr", "in_bird"),
    [
        (make(Status, "up", 0.0), 7, 3),
        (make(AcceptedAny), 7, 3),
        (make(Accepted, frozenset({TEN})), 4, 2),
        (make(Accepted, frozenset({ip_network("11.0.0.0/8")})), 7, 3),
        (make(Advertised, frozenset({TEN})), 4, 2),
        (make(Communities, {TEN: ()}), 4, 2),
        (make(AsPath, {TEN: ()}), 4, 2),
        (make(Med, 5), 7, 3),
        (make(Med, {TEN: 5}), 4, 2),
        (make(Reachable, ip_address("10.1.1.1")), 7, 3),
        (make(CustomerRouterConfig), 3, 3),
    ],
)
def test_the_line_of_an_expectation(check: Check, in_frr: int, in_bird: int) -> None:
    assert (config_line(check, FRR), config_line(check, BIRD)) == (in_frr, in_bird)


def test_what_stands_nowhere_has_no_line() -> None:
    assert config_line(make(Status, "up", 0.0), "hostname edge\n") is None


def test_a_sub_interface_is_better_than_nothing() -> None:
    check = make(Status, "up", 0.0)
    assert config_line(check, "interface eth1.101\n", [(102, 9), (101, 1)]) == 1
