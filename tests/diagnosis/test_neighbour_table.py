"""The machine's neighbour table is full: the lab's own fault, whatever it looks like."""

from __future__ import annotations

import pytest

from lab.bgp import events
from lab.diagnosis import UNCLEAR, Case, Cause, judge
from lab.diagnosis.evidence import NeighbourTable
from tests.diagnosis.made import NOW, answers, case, probe, said, segment


def table(growth: int, family: int = 4) -> NeighbourTable:
    return NeighbourTable("the machine's kernel", NOW, family, 1024, 1024, 7 + growth, growth)


CASES: dict[str, tuple[Case, str]] = {
    "full": (
        case(answers(), table(3), probe("ping", "silent"), probe("unsigned SYN", "silent")),
        Cause.LAB_FAULT,
    ),
    "full, and nobody answers": (
        case(table(3, family=6), probe("arp", "silent"), family=6),
        Cause.LAB_FAULT,
    ),
    "full, and only the router's calls arrive": (
        case(answers(), table(3), segment(signature="wrong")),
        Cause.LAB_FAULT,
    ),
    "full for others": (
        case(answers(), table(3), segment(signature="wrong"), segment(inbound=False)),
        Cause.MD5_MISMATCH,
    ),
    "full for others, and a ping is answered": (
        case(answers(), table(3), probe("ping", "answered"), probe("unsigned SYN", "closed")),
        Cause.BGP_NOT_LISTENING,
    ),
    "full once": (case(table(0), probe("arp", "silent")), Cause.NO_NEIGHBOUR),
    "full while the speaker starts": (
        case(table(3), probe("arp", "silent"), said(events.SpeakerStarted, 1)),
        UNCLEAR,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_table(name: str) -> None:
    made, cause = CASES[name]
    assert judge(made).cause == cause


def test_a_full_table_is_told_with_its_numbers_and_blames_nobody() -> None:
    verdict = judge(case(answers(), table(3), probe("unsigned SYN", "silent"), kind="frr"))
    assert "1024 entries, the limit is 1024" in verdict.explanation
    assert verdict.fix.startswith("nothing on the router")
    assert verdict.fix.endswith("sysctl -w net.ipv4.neigh.default.gc_thresh3=2048")
    assert [str(item) for item in verdict.evidence] == [
        "IPv4 neighbour table: 1024 entries, the limit is 1024; table_fulls is 10, 3 more than before"
    ]
    assert verdict.next == ()
