"""Every kind of expectation against everything that can be seen: met, not met, not yet, and in which words."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from lab.bgp.session import Session
from lab.verify.checks import (
    Accepted,
    AcceptedAny,
    AcceptedOnly,
    Advertised,
    AsPath,
    Check,
    Communities,
    CustomerRouterConfig,
    Med,
    NotAccepted,
    Reachable,
    Status,
)
from lab.verify.seen import Applied, Echo, Seen
from tests.verify.samples import BEGAN, down, route, seen, subject, up

TEN, ELEVEN = ip_network("10.0.0.0/8"), ip_network("11.0.0.0/8")
FAR = ip_address("10.1.1.1")
PEER = subject()
WITHIN = 30.0
DOWN = "the session is down: no answer from 169.254.0.2 yet"


def make(kind: type[Check], *wanted: Any) -> Check:  # noqa: ANN401 -- what each kind wants
    return kind(PEER, WITHIN, 1, *wanted)


def judged(check: Check, what: Seen) -> tuple[str, str]:
    judgement = check.judge(what)
    return judgement.outcome.value, judgement.words


# ----- bgpStatus --------------------------------------------------------------------------------------------

UP, UP_AND_STAYS = make(Status, "up", 0.0), make(Status, "up", 5.0)
STAYS_DOWN = make(Status, "down", 10.0)


@pytest.mark.parametrize(
    ("check", "what", "outcome", "words"),
    [
        (UP, seen(Session()), "not yet", "the session is unknown: no speaker has reported yet"),
        (UP, seen(down()), "not yet", DOWN),
        (UP, seen(down(), after=30.0), "not met", DOWN),
        (UP, seen(up()), "met", "up after 1.0 s"),
        (UP, seen(up(since=-3.0)), "met", "up after 0.0 s"),
        (UP, seen(up(since=31.0), after=31.5), "not met", "up after 31.0 s, which is too late"),
        (UP, seen(up(), flaps=1), "met", "up after 1.0 s"),
        (UP_AND_STAYS, seen(up(), after=4.0), "not yet", "up after 1.0 s; to stay so"),
        (UP_AND_STAYS, seen(up(), after=6.0), "met", "up after 1.0 s"),
        (UP_AND_STAYS, seen(up(since=29.0), after=31.0), "not yet", "up after 29.0 s; to stay so"),
        (UP_AND_STAYS, seen(down("carrier lost"), flaps=1), "not met",
         "it was up and did not stay so; the session is down: carrier lost"),
        (STAYS_DOWN, seen(down(), after=9.0), "not yet", "down after 0.0 s; to stay so"),
        (STAYS_DOWN, seen(down(), after=10.0), "met", "down after 0.0 s"),
        (STAYS_DOWN, seen(up(), after=29.0), "not yet", "the session is up"),
        (STAYS_DOWN, seen(up(), after=30.0), "not met", "the session is up"),
        (STAYS_DOWN, seen(down(since=20.0), after=25.0, flaps=1), "not yet", "down after 20.0 s; to stay so"),
        (STAYS_DOWN, seen(down(since=20.0), after=31.0, flaps=1), "met", "down after 20.0 s"),
    ],
)  # fmt: skip
def test_status(check: Check, what: Seen, outcome: str, words: str) -> None:
    assert judged(check, what) == (outcome, words)


def test_how_long_a_status_has_to_stay_yet() -> None:
    assert UP_AND_STAYS.judge(seen(up(), after=4.0)).left == pytest.approx(2.0)


# ----- prefixes ---------------------------------------------------------------------------------------------

QUIET = {"quiet_since": BEGAN}
BUSY = {"quiet_since": BEGAN + 9.0}
BOTH = up(route("10.0.0.0/8"), route("11.0.0.0/8"))
ONE = up(route("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("check", "what", "outcome", "words"),
    [
        (make(Accepted, frozenset({TEN})), seen(down()), "not yet", DOWN),
        (make(Accepted, frozenset({TEN})), seen(BOTH), "met", "accepted: 10.0.0.0/8"),
        (make(Accepted, frozenset({TEN, ELEVEN})), seen(ONE), "not yet",
         "not accepted: 11.0.0.0/8; accepted: 10.0.0.0/8"),
        (make(Accepted, frozenset({TEN})), seen(up(), after=30.0), "not met",
         "not accepted: 10.0.0.0/8; accepted: nothing"),
        (make(AcceptedOnly, frozenset({TEN})), seen(ONE, **QUIET), "met", "accepted: 10.0.0.0/8"),
        (make(AcceptedOnly, frozenset({TEN})), seen(ONE, **BUSY), "not yet",
         "accepted: 10.0.0.0/8; waiting for more"),
        (make(AcceptedOnly, frozenset({TEN})), seen(ONE, after=30.5, quiet_since=BEGAN + 30), "not yet",
         "accepted: 10.0.0.0/8; waiting for more"),
        (make(AcceptedOnly, frozenset({TEN})), seen(BOTH, **QUIET), "not yet", "accepted too: 11.0.0.0/8"),
        (make(AcceptedOnly, frozenset({ELEVEN})), seen(ONE, **QUIET), "not yet",
         "not accepted: 11.0.0.0/8; accepted too: 10.0.0.0/8"),
        (make(AcceptedOnly, frozenset()), seen(up(), **QUIET), "met", "accepted: nothing"),
        (make(AcceptedOnly, frozenset()), seen(ONE, **QUIET), "not yet", "accepted too: 10.0.0.0/8"),
        (make(AcceptedOnly, frozenset()), seen(down(), **QUIET), "not yet", DOWN),
        (make(NotAccepted, frozenset({ELEVEN})), seen(ONE, **QUIET), "met", "accepted: 10.0.0.0/8"),
        (make(NotAccepted, frozenset({ELEVEN})), seen(BOTH, **QUIET), "not met",
         "accepted all the same: 11.0.0.0/8"),
        (make(NotAccepted, frozenset({ELEVEN})), seen(down()), "not yet", DOWN),
        (make(AcceptedAny), seen(ONE), "met", "accepted: 10.0.0.0/8"),
        (make(AcceptedAny), seen(up()), "not yet", "no prefix was accepted"),
        (make(AcceptedAny), seen(down()), "not yet", DOWN),
    ],
)  # fmt: skip
def test_prefixes(check: Check, what: Seen, outcome: str, words: str) -> None:
    assert judged(check, what) == (outcome, words)


@pytest.mark.parametrize(
    ("what", "outcome", "words"),
    [
        (seen(down()), "not yet", DOWN),
        (seen(up()), "not met", "AWS does not send 10.0.0.0/8; it sends nothing"),
        (seen(up(), advertised=frozenset({TEN})), "not yet",
         "there is no router of the topology that could be asked"),
        (seen(up(), advertised=frozenset({TEN}), table=frozenset({ELEVEN})), "not yet",
         "sent, but not installed by the router: 10.0.0.0/8; it has 11.0.0.0/8"),
        (seen(up(), advertised=frozenset({TEN}), table=frozenset({TEN})), "met",
         "sent and installed: 10.0.0.0/8"),
    ],
)  # fmt: skip
def test_advertised(what: Seen, outcome: str, words: str) -> None:
    assert judged(make(Advertised, frozenset({TEN})), what) == (outcome, words)


# ----- attributes -------------------------------------------------------------------------------------------

TAGGED = up(route("10.0.0.0/8", communities=("7224:7300", "no-export"), med=50, as_path=(65001, 65001)))


@pytest.mark.parametrize(
    ("check", "what", "outcome", "words"),
    [
        (make(Communities, {TEN: ("7224:7300",)}), seen(TAGGED), "met", "10.0.0.0/8: 7224:7300"),
        (make(Communities, {TEN: ("7224:7100", "no-export")}), seen(TAGGED), "not yet",
         "10.0.0.0/8 comes without 7224:7100; its communities: 7224:7300, no-export"),
        (make(Communities, {TEN: ("7224:7100",)}), seen(ONE), "not yet",
         "10.0.0.0/8 comes without 7224:7100; its communities: none"),
        (make(Communities, {ELEVEN: ("7224:7100",)}), seen(ONE), "not yet", "11.0.0.0/8 is not accepted"),
        (make(Communities, {TEN: ("7224:7100",)}), seen(down()), "not yet", DOWN),
        (make(AsPath, {TEN: (65001, 65001)}), seen(TAGGED), "met", "10.0.0.0/8: 65001 65001"),
        (make(AsPath, {TEN: (65001, 65001)}), seen(ONE), "not yet",
         "10.0.0.0/8 comes by 65001, not by 65001 65001"),
        (make(AsPath, {ELEVEN: (65001,), TEN: ()}), seen(ONE), "not yet",
         "11.0.0.0/8 is not accepted; 10.0.0.0/8 comes by 65001, not by an empty path"),
        (make(Med, 50), seen(TAGGED), "met", "50"),
        (make(Med, 50), seen(ONE), "not yet", "10.0.0.0/8 comes with no MED, not with 50"),
        (make(Med, 50), seen(up()), "not yet", "no prefix was accepted"),
        (make(Med, {TEN: 5}), seen(TAGGED), "not yet", "10.0.0.0/8 comes with MED 50, not with 5"),
        (make(Med, {TEN: 50}), seen(TAGGED), "met", "10.0.0.0/8: 50"),
        (make(Med, {ELEVEN: 5}), seen(TAGGED), "not yet", "11.0.0.0/8 is not accepted"),
    ],
)  # fmt: skip
def test_attributes(check: Check, what: Seen, outcome: str, words: str) -> None:
    assert judged(check, what) == (outcome, words)


# ----- reachable --------------------------------------------------------------------------------------------

OUR_TAG, NO_TAG = frozenset({101}), frozenset({None})


@pytest.mark.parametrize(
    ("what", "outcome", "words"),
    [
        (seen(down()), "not yet", DOWN),
        (seen(up(route("11.0.0.0/8"))), "not yet", "no accepted route covers 10.1.1.1; accepted: 11.0.0.0/8"),
        (seen(ONE), "not yet", "nothing was sent yet"),
        (seen(ONE, echo=Echo(problem="nothing can be sent to 10.1.1.1: no")), "not yet",
         "nothing can be sent to 10.1.1.1: no"),
        (seen(ONE, echo=Echo()), "not yet", "the request to 10.1.1.1 did not leave AWS's port"),
        (seen(ONE, echo=Echo(OUR_TAG)), "not yet",
         "no answer from 10.1.1.1; the request left AWS's port with VLAN 101"),
        (seen(ONE, echo=Echo(OUR_TAG, OUR_TAG)), "not yet",
         "the answer from 10.1.1.1 came to AWS's port, but not to 169.254.0.1"),
        (seen(ONE, echo=Echo(OUR_TAG, NO_TAG, answered=True)), "not met",
         "the request has VLAN 101, its answer no tag on the cable, where VLAN 101 belongs"),
        (seen(ONE, echo=Echo(OUR_TAG, OUR_TAG, answered=True)), "met",
         "10.1.1.1 answers, with VLAN 101 both ways"),
    ],
)  # fmt: skip
def test_reachable(what: Seen, outcome: str, words: str) -> None:
    assert judged(make(Reachable, FAR), what) == (outcome, words)


def test_what_is_on_the_link_needs_no_route() -> None:
    near = make(Reachable, ip_address("169.254.0.2"))
    assert near.is_ripe(seen(up()))
    assert not near.is_ripe(seen(down()))
    assert not make(Reachable, FAR).is_ripe(seen(up()))
    assert make(Reachable, FAR).is_ripe(seen(ONE))


# ----- customer-router-config -------------------------------------------------------------------------------

ALL: dict[str, Any] = {
    "vlan": 101,
    "addresses": ("169.254.0.2/30",),
    "amazon_asn": 64512,
    "asn": 65001,
    "key": True,
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"addresses": ("169.254.0.6/30",), "vlan": None},
         "customer_address is 169.254.0.2/30, but the router's addresses there are 169.254.0.6/30"),
        ({"vlan": 102}, "vlan is 101, but the router has 169.254.0.2/30 on VLAN 102"),
        ({"vlan": None}, "vlan is 101, but the router has 169.254.0.2/30 on no VLAN"),
        ({"amazon_asn": None}, "amazon_address is 169.254.0.1/30, but the router has no such neighbour"),
        ({"amazon_asn": 7224}, "amazon_bgp_asn is 64512, but the router has 7224"),
        ({"asn": 65009}, "bgp_asn is 65001, but the router says 65009"),
        ({"asn": None}, "bgp_asn is 65001, but which the router has cannot be told"),
        ({"key": False}, "bgp_auth_key is not the key that the router signs with"),
        ({"key": None}, "whether the router has bgp_auth_key cannot be told"),
        ({"problem": "there is no interface 'eth1'"}, "there is no interface 'eth1'"),
    ],
)  # fmt: skip
def test_what_the_router_runs_otherwise(changes: dict[str, Any], words: str) -> None:
    check = make(CustomerRouterConfig)
    assert judged(check, seen(up(), applied=Applied(**(ALL | changes)))) == ("not yet", words)


def test_what_the_router_runs_is_what_aws_gave() -> None:
    check = make(CustomerRouterConfig)
    assert judged(check, seen(down()))[1] == "the router was not asked yet"
    assert judged(check, seen(down(), applied=Applied(**ALL)))[0] == "met"
    assert check.is_ripe(seen(down()))


# ----- in words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "wanted"),
    [
        (UP, "up within 30s"),
        (UP_AND_STAYS, "up within 30s, stays 5s"),
        (Status(PEER, 0.5, 1, "down", 10.0), "down within 500ms, stays 10s"),
        (make(Accepted, frozenset({ELEVEN, TEN})), "10.0.0.0/8, 11.0.0.0/8"),
        (make(AcceptedOnly, frozenset()), "nothing"),
        (make(AcceptedAny), "at least one prefix"),
        (make(Advertised, frozenset({TEN})), "10.0.0.0/8"),
        (make(Reachable, FAR), "10.1.1.1 from aws"),
        (make(CustomerRouterConfig), "applied"),
    ],
)
def test_what_is_wanted(check: Check, wanted: str) -> None:
    assert check.wanted == wanted
