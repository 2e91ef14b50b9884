"""What the speakers report, folded into sessions and told to the cloud world.

`bgpStatus` is never assumed here: it changes when, and only when, `lab.bgp.session.step` says that an event
changed it. The steps on the way to a session, which the AWS API has no words for, go into the peer's history
as its timeline.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType

from lab.bgp.events import (
    Established,
    OpenReceived,
    OpenSent,
    SpeakerEvent,
    SpeakerExited,
    SpeakerStarted,
)
from lab.bgp.session import Session, StatusChanged, step
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import BgpPeer, BgpStatus, VirtualInterface

log = logging.getLogger("dxlab.session")

#: How many events of each kind are kept of a peer, for whoever asks why its session is as it is. A router that is
#: refused again and again must not push out what it was first refused for.
NEWEST = 32

#: So many reasons are kept of a status that lasts, each once: a router may be refused every second, for days.
REASONS = 16


class Observer:
    """The sessions of one lab, as last heard of."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._sessions: dict[str, Session] = {}
        self._events: dict[str, dict[type[SpeakerEvent], deque[SpeakerEvent]]] = {}
        self._told: dict[str, set[str]] = {}

    @property
    def sessions(self) -> Mapping[str, Session]:
        """Every session by the id of its BGP peer."""
        return MappingProxyType(self._sessions)

    def events(self, peer_id: str) -> tuple[SpeakerEvent, ...]:
        """The newest events of each kind of a peer, oldest first."""
        kinds = self._events.get(peer_id, {}).values()
        return tuple(sorted((event for kind in kinds for event in kind), key=lambda event: event.at))

    def expect(self, peer_id: str) -> None:
        """There is, or will be, a speaker for this peer."""
        self._sessions.setdefault(peer_id, Session())

    def wired(self, vif: VirtualInterface, peer: BgpPeer, at: float) -> None:
        """AWS's end of a peer stands in the kernel; the beginning of its timeline, unless it has one."""
        if self._cloud.history(peer.id):
            return
        addresses = f"Amazon {peer.amazon_address}, customer {peer.customer_address}"
        self._cloud.record(peer.id, "request", f"{vif.name} asked for an {peer.family} peer", peer.since)
        self._cloud.record(peer.id, "address", addresses, peer.since)
        self._cloud.record(peer.id, "vlan", f"802.1Q sub-interface {vif.id}, VLAN {vif.vlan}", at)

    def heard(self, event: SpeakerEvent) -> None:
        """Fold one event in. What a speaker still had to say of a peer that is gone is dropped."""
        if event.peer_id not in self._sessions:
            return
        before = self._sessions[event.peer_id]
        session, changes = step(before, event)
        milestone = _milestone(event)
        if milestone is not None:
            self._cloud.record(event.peer_id, *milestone, at=event.at)
        self._sessions[event.peer_id] = session
        kinds = self._events.setdefault(event.peer_id, {})
        kinds.setdefault(type(event), deque(maxlen=NEWEST)).append(event)
        for change in changes:
            self._tell(event.peer_id, change)
        if not changes and session.bgp_status == "down" and session.reason != before.reason:
            self._explain(event.peer_id, session, event.at)

    def forget(self, peer_id: str) -> None:
        """The peer and its speaker are gone."""
        self._sessions.pop(peer_id, None)
        self._events.pop(peer_id, None)
        self._told.pop(peer_id, None)

    def _tell(self, peer_id: str, change: StatusChanged) -> None:
        log.info("%s is %s: %s", peer_id, change.status, change.reason)
        self._told[peer_id] = {change.reason}
        self._cloud.observe(peer_id, BgpStatus(change.status), reason=change.reason, at=change.at)

    def _explain(self, peer_id: str, session: Session, at: float) -> None:
        """The session is still down, for another reason than before."""
        told = self._told.setdefault(peer_id, set())
        if session.reason not in told and len(told) < REASONS:
            told.add(session.reason)
            self._cloud.observe(peer_id, BgpStatus(session.bgp_status), reason=session.reason, at=at)


def _milestone(event: SpeakerEvent) -> tuple[str, str] | None:
    """A step of the peer's timeline: its kind, and what is worth knowing of it."""
    match event:
        case SpeakerStarted():
            return "speaker", f"process {event.pid} listens and dials"
        case SpeakerExited():
            return "speaker", event.reason
        case OpenSent():
            return "open", f"OPEN sent: AS {event.asn}, hold time {event.hold_time} s"
        case OpenReceived():
            return (
                "open",
                f"OPEN received: AS {event.asn}, hold time {event.hold_time} s, id {event.router_id}",
            )
        case Established():
            return (
                "established",
                "on probation after the prefix limit" if event.probation else "session Established",
            )
    return None
