"""One BGP session, as its events tell it: the state machine of RFC 4271 section 8 seen from outside.

`step` folds an event into a `Session` and says what follows. It is pure: no clock (events carry their time),
no socket, no log. The speaker runs it over its own events to know what it holds; the endpoint runs it over
the same events, relayed, and shows the result as `bgpStatus`.

Three rules make the result honest:

- `bgp_status` is `up` exactly while the session is Established, `down` otherwise, and `unknown` only before
  any speaker has reported. A speaker that died took its TCP connection along, so that is `down`, not
  `unknown`.
- There is one exception, AWS's: a router that exceeded the prefix limit is `down` "until the routes are
  withdrawn and the session is reset". After Cease 6/1 the peer is *on probation* (`limit_exceeded`). The
  speaker stops dialling and waits for the router to start a session. That session may reach Established, and
  still counts as `down` until the router's initial routes are in and within the limit (`ProbationPassed`);
  too many again, and it is cut off without ever having been `up`. Nothing else ends probation: neither a link
  that went down and up nor a speaker that was restarted.
- `reason` says in one sentence why the status is what it is. A NOTIFICATION says why; a bare close, or a dial
  that nobody answers, coming after it does not. So a NOTIFICATION stays the reason until the session or the
  link changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import singledispatch
from typing import Literal

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
    Snapshot,
    SpeakerEvent,
    SpeakerExited,
    SpeakerStarted,
    UpdateReceived,
)
from lab.bgp.notifications import CEASE, HOLD_TIMER_EXPIRED, MAXIMUM_PREFIXES, describe

BgpStatus = Literal["up", "down", "unknown"]

_NOT_YET = "not connected yet"


class State(StrEnum):
    """RFC 4271 section 8.2.2."""

    IDLE = "Idle"
    CONNECT = "Connect"
    ACTIVE = "Active"
    OPENSENT = "OpenSent"
    OPENCONFIRM = "OpenConfirm"
    ESTABLISHED = "Established"


@dataclass(frozen=True)
class Session:
    """What is known of one BGP session.

    :param since: when `bgp_status` last changed, epoch seconds.
    :param reason: one sentence.
    :param explained: the reason is a NOTIFICATION's.
    :param flaps: how often `bgp_status` went from `up` to `down`.
    :param limit_exceeded: on probation after Cease 6/1.
    :param peer_open: what the router said of itself in the OPEN of this connection.
    :param routes: the accepted routes by prefix.
    """

    state: State = State.IDLE
    reported: bool = False
    since: float = 0.0
    reason: str = "no speaker has reported yet"
    explained: bool = False
    flaps: int = 0
    limit_exceeded: bool = False
    peer_open: OpenReceived | None = None
    routes: Mapping[str, Route] = field(default_factory=dict)

    @property
    def bgp_status(self) -> BgpStatus:
        if not self.reported:
            return "unknown"
        return "up" if self.state is State.ESTABLISHED and not self.limit_exceeded else "down"


@dataclass(frozen=True)
class StatusChanged:
    """The one effect of a step: `bgpStatus` is another one now."""

    status: BgpStatus
    reason: str
    at: float


def step(session: Session, event: SpeakerEvent) -> tuple[Session, tuple[StatusChanged, ...]]:
    """Fold one event into the session; the effects are those the event has on whoever watches `bgpStatus`."""
    after = _next(event, replace(session, reported=True))
    if after.bgp_status == session.bgp_status:
        return after, ()
    if not isinstance(event, Snapshot):
        went_down = session.bgp_status == "up"
        after = replace(after, since=event.at, flaps=after.flaps + went_down)
    return after, (StatusChanged(after.bgp_status, after.reason, after.since),)


@singledispatch
def _next(event: SpeakerEvent, _session: Session) -> Session:
    raise TypeError(f"no rule for {type(event).__name__}")


@_next.register
def _(_event: SpeakerStarted, session: Session) -> Session:
    # After a death, that is still why the status is what it is.
    reason = _NOT_YET if session.reason == Session.reason else session.reason
    return replace(_without_connection(session), state=State.CONNECT, reason=reason)


@_next.register
def _(event: SpeakerExited, session: Session) -> Session:
    return replace(_without_connection(session), reason=event.reason, explained=False)


@_next.register
def _(event: LinkChanged, session: Session) -> Session:
    if event.up:
        return replace(session, state=State.CONNECT, reason="the carrier is back", explained=False)
    reason = "no carrier yet" if session.reason == _NOT_YET else "carrier lost"
    return replace(_without_connection(session), reason=reason, explained=False)


@_next.register
def _(event: DialFailed, session: Session) -> Session:
    return _for_the_reason(session, event.reason)


@_next.register
def _(event: Connected, session: Session) -> Session:
    return replace(session, state=State.CONNECT if event.direction == "dialled" else State.ACTIVE)


@_next.register
def _(_event: OpenSent, session: Session) -> Session:
    return replace(session, state=State.OPENSENT)


@_next.register
def _(event: OpenReceived, session: Session) -> Session:
    return replace(session, state=State.OPENCONFIRM, peer_open=event)


@_next.register
def _(event: Established, session: Session) -> Session:
    if event.probation:
        return replace(session, state=State.ESTABLISHED, limit_exceeded=True)
    return replace(
        session, state=State.ESTABLISHED, limit_exceeded=False, reason="Established", explained=False
    )


@_next.register
def _(_event: ProbationPassed, session: Session) -> Session:
    return replace(
        session, limit_exceeded=False, reason="Established, within the prefix limit again", explained=False
    )


@_next.register
def _(event: UpdateReceived, session: Session) -> Session:
    routes = dict(session.routes)
    for prefix in event.withdrawn:
        routes.pop(prefix, None)
    routes.update((route.prefix, route) for route in event.announced)
    return replace(session, routes=routes)


@_next.register
def _(event: PrefixLimitExceeded, session: Session) -> Session:
    told = describe(CEASE, MAXIMUM_PREFIXES)
    reason = f"{event.received} prefixes received, the limit is {event.limit}; NOTIFICATION sent: {told}"
    return replace(session, limit_exceeded=True, reason=reason, explained=True)


@_next.register
def _(event: NotificationSent, session: Session) -> Session:
    if session.limit_exceeded and session.explained:
        return session
    return replace(session, reason=sentence(event), explained=True)


@_next.register
def _(event: NotificationReceived, session: Session) -> Session:
    return replace(session, reason=sentence(event), explained=True)


@_next.register
def _(event: SessionClosed, session: Session) -> Session:
    return _for_the_reason(_without_connection(session), event.reason)


@_next.register
def _(event: Snapshot, _session: Session) -> Session:
    return Session(
        state=State(event.state),
        reported=True,
        since=event.since,
        reason=event.reason,
        explained=event.explained,
        flaps=event.flaps,
        limit_exceeded=event.limit_exceeded,
        peer_open=event.peer_open,
        routes={route.prefix: route for route in event.routes},
    )


def snapshot(session: Session, *, peer_id: str, pid: int, at: float) -> Snapshot:
    """What `step` turns back into the same session."""
    return Snapshot(
        peer_id=peer_id,
        at=at,
        pid=pid,
        state=session.state.value,
        since=session.since,
        reason=session.reason,
        explained=session.explained,
        flaps=session.flaps,
        limit_exceeded=session.limit_exceeded,
        peer_open=session.peer_open,
        routes=tuple(session.routes.values()),
    )


def sentence(event: NotificationSent | NotificationReceived) -> str:
    """Why a session ended, in the words of the NOTIFICATION that ended it."""
    if isinstance(event, NotificationReceived):
        return f"NOTIFICATION received: {describe(event.code, event.subcode, event.text)}"
    if event.code == HOLD_TIMER_EXPIRED:
        return "hold timer expired"
    return f"NOTIFICATION sent: {describe(event.code, event.subcode, event.text)}"


def _without_connection(session: Session) -> Session:
    return replace(session, state=State.IDLE, peer_open=None, routes={})


def _for_the_reason(session: Session, reason: str) -> Session:
    return session if session.explained else replace(session, reason=reason)
