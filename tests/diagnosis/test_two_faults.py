"""Two faults at once: the one that must be mended first is named, and then the other.

The pairs from hand-made evidence, each layer's against every other's; what real routers do is on the fault bench.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from lab.bgp import events
from lab.diagnosis import Cause, judge
from lab.diagnosis.evidence import Evidence, Icmp, InterfaceAddress, Missing
from lab.diagnosis.rules import findings
from tests.diagnosis.made import CABLE, NOW, answers, case, ended, known, light, opened, probe, said, segment

#: What shows each cause, in the order of mending: of a router that is not heard, and of one that is.
SILENT: dict[Cause, tuple[Evidence, ...]] = {
    Cause.LAB_FAULT: (Missing("the lab", NOW, "the port"),),
    Cause.CABLE_DOWN: (light(carrier=False),),
    Cause.VLAN_MISMATCH: (InterfaceAddress("router", NOW, "eth1.777", "169.254.10.2/30"),),
    Cause.ASN_MISMATCH_AMAZON: (known(asn=64599),),
}
HEARD: dict[Cause, tuple[Evidence, ...]] = {
    Cause.LAB_FAULT: (said(events.SpeakerExited, -9, "speaker died", ago=2),),
    Cause.PREFIX_LENGTH_MISMATCH: (InterfaceAddress("router", NOW, "eth1.101", "169.254.10.2/31"),),
    Cause.TCP_FILTERED: (
        Icmp(CABLE, NOW - 1, True, (101,), "169.254.10.2", "169.254.10.1", 3, 13, "169.254.10.2", 179),
    ),
    Cause.MD5_MISMATCH: (segment(signature="wrong"),),
    Cause.ASN_MISMATCH_CUSTOMER: (opened(65099),),
    Cause.ASN_MISMATCH_AMAZON: (ended(2, 2),),
    Cause.PREFIX_LIMIT_AWS: (ended(6, 1, by_router=False),),
}
#: What follows by itself from the first of a pair.
IMPLIED = {(Cause.LAB_FAULT, Cause.TCP_FILTERED), (Cause.PREFIX_LENGTH_MISMATCH, Cause.TCP_FILTERED)}
PAIRS = [
    (first, then, (*evidence[first], *evidence[then]))
    for evidence in (SILENT, HEARD)
    for first, then in combinations(evidence, 2)
    if (first, then) not in IMPLIED
]


@pytest.mark.parametrize(
    ("first", "then", "evidence"), PAIRS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_pair_is_named_in_the_order_of_mending(
    first: Cause, then: Cause, evidence: tuple[Evidence, ...]
) -> None:
    assert [finding.cause for finding in findings(case(*evidence))] == [first, then]


def test_of_two_faults_the_lower_one_is_named_first() -> None:
    verdict = judge(case(answers(), segment(signature="wrong"), opened(65099)))
    assert (verdict.cause, verdict.next) == (Cause.MD5_MISMATCH, (Cause.ASN_MISMATCH_CUSTOMER,))


@pytest.mark.parametrize("by_router", [True, False])
def test_a_session_whose_open_is_refused_is_no_black_hole(by_router: bool) -> None:
    refused = (opened(65099), ended(2, 2, by_router=by_router))
    pings = (probe("ping", "answered"), probe("large ping", "silent"))
    hole = (segment("P.", ago=8, length=45), segment("P.", ago=5, sequence=1500, length=19))
    found = {finding.cause for finding in findings(case(answers(), *refused, *pings, *hole))}
    assert Cause.MTU_BLACKHOLE not in found
    assert Cause.ASN_MISMATCH_CUSTOMER in found


def test_a_router_on_a_dark_cable_is_suspected_of_nothing() -> None:
    calls = [said(events.Connected, "accepted", ago=number) for number in (9, 7, 5, 3)]
    large = [segment("P.", inbound=False, ago=number, length=1400) for number in (4, 2, 1)]
    assert [each.cause for each in findings(case(answers(), *calls))] == [Cause.PEER_SHUT]
    assert [each.cause for each in findings(case(answers(), *large))] == [Cause.MTU_BLACKHOLE]
    dark = light("eth1.101", enabled=False, carrier=False)
    assert [each.cause for each in findings(case(answers(), *calls, *large, dark))] == [Cause.CABLE_DOWN]
