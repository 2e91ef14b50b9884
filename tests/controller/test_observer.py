"""Recorded events of speakers, and what the cloud world is told of them."""

from __future__ import annotations

import pytest

from lab.bgp.events import (
    DialFailed,
    Established,
    NotificationReceived,
    OpenReceived,
    OpenSent,
    SessionClosed,
    Snapshot,
    SpeakerEvent,
    SpeakerExited,
    SpeakerStarted,
    UpdateReceived,
)
from lab.bgp.session import Session
from lab.controller.observer import REASONS, Observer
from lab.directconnect.model import BgpStatus
from tests.directconnect.office import Office

#: A recorded session, by the peer that it is of.
EVENTS = (
    lambda peer: SpeakerStarted(peer, 10.0, pid=7),
    lambda peer: OpenSent(peer, 11.0, asn=64512, hold_time=90, router_id="100.64.0.1", capabilities=()),
    lambda peer: OpenReceived(peer, 11.1, asn=65001, hold_time=180, router_id="192.0.2.1", capabilities=()),
    lambda peer: Established(peer, 11.2),
    lambda peer: UpdateReceived(peer, 11.3, announced=(), withdrawn=()),
    lambda peer: NotificationReceived(peer, 20.0, code=6, subcode=4, text="lunch"),
    lambda peer: SessionClosed(peer, 20.1, reason="closed by the router"),
    lambda peer: SpeakerExited(peer, 30.0, status=-9, reason="the speaker was killed by SIGKILL"),
)


@pytest.fixture
def peer_id(office: Office) -> str:
    vif = office.private(office.plug().id)
    return office.peer(vif["virtualInterfaceId"]).id


@pytest.fixture
def observer(office: Office, peer_id: str) -> Observer:
    """Expects the speaker of the only peer."""
    made = Observer(office.cloud)
    made.expect(peer_id)
    return made


def played(observer: Observer, peer_id: str) -> None:
    for event in EVENTS:
        observer.heard(event(peer_id))


def status(office: Office) -> BgpStatus:
    (vif,) = office.cloud.virtual_interfaces()
    return vif.peers[0].status


def test_what_the_history_has_of_a_session(office: Office, observer: Observer, peer_id: str) -> None:
    played(observer, peer_id)
    entries = [(entry.at, entry.kind, entry.detail) for entry in office.cloud.history(peer_id)]
    assert entries == [
        (10.0, "speaker", "process 7 listens and dials"),
        (10.0, "status", "down"),
        (11.0, "open", "OPEN sent: AS 64512, hold time 90 s"),
        (11.1, "open", "OPEN received: AS 65001, hold time 180 s, id 192.0.2.1"),
        (11.2, "established", "session Established"),
        (11.2, "status", "up"),
        (20.1, "status", "down"),
        (30.0, "speaker", "the speaker was killed by SIGKILL"),
        (30.0, "reason", "down"),
    ]


def test_the_history_has_the_later_reasons_of_a_status_each_once(
    office: Office, observer: Observer, peer_id: str
) -> None:
    observer.heard(SpeakerStarted(peer_id, 10.0, pid=7))
    for second in range(40):
        words = "no answer" if second % 2 else "connection refused"
        observer.heard(DialFailed(peer_id, 11.0 + second, reason=words))
    assert reasons(office, peer_id) == ["not connected yet", "connection refused", "no answer"]
    for second in range(40):
        observer.heard(DialFailed(peer_id, 60.0 + second, reason=f"failure {second}"))
    assert len(reasons(office, peer_id)) == REASONS


def reasons(office: Office, peer_id: str) -> list[str]:
    return [entry.reason for entry in office.cloud.history(peer_id) if entry.reason]


def test_the_reason_is_the_notification(office: Office, observer: Observer, peer_id: str) -> None:
    played(observer, peer_id)
    down = [entry for entry in office.cloud.history(peer_id) if entry.kind == "status"][-1]
    assert down.reason == 'NOTIFICATION received: Cease / Administrative Reset (6/4): "lunch"'


def test_the_status_follows_each_event(office: Office, observer: Observer, peer_id: str) -> None:
    seen = [status(office)]
    for event in EVENTS:
        observer.heard(event(peer_id))
        seen.append(status(office))
    words = ["down", "down", "down", "down", "up", "up", "up", "down", "down"]
    assert [each.value for each in seen] == words
    assert observer.sessions[peer_id].flaps == 1


def test_probation_is_not_up(office: Office, observer: Observer, peer_id: str) -> None:
    observer.heard(SpeakerStarted(peer_id, 10.0, pid=7))
    observer.heard(Established(peer_id, 11.0, probation=True))
    assert status(office) is BgpStatus.DOWN
    assert office.cloud.history(peer_id)[-1].detail == "on probation after the prefix limit"


def test_a_snapshot_says_since_when(office: Office, observer: Observer, peer_id: str) -> None:
    """As after a restart of the endpoint: the time is that of the change, not of the snapshot."""
    observer.heard(snapshot(peer_id, since=12.0))
    assert status(office) is BgpStatus.UP
    assert [(entry.at, entry.detail) for entry in office.cloud.history(peer_id)] == [(12.0, "up")]


def test_a_snapshot_of_what_is_known_is_no_news(office: Office, observer: Observer, peer_id: str) -> None:
    observer.heard(snapshot(peer_id, since=12.0))
    observer.heard(snapshot(peer_id, since=12.0))
    assert len(office.cloud.history(peer_id)) == 1


def snapshot(peer_id: str, *, since: float) -> Snapshot:
    return Snapshot(
        peer_id,
        40.0,
        pid=7,
        state="Established",
        since=since,
        reason="Established",
        explained=False,
        flaps=0,
        limit_exceeded=False,
        peer_open=None,
        routes=(),
    )


@pytest.mark.parametrize("event", [SpeakerStarted("dxpeer-stranger", 1.0, pid=1)])
def test_a_peer_that_is_not_expected_is_not_heard(
    office: Office, observer: Observer, event: SpeakerEvent
) -> None:
    observer.heard(event)
    assert list(observer.sessions) == [office.cloud.virtual_interfaces()[0].peers[0].id]
    assert office.cloud.history(event.peer_id) == ()


def test_a_forgotten_peer_is_not_heard(office: Office, observer: Observer, peer_id: str) -> None:
    observer.forget(peer_id)
    observer.forget(peer_id)
    played(observer, peer_id)
    assert dict(observer.sessions) == {}
    assert office.cloud.history(peer_id) == ()
    assert status(office) is BgpStatus.DOWN


def test_expecting_twice_forgets_nothing(observer: Observer, peer_id: str) -> None:
    observer.heard(SpeakerStarted(peer_id, 10.0, pid=7))
    observer.expect(peer_id)
    assert observer.sessions[peer_id].bgp_status == "down"


def test_a_timeline_begins_once(office: Office, observer: Observer, peer_id: str) -> None:
    (vif,) = office.cloud.virtual_interfaces()
    for at in (50.0, 60.0):
        observer.wired(vif, vif.peers[0], at)
    history = office.cloud.history(peer_id)
    assert [entry.kind for entry in history] == ["request", "address", "vlan"]
    assert [entry.at for entry in history] == [vif.peers[0].since, vif.peers[0].since, 50.0]
    assert str(vif.peers[0].amazon_address) in history[1].detail
    assert f"{vif.id}, VLAN 101" in history[2].detail


def test_sessions_cannot_be_written_from_outside(observer: Observer, peer_id: str) -> None:
    with pytest.raises(TypeError):
        observer.sessions[peer_id] = Session()  # type: ignore[index]
