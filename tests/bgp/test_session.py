"""The state machine, event by event."""

from __future__ import annotations

from collections.abc import Sequence

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
    Route,
    SessionClosed,
    SpeakerEvent,
    SpeakerExited,
    SpeakerStarted,
    UpdateReceived,
)
from lab.bgp.session import Session, State, StatusChanged, snapshot, step

PEER = "dxpeer-1"

STARTED = SpeakerStarted(PEER, 1.0, 77)
CONNECTED = Connected(PEER, 2.0, "dialled")
OPEN_SENT = OpenSent(PEER, 3.0, 64512, 90, "169.254.10.1", ("asn4",))
OPEN_RECEIVED = OpenReceived(PEER, 4.0, 65001, 90, "169.254.10.2", ("asn4",))
ESTABLISHED = Established(PEER, 5.0)
ON_PROBATION = Established(PEER, 5.0, probation=True)
CLOSED = SessionClosed(PEER, 9.0, "connection reset by the router")
UP = (STARTED, CONNECTED, OPEN_SENT, OPEN_RECEIVED, ESTABLISHED)


def route(prefix: str, *, med: int | None = None) -> Route:
    return Route(prefix, "169.254.10.2", (65001,), (), med, "igp")


def fold(
    events: Sequence[SpeakerEvent], session: Session | None = None
) -> tuple[Session, list[StatusChanged]]:
    session = session or Session()
    changes: list[StatusChanged] = []
    for event in events:
        session, effects = step(session, event)
        changes += effects
    return session, changes


def test_before_any_speaker_the_status_is_unknown() -> None:
    assert Session().bgp_status == "unknown"


@pytest.mark.parametrize(
    ("event", "state", "status"),
    [
        (STARTED, State.CONNECT, "down"),
        (DialFailed(PEER, 2.0, "no answer yet"), State.CONNECT, "down"),
        (CONNECTED, State.CONNECT, "down"),
        (Connected(PEER, 2.0, "accepted"), State.ACTIVE, "down"),
        (OPEN_SENT, State.OPENSENT, "down"),
        (OPEN_RECEIVED, State.OPENCONFIRM, "down"),
        (ESTABLISHED, State.ESTABLISHED, "up"),
        (ON_PROBATION, State.ESTABLISHED, "down"),
        (CLOSED, State.IDLE, "down"),
        (SpeakerExited(PEER, 9.0, -9, "speaker died (SIGKILL)"), State.IDLE, "down"),
        (LinkChanged(PEER, 9.0, up=False), State.IDLE, "down"),
        (LinkChanged(PEER, 9.0, up=True), State.CONNECT, "down"),
    ],
)
def test_states(event: SpeakerEvent, state: State, status: str) -> None:
    session, _ = fold((STARTED, event))
    assert (session.state, session.bgp_status) == (state, status)


def test_up_and_down_are_the_only_changes_anybody_sees() -> None:
    session, changes = fold((*UP, CLOSED))
    assert changes == [
        StatusChanged("down", "not connected yet", 1.0),
        StatusChanged("up", "Established", 5.0),
        StatusChanged("down", "connection reset by the router", 9.0),
    ]
    assert (session.since, session.flaps) == (9.0, 1)


def test_routes_come_are_replaced_and_go() -> None:
    session, _ = fold(
        (
            *UP,
            UpdateReceived(PEER, 6.0, (route("192.0.2.0/24"), route("198.51.100.0/24")), ()),
            UpdateReceived(PEER, 7.0, (route("192.0.2.0/24", med=5),), ("198.51.100.0/24", "203.0.113.0/24")),
        )
    )
    assert session.routes == {"192.0.2.0/24": route("192.0.2.0/24", med=5)}
    assert session.peer_open == OPEN_RECEIVED
    session, _ = step(session, CLOSED)
    assert (session.routes, session.peer_open) == ({}, None)


# ---- the reason --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((DialFailed(PEER, 2.0, "no answer from 169.254.10.2 yet"),), "no answer from 169.254.10.2 yet"),
        ((CLOSED,), "connection reset by the router"),
        (
            (NotificationReceived(PEER, 8.0, 6, 3, ""), CLOSED),
            "NOTIFICATION received: Cease / Peer De-configured (6/3)",
        ),
        (
            (NotificationSent(PEER, 8.0, 2, 2, "ASN in OPEN"), CLOSED, DialFailed(PEER, 10.0, "no answer")),
            'NOTIFICATION sent: OPEN Message Error / Bad Peer AS (2/2): "ASN in OPEN"',
        ),
        ((NotificationSent(PEER, 8.0, 4, 0, ""), CLOSED), "hold timer expired"),
        ((NotificationReceived(PEER, 8.0, 6, 4, ""), CLOSED, *UP[1:]), "Established"),
        ((NotificationReceived(PEER, 8.0, 6, 4, ""), LinkChanged(PEER, 9.0, up=False)), "carrier lost"),
        (
            (NotificationReceived(PEER, 8.0, 6, 4, ""), LinkChanged(PEER, 9.0, up=True), CLOSED),
            "connection reset by the router",
        ),
        ((LinkChanged(PEER, 9.0, up=True),), "the carrier is back"),
        ((SpeakerExited(PEER, 9.0, -9, "speaker died (SIGKILL)"), STARTED), "speaker died (SIGKILL)"),
    ],
)
def test_reason(events: Sequence[SpeakerEvent], reason: str) -> None:
    assert fold((*UP, *events))[0].reason == reason


# ---- probation ---------------------------------------------------------------------------------------------------

EXCEEDED = (PrefixLimitExceeded(PEER, 6.0, 101, 100), NotificationSent(PEER, 6.0, 6, 1, ""), CLOSED)


def test_the_limit_ends_the_session_and_begins_probation() -> None:
    session, changes = fold((*UP, *EXCEEDED))
    words = "Cease / Maximum Number of Prefixes Reached (6/1)"
    reason = f"101 prefixes received, the limit is 100; NOTIFICATION sent: {words}"
    assert changes[-1] == StatusChanged("down", reason, 6.0)
    assert (session.limit_exceeded, session.reason, session.flaps) == (True, reason, 1)


def test_on_probation_an_established_session_is_down() -> None:
    session, changes = fold((*UP, *EXCEEDED, *UP[1:4], ON_PROBATION, *EXCEEDED))
    assert [change.status for change in changes] == ["down", "up", "down"]
    assert session.limit_exceeded


def test_probation_passed_is_up() -> None:
    session, changes = fold((*UP, *EXCEEDED, *UP[1:4], ON_PROBATION, ProbationPassed(PEER, 12.0)))
    assert changes[-1] == StatusChanged("up", "Established, within the prefix limit again", 12.0)
    assert not session.limit_exceeded


@pytest.mark.parametrize(
    "event",
    [
        LinkChanged(PEER, 9.0, up=False),
        LinkChanged(PEER, 9.0, up=True),
        SpeakerExited(PEER, 9.0, -9, "died"),
        STARTED,
    ],
)
def test_nothing_else_ends_probation(event: SpeakerEvent) -> None:
    assert fold((*UP, *EXCEEDED, event))[0].limit_exceeded


# ---- snapshots ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "events", [UP, (*UP, UpdateReceived(PEER, 6.0, (route("192.0.2.0/24"),), ())), (*UP, *EXCEEDED)]
)
def test_a_snapshot_is_the_whole_session(events: Sequence[SpeakerEvent]) -> None:
    session, _ = fold(events)
    taken = snapshot(session, peer_id=PEER, pid=77, at=20.0)
    restored, changes = fold((taken,))
    assert restored == session
    assert changes == [StatusChanged(session.bgp_status, session.reason, session.since)]
    assert fold((taken,), session) == (session, [])


def test_an_event_without_a_rule_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="no rule for SpeakerEvent"):
        step(Session(), SpeakerEvent(PEER, 1.0))
