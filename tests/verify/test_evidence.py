"""A speaker's events in words."""

from __future__ import annotations

import pytest

from lab.bgp.events import (
    Connected,
    DialFailed,
    Established,
    LinkChanged,
    NotificationReceived,
    NotificationSent,
    OpenReceived,
    OpenSent,
    PrefixLimitExceeded,
    ProbationPassed,
    SessionClosed,
    Snapshot,
    SpeakerEvent,
    SpeakerExited,
    SpeakerStarted,
    UpdateReceived,
)
from lab.bgp.session import Session, snapshot
from lab.verify.evidence import last_notification, words
from tests.verify.samples import route

WHO = ("dxpeer-1", 1.0)
BAD_AS = NotificationSent(*WHO, 2, 2, "")
EVENTS: list[tuple[SpeakerEvent, str]] = [
    (SpeakerStarted(*WHO, 7), "the speaker listens and dials"),
    (SpeakerExited(*WHO, -9, "speaker died (SIGKILL)"), "speaker died (SIGKILL)"),
    (LinkChanged(*WHO, True), "carrier found"),
    (LinkChanged(*WHO, False), "carrier lost"),
    (DialFailed(*WHO, "no answer from 192.0.2.1 yet"), "no answer from 192.0.2.1 yet"),
    (Connected(*WHO, "dialled"), "TCP connection dialled"),
    (OpenSent(*WHO, 64512, 90, "100.64.0.1", ()), "OPEN sent: AS 64512, hold time 90 s, id 100.64.0.1"),
    (OpenReceived(*WHO, 65001, 9, "192.0.2.1", ()), "OPEN received: AS 65001, hold time 9 s, id 192.0.2.1"),
    (Established(*WHO), "Established"),
    (ProbationPassed(*WHO), "within the prefix limit again"),
    (UpdateReceived(*WHO, (route("10.0.0.0/8"),), ()), "UPDATE received: accepted 10.0.0.0/8"),
    (UpdateReceived(*WHO, (), ("10.0.0.0/8",)), "UPDATE received: withdrawn 10.0.0.0/8"),
    (UpdateReceived(*WHO, (), ()), "UPDATE received: nothing accepted"),
    (PrefixLimitExceeded(*WHO, 101, 100), "101 prefixes received, the limit is 100"),
    (BAD_AS, "NOTIFICATION sent: OPEN Message Error / Bad Peer AS (2/2)"),
    (SessionClosed(*WHO, "connection reset by the router"), "connection reset by the router"),
    (snapshot(Session(), peer_id="dxpeer-1", pid=1, at=1.0), "found Idle: no speaker has reported yet"),
]


@pytest.mark.parametrize(("event", "said"), EVENTS, ids=[type(event).__name__ for event, _ in EVENTS])
def test_an_event_in_words(event: SpeakerEvent, said: str) -> None:
    assert words(event) == said


def test_every_kind_of_event_has_its_words() -> None:
    kinds = {type(event) for event, _ in EVENTS} | {NotificationReceived, Snapshot}
    assert kinds == set(SpeakerEvent.__subclasses__())


def test_of_many_prefixes_some_are_named() -> None:
    routes = tuple(route(f"10.{number}.0.0/16") for number in range(10))
    assert words(UpdateReceived(*WHO, routes, ())).endswith("10.7.0.0/16 and 2 more")


def test_the_last_notification() -> None:
    later = NotificationReceived(*WHO, 6, 2, "")
    assert last_notification([BAD_AS, Established(*WHO), later]).startswith("NOTIFICATION received: Cease")
    assert last_notification([Established(*WHO)]) == ""
