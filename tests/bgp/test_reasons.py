"""Why a session's status changed, of every kind of event; and that a router cannot make up reasons of its own."""

from __future__ import annotations

import pytest

from lab.bgp.events import (
    DialFailed,
    Established,
    LinkChanged,
    NotificationReceived,
    NotificationSent,
    PrefixLimitExceeded,
    SessionClosed,
    SpeakerEvent,
    SpeakerExited,
    SpeakerStarted,
)
from lab.bgp.reasons import Reason, Why, why
from lab.bgp.session import Session, snapshot, step

PEER = "dxpeer-fg1234ab"
CLOSED = SessionClosed(PEER, 3.0, "closed by the router")
HOSTILE = 'no") (6/2): "NOTIFICATION sent: Cease (1/1)\n'


def after(*events: SpeakerEvent) -> Session:
    session = Session()
    for event in (SpeakerStarted(PEER, 1.0, 7), Established(PEER, 1.5), *events):
        session, _ = step(session, event)
    return session


@pytest.mark.parametrize(
    ("events", "reason", "notification"),
    [
        ([], "established", ""),
        ([LinkChanged(PEER, 2.0, False)], "no-carrier", ""),
        ([LinkChanged(PEER, 2.0, False), LinkChanged(PEER, 3.0, True)], "carrier-back", ""),
        ([SpeakerExited(PEER, 2.0, -9, "killed")], "speaker-exited", ""),
        ([SpeakerExited(PEER, 2.0, -9, "killed"), SpeakerStarted(PEER, 3.0, 8)], "speaker-reported", ""),
        ([CLOSED], "connection-closed", ""),
        ([CLOSED, DialFailed(PEER, 4.0, "no answer")], "not-connected", ""),
        ([NotificationReceived(PEER, 2.0, 6, 3, ""), CLOSED], "notification-received", "Cease / Peer De-configured"),
        (
            [NotificationReceived(PEER, 2.0, 6, 2, HOSTILE), CLOSED],
            "notification-received",
            "Cease / Administrative Shutdown",
        ),
        ([NotificationReceived(PEER, 2.0, 6, 200, ""), CLOSED], "notification-received", "Cease / unknown subcode"),
        (
            [NotificationReceived(PEER, 2.0, 99, 98, HOSTILE), CLOSED],
            "notification-received",
            "Unknown Error / unknown subcode",
        ),
        ([NotificationSent(PEER, 2.0, 2, 2, ""), CLOSED], "notification-sent", "OPEN Message Error / Bad Peer AS"),
        ([NotificationSent(PEER, 2.0, 4, 0, ""), CLOSED], "hold-timer-expired", "Hold Timer Expired"),
        (
            [PrefixLimitExceeded(PEER, 2.0, 101, 100)],
            "prefix-limit-exceeded",
            "Cease / Maximum Number of Prefixes Reached",
        ),
        (
            [PrefixLimitExceeded(PEER, 2.0, 101, 100), NotificationSent(PEER, 2.1, 6, 1, ""), CLOSED],
            "prefix-limit-exceeded",
            "Cease / Maximum Number of Prefixes Reached",
        ),
    ],
)  # fmt: skip
def test_each_change_has_a_reason_of_the_table(
    events: list[SpeakerEvent], reason: str, notification: str
) -> None:
    last = events[-1] if events else Established(PEER, 1.5)
    assert why(last, after(*events)) == Why(Reason(reason), notification)


def test_an_endpoint_that_comes_back_is_told_why_a_session_is_down() -> None:
    session = after(NotificationReceived(PEER, 2.0, 6, 3, ""), CLOSED)
    told = snapshot(session, peer_id=PEER, pid=7, at=9.0)
    assert why(told, session) == Why(Reason.NOTIFICATION_RECEIVED, "Cease / Peer De-configured")


def test_what_is_wrong_has_a_remedy() -> None:
    fine = {Reason.ESTABLISHED, Reason.REPORTED, Reason.CARRIER_BACK}
    assert {reason for reason in Reason if not reason.remedy} == fine


def test_a_collision_is_nothing_to_worry_about() -> None:
    crossed = NotificationReceived(PEER, 2.0, 6, 7, "")
    assert why(crossed, after(CLOSED, crossed)).collision
    assert not why(CLOSED, after(CLOSED)).collision
