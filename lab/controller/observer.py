"""What the speakers report, folded into sessions and told to the cloud world.

`bgpStatus` is never assumed here: it changes when, and only when, `lab.bgp.session.step` says that an event
changed it. The steps on the way to a session, which the AWS API has no words for, go into the peer's history
as its timeline.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
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
from lab.bgp.reasons import Why, why
from lab.bgp.session import Session, StatusChanged, step
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import BgpPeer, BgpStatus, VirtualInterface
from lab.logs import Log

log = Log("dxlab.session")
#: Who writes no log has sessions in a report, and needs them not on standard error, where Python has warnings go.
logging.getLogger("dxlab.session").addHandler(logging.NullHandler())

#: How many events of each kind are kept of a peer, for whoever asks why its session is as it is. A router that is
#: refused again and again must not push out what it was first refused for.
NEWEST = 16

#: So many reasons are kept of a status that lasts, each once: a router may be refused every second, for days.
REASONS = 16


class Observer:
    """The sessions of one lab, as last heard of."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._sessions: dict[str, Session] = {}
        self._events: dict[str, dict[type[SpeakerEvent], deque[SpeakerEvent]]] = {}
        self._told: dict[str, set[str]] = {}
        #: How often `bgpStatus` became what, and why.
        self.transitions: Counter[tuple[str, Why]] = Counter()

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
        because = why(event, session)
        for change in changes:
            self._tell(event.peer_id, change, because)
        if not changes and session.bgp_status == "down" and session.reason != before.reason:
            self._explain(event.peer_id, session, event.at, because)

    def forget(self, peer_id: str) -> None:
        """The peer and its speaker are gone."""
        self._sessions.pop(peer_id, None)
        self._events.pop(peer_id, None)
        self._told.pop(peer_id, None)

    def _tell(self, peer_id: str, change: StatusChanged, because: Why) -> None:
        self.transitions[change.status, because] += 1
        self._log(peer_id, f"session-{change.status}", change.reason, because)
        self._told[peer_id] = {change.reason}
        self._cloud.observe(peer_id, BgpStatus(change.status), reason=change.reason, at=change.at)

    def _explain(self, peer_id: str, session: Session, at: float, because: Why) -> None:
        """The session is still down, for another reason than before."""
        told = self._told.setdefault(peer_id, set())
        if session.reason not in told and len(told) < REASONS:
            told.add(session.reason)
            if not because.collision:
                self._log(peer_id, "session-still-down", session.reason, because)
            self._cloud.observe(peer_id, BgpStatus(session.bgp_status), reason=session.reason, at=at)

    def _log(self, peer_id: str, event: str, sentence: str, because: Why) -> None:
        """Say what a peer's session came to, on which VIF and connection, and what is done about it."""
        vif = self._cloud.virtual_interface_of(peer_id)
        peer = vif.peer(peer_id) if vif else None
        say = log.warning if because.reason.remedy else log.info
        say(
            event,
            peer=peer_id,
            vif=vif.id if vif else None,
            connection=vif.connection_id if vif else None,
            customer=str(peer.customer_address.ip) if peer else None,
            cause=because.reason.value,
            notification=because.notification or None,
            reason=sentence,
            action=_action(peer, because),
        )


def _action(peer: BgpPeer | None, because: Why) -> str | None:
    """What the lab does about a session that is not up."""
    if peer is not None and not peer.stands:
        return "none: the peer is deleted"
    return because.reason.remedy or None


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
