"""Each rule at its edges, from hand-made evidence; what real routers do is in `test_golden`."""

from __future__ import annotations

import pytest

from lab.bgp import events
from lab.diagnosis import HEALTHY, UNCLEAR, Case, Cause, Confidence, judge
from lab.diagnosis.causes import MEANINGS
from lab.diagnosis.evidence import (
    FilterRule,
    Icmp,
    InterfaceAddress,
    Missing,
    Neighbour,
    OtherPacket,
    SessionSeen,
)
from lab.diagnosis.messages import Message
from lab.diagnosis.rules import findings
from tests.diagnosis.made import (
    CABLE,
    NOW,
    answers,
    arp,
    case,
    counter,
    daemons,
    discovery,
    ended,
    known,
    light,
    opened,
    probe,
    said,
    segment,
    session,
)

OPEN = Message(
    "OPEN", asn=65001, hold_time=90, router_id="192.0.2.1", families=("ipv4 unicast",), multiprotocol=True
)


def icmp(kind: int, code: int, sender: str = "169.254.10.2", port: int = 179) -> Icmp:
    return Icmp(CABLE, NOW - 1, True, (101,), sender, "169.254.10.1", kind, code, "169.254.10.2", port)


def fallen(*falls: tuple[float, str]) -> SessionSeen:
    """A session that is up, and useful, after falls so many seconds ago."""
    ends = tuple((NOW - ago, reason) for ago, reason in falls)
    return session("up", routes=1, next_hops=("169.254.10.2",), falls=ends)


def address(text: str, interface: str = "eth1.101") -> InterfaceAddress:
    return InterfaceAddress("router", NOW, interface, text)


ESTABLISHED = said(events.Established, ago=50)
UPDATE = Message(
    "UPDATE", as_path=(65001, 64512), next_hop="169.254.10.2", announced=1, prefixes=("172.16.0.0/16",)
)
FOREIGN = Message("UPDATE", prefixes=("172.16.0.0/16",), as_path=(65001,), next_hop="169.254.10.2")
ECHO = Message(
    "UPDATE", as_path=(65001, 64512), next_hop="169.254.10.2", announced=1, prefixes=("10.10.0.0/16",)
)

CASES: dict[str, tuple[Case, str]] = {
    # ---- the lab, the cable
    "something of the lab is missing": (case(Missing("lab", NOW, "the carrier of dxvif")), Cause.LAB_FAULT),
    "the speaker died and stays dead": (
        case(said(events.SpeakerStarted, 1, ago=9), said(events.SpeakerExited, -9, "speaker died", ago=5)),
        Cause.LAB_FAULT,
    ),
    "the speaker just died, and is being replaced": (
        case(said(events.SpeakerExited, -9, "speaker died", ago=0.2)),
        UNCLEAR,
    ),
    "no cable was ever plugged in": (case(light(carrier=False, stub=True)), Cause.CABLE_DOWN),
    "the cable is pulled at AWS's port": (case(light(enabled=False, carrier=False)), Cause.CABLE_DOWN),
    "the router's end is dark": (case(light(carrier=False)), Cause.CABLE_DOWN),
    "the router's sub-interface is shut": (
        case(light(), light("eth1.101", enabled=False, carrier=False)),
        Cause.CABLE_DOWN,
    ),
    # ---- tags
    "another tag": (case(arp(tags=(102,))), Cause.VLAN_MISMATCH),
    "no tag": (case(arp(tags=())), Cause.VLAN_UNTAGGED),
    "two tags": (case(arp(tags=(101, 101))), Cause.VLAN_DOUBLE_TAGGED),
    "two tags, the inner one another": (case(discovery(tags=(900, 101)), family=6), Cause.VLAN_DOUBLE_TAGGED),
    "another tag as well as the right one": (case(arp(tags=(102,)), answers()), UNCLEAR),
    "another tag of somebody else": (case(arp("10.0.0.1", "10.0.0.2", tags=(102,))), UNCLEAR),
    "the address is on another VLAN of the router": (
        case(address("169.254.10.2/30", "eth1.777"), probe("arp", "silent")),
        Cause.VLAN_MISMATCH,
    ),
    "the address is on the router's port itself": (
        case(address("169.254.10.2/30", "eth1"), probe("arp", "silent")),
        Cause.VLAN_UNTAGGED,
    ),
    # ---- addresses
    "another address": (case(arp("169.254.10.6")), Cause.ADDRESS_MISMATCH),
    "another address, answering a sweep": (
        case(discovery("2001:db8:1::7", "2001:db8:1::7", reply=True), family=6),
        Cause.ADDRESS_MISMATCH,
    ),
    "another address, which was not heard": (
        case(address("169.254.10.6/30"), probe("arp", "silent")),
        Cause.ADDRESS_MISMATCH,
    ),
    "Amazon's address": (case(arp("169.254.10.1", "169.254.10.2")), Cause.ADDRESS_SWAPPED),
    "a link-local address only": (case(discovery("fe80::1"), family=6), UNCLEAR),
    "another peer's address": (case(arp("169.254.10.6"), siblings=("169.254.10.6",)), UNCLEAR),
    "a prefix too long": (case(address("169.254.10.2/31"), answers()), Cause.PREFIX_LENGTH_MISMATCH),
    "a prefix that is only shorter": (case(address("169.254.10.2/24"), answers()), UNCLEAR),
    "nobody answers the probe": (
        case(probe("arp", "silent"), Neighbour("table", NOW, "169.254.10.2", "", "failed")),
        Cause.NO_NEIGHBOUR,
    ),
    "nobody answers in a capture": (
        case(
            arp("169.254.10.1", "169.254.10.2", inbound=False, ago=2),
            arp("169.254.10.1", "169.254.10.2", inbound=False),
        ),
        Cause.NO_NEIGHBOUR,
    ),
    "nobody was asked": (case(), UNCLEAR),
    "a DHCP request of the router's": (
        case(OtherPacket(CABLE, NOW - 1, True, (101,), "0.0.0.0", "255.255.255.255", 17)),
        UNCLEAR,
    ),
    "silence right after the speaker's start": (
        case(said(events.SpeakerStarted, 1), probe("arp", "silent")),
        UNCLEAR,
    ),
    "silence while the routers are being started": (case(probe("arp", "silent"), starting=True), UNCLEAR),
    # ---- filters
    "prohibited by the router": (case(answers(), icmp(3, 13)), Cause.TCP_FILTERED),
    "prohibited on the way": (case(answers(), icmp(3, 10, "169.254.99.1")), Cause.TCP_FILTERED),
    "something else is prohibited": (case(answers(), icmp(3, 13, port=22)), UNCLEAR),
    "a rule that drops": (
        case(
            answers(),
            daemons(),
            known(),
            probe("unsigned SYN", "silent"),
            FilterRule("nft", NOW, "tcp dport 179 drop"),
        ),
        Cause.TCP_FILTERED,
    ),
    "silence, and the router's TCP saw nothing": (
        case(answers(), daemons(), known(), probe("unsigned SYN", "silent")),
        Cause.TCP_FILTERED,
    ),
    "silence of a router that is not the lab's": (
        case(answers(), probe("unsigned SYN", "silent"), probe("ping", "answered")),
        Cause.TCP_FILTERED,
    ),
    "the router calls in vain": (
        case(answers(), segment(ago=3), segment(ago=2), segment("S.", inbound=False)),
        Cause.TCP_FILTERED,
    ),
    "SYNs that nothing answers in a capture": (
        case(answers(), segment(inbound=False, ago=2), segment(inbound=False)),
        Cause.TCP_FILTERED,
    ),
    # ---- nobody there
    "the daemons do not run": (case(answers(), daemons(False)), Cause.BGP_NOT_LISTENING),
    "the daemons do not run yet": (case(answers(), daemons(False), said(events.SpeakerStarted, 1)), UNCLEAR),
    "no such neighbour": (
        case(answers(), daemons(), known("169.254.10.9"), probe("unsigned SYN", "closed")),
        Cause.BGP_NOT_LISTENING,
    ),
    "a daemon that does not list us, and talks to us": (
        case(answers(), daemons(), known("169.254.10.9"), probe("unsigned SYN", "refused"), opened(65099)),
        Cause.ASN_MISMATCH_CUSTOMER,
    ),
    "a daemon that does not answer yet": (
        case(answers(), daemons(answering=False), probe("unsigned SYN", "refused")),
        UNCLEAR,
    ),
    "a daemon that hangs": (case(answers(), daemons(), probe("unsigned SYN", "open")), Cause.MD5_MISSING),
    "a RST to the probe, of one that calls": (
        case(answers(), probe("unsigned SYN", "refused"), segment(signature="wrong", ago=60)),
        Cause.MD5_MISMATCH,
    ),
    "a RST to the probe": (case(answers(), probe("unsigned SYN", "refused")), Cause.BGP_NOT_LISTENING),
    "a RST in a capture": (
        case(answers(), segment("R.", signature="none", sender_port=179, receiver_port=50000)),
        Cause.BGP_NOT_LISTENING,
    ),
    "a stranger is hung up on": (case(answers(), probe("unsigned SYN", "closed")), Cause.BGP_NOT_LISTENING),
    # ---- signatures, TTL, source
    "unsigned calls": (case(answers(), segment(signature="none")), Cause.MD5_MISSING),
    "an unsigned call is taken": (case(answers(), probe("unsigned SYN", "open")), Cause.MD5_MISSING),
    "the answer to an unsigned probe is unsigned": (
        case(answers(), segment("S.", signature="none", sender_port=179, receiver_port=61123)),
        UNCLEAR,
    ),
    "wrongly signed calls": (case(answers(), segment(signature="wrong")), Cause.MD5_MISMATCH),
    "our kernel counts wrong signatures": (case(answers(), counter("TCPMD5Failure")), Cause.MD5_MISMATCH),
    "the router's kernel misses a signature on the probe": (
        case(
            answers(),
            daemons(),
            known(),
            probe("unsigned SYN", "silent"),
            counter("TCPMD5NotFound", ours=False),
        ),
        Cause.MD5_MISMATCH,
    ),
    "mended since": (case(answers(), segment(signature="wrong", ago=5), segment("P.", OPEN, ago=1)), UNCLEAR),
    "GTSM on the wire": (case(answers(), segment(ttl=255)), Cause.TTL_SECURITY),
    "GTSM in the router's kernel": (
        case(answers(), counter("TCPMinTTLDrop", ours=False)),
        Cause.TTL_SECURITY,
    ),
    "GTSM, up for a moment": (
        case(answers(), session("up", since=1), segment("P.", OPEN, ttl=255)),
        Cause.TTL_SECURITY,
    ),
    "TTL 255 of a router that hears us": (
        case(answers(), segment(ttl=255), ended(2, 6)),
        Cause.HOLD_TIME_REJECTED,
    ),
    "TTL 255 of a kernel": (case(answers(), segment("S.", ttl=255)), UNCLEAR),
    "a call from a loopback": (
        case(answers(), segment(sender="198.51.100.1")),
        Cause.SOURCE_ADDRESS,
    ),
    "a call from another peer": (
        case(answers(), segment(sender="169.254.10.6"), siblings=("169.254.10.6",)),
        UNCLEAR,
    ),
    # ---- OPEN
    "another ASN": (
        case(answers(), opened(65099), ended(2, 2, by_router=False)),
        Cause.ASN_MISMATCH_CUSTOMER,
    ),
    "AWS's ASN refused": (case(answers(), opened(), ended(2, 2)), Cause.ASN_MISMATCH_AMAZON),
    "another ASN expected of AWS": (case(answers(), daemons(), known(asn=64599)), Cause.ASN_MISMATCH_AMAZON),
    "the router refuses our identifier": (case(answers(), opened(), ended(2, 3)), Cause.ROUTER_ID_CONFLICT),
    "AWS refuses its identifier": (case(answers(), ended(2, 3, by_router=False)), Cause.ROUTER_ID_CONFLICT),
    "a hold time of 1": (case(answers(), opened(hold=1)), Cause.HOLD_TIME_REJECTED),
    "hold time refused": (
        case(answers(), opened(hold=0), ended(2, 6, by_router=False)),
        Cause.HOLD_TIME_REJECTED,
    ),
    "another family": (
        case(answers(6), segment("P.", OPEN, family=6), family=6),
        Cause.FAMILY_NOT_NEGOTIATED,
    ),
    "no multiprotocol means IPv4": (
        case(answers(), segment("P.", Message("OPEN", asn=65001, hold_time=90))),
        UNCLEAR,
    ),
    "no multiprotocol is no IPv6": (
        case(answers(6), segment("P.", Message("OPEN", asn=65001, hold_time=90), family=6), family=6),
        Cause.FAMILY_NOT_NEGOTIATED,
    ),
    # ---- what the operator did
    "shut, with a message": (case(answers(), ended(6, 2, "until noon")), Cause.PEER_SHUT),
    "shut, says the router": (case(answers(), daemons(), known(shut=True)), Cause.PEER_SHUT),
    "removed": (case(answers(), ended(6, 3)), Cause.PEER_NOT_CONFIGURED),
    "removed, and unknown since": (
        case(answers(), daemons(), ended(6, 3), probe("unsigned SYN", "closed")),
        Cause.PEER_NOT_CONFIGURED,
    ),
    "removed, and there again": (case(answers(), ended(6, 3, ago=9), opened()), UNCLEAR),
    "shut once, up since": (case(answers(), ended(6, 2, ago=70), ESTABLISHED), UNCLEAR),
    "taken and closed in silence": (
        case(answers(), *(said(events.Connected, "dialled", ago=number) for number in range(1, 5))),
        Cause.PEER_SHUT,
    ),
    "taken and closed in silence, for no family is active": (
        case(
            answers(),
            known(state="Idle", last_reset="No AFI/SAFI activated for peer"),
            *(said(events.Connected, "dialled", ago=number) for number in range(1, 5)),
        ),
        Cause.FAMILY_NOT_NEGOTIATED,
    ),
    "a collision": (case(answers(), ended(6, 7)), UNCLEAR),
    # ---- limits, timers
    "too many for AWS": (
        case(answers(), session(limit_exceeded=True), said(events.PrefixLimitExceeded, 101, 100)),
        Cause.PREFIX_LIMIT_AWS,
    ),
    "too many for AWS, in a capture": (
        case(answers(), segment("P.", Message("NOTIFICATION", code=6, subcode=1, bound=100), inbound=False)),
        Cause.PREFIX_LIMIT_AWS,
    ),
    "too many for the router": (
        case(answers(), segment("P.", Message("NOTIFICATION", code=6, subcode=1, bound=1))),
        Cause.PREFIX_LIMIT_CUSTOMER,
    ),
    "AWS heard nothing": (case(answers(), ended(4, 0, by_router=False)), Cause.HOLD_TIMER_EXPIRED),
    "the router heard nothing": (case(answers(), ended(4, 0)), Cause.HOLD_TIMER_EXPIRED),
    "a hole in what the router sends": (
        case(
            answers(),
            segment("P.", ago=8, sequence=1, length=45),
            segment("P.", ago=5, sequence=1500, length=19),
        ),
        Cause.MTU_BLACKHOLE,
    ),
    "a hole that was filled": (
        case(
            answers(),
            segment("P.", ago=8, sequence=1, length=45),
            segment("P.", ago=5, sequence=1500, length=19),
            segment("P.", ago=4, sequence=46, length=1454),
        ),
        UNCLEAR,
    ),
    "a large segment in vain": (
        case(answers(), *(segment("P.", inbound=False, ago=number, length=1400) for number in (4, 2, 1))),
        Cause.MTU_BLACKHOLE,
    ),
    "a large ping is lost": (
        case(answers(), probe("ping", "answered"), probe("large ping", "silent"), ended(4, 0)),
        Cause.MTU_BLACKHOLE,
    ),
    "a large ping is lost, and nothing else known": (
        case(answers(), probe("ping", "answered"), probe("large ping", "silent")),
        Cause.MTU_BLACKHOLE,
    ),
    "three falls": (case(fallen((90, "a"), (60, "b"), (30, "a"))), Cause.FLAPPING),
    "falls that have nothing to do with each other": (case(fallen((30, "a"), (20, "b"), (10, "c"))), HEALTHY),
    "falls of long ago": (case(fallen((9000, "a"), (8000, "b"), (30, "a"))), HEALTHY),
    # ---- routes
    "up and useful": (case(session("up", routes=1, next_hops=("169.254.10.2",))), HEALTHY),
    "up, and too early to say": (case(session("up", since=2)), HEALTHY),
    "up, and nothing comes": (case(session("up")), Cause.NO_ROUTES_RECEIVED),
    "up, and there is nothing to announce": (
        case(session("up"), daemons(), known(originates=0)),
        Cause.NO_ROUTES_RECEIVED,
    ),
    "up without a policy": (
        case(session("up"), daemons(), known(policy_missing=True)),
        Cause.POLICY_BLOCKS_ROUTES,
    ),
    "up, held back": (case(session("up"), daemons(), known(originates=3)), Cause.POLICY_BLOCKS_ROUTES),
    "up, and what comes is not what AWS takes": (
        case(session("up"), daemons(), known(originates=1), segment("P.", FOREIGN)),
        Cause.NO_ROUTES_RECEIVED,
    ),
    "AWS's ASN in the path": (case(session("up"), segment("P.", UPDATE)), Cause.AS_PATH_LOOP),
    "AWS's own routes, sent back": (case(session("up"), segment("P.", ECHO)), Cause.NO_ROUTES_RECEIVED),
    "a next hop elsewhere": (
        case(session("up", routes=1, next_hops=("203.0.113.9",))),
        Cause.NEXT_HOP_UNREACHABLE,
    ),
    "one next hop elsewhere": (
        case(session("up", routes=2, next_hops=("169.254.10.2", "203.0.113.9"))),
        HEALTHY,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_case(name: str) -> None:
    made, cause = CASES[name]
    verdict = judge(made)
    assert verdict.cause == cause
    assert verdict.healthy or verdict.explanation
    assert verdict.cause in (HEALTHY, UNCLEAR) or (verdict.evidence and verdict.fix)


@pytest.mark.parametrize("name", CASES)
def test_a_verdict_is_one_that_json_can_say(name: str) -> None:
    made, cause = CASES[name]
    document = judge(made).to_json()
    assert document["cause"] == cause
    assert (set(document) == {"bgpPeerId", "cause"}) == (cause == HEALTHY)


def test_what_the_wire_cannot_tell_apart_is_named_with_what_would_decide() -> None:
    verdict = judge(case(answers(), probe("unsigned SYN", "silent")))
    assert verdict.confidence is Confidence.POSSIBLE
    assert verdict.rivals == (Cause.MD5_MISMATCH, Cause.PREFIX_LENGTH_MISMATCH)
    assert "dial" in verdict.decider


def test_a_consequence_is_no_fault_of_its_own() -> None:
    found = findings(case(answers(), ended(6, 3), probe("unsigned SYN", "open")))
    assert [finding.cause for finding in found] == [Cause.PEER_NOT_CONFIGURED]


def test_an_old_end_may_not_be_what_is_wrong_now() -> None:
    assert judge(case(answers(), ended(2, 2))).clear
    assert not judge(case(answers(), ended(2, 2, ago=40))).clear
    assert not judge(case(answers(), ended(4, 0))).clear


def test_each_cause_has_its_meaning() -> None:
    assert set(MEANINGS) == set(Cause)
    assert [cause.rank for cause in Cause] == list(range(len(Cause)))
