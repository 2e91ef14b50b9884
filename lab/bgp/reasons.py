"""Why a session's status, or the reason for it, is another one than before, in a few words that are always the same.

`Session.reason` is a sentence for a reader, and may quote the router. Whoever counts needs a bounded set: a `Reason`
and, for a NOTIFICATION, the name that the RFCs give its code and subcode, of which a router cannot make up new ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lab.bgp.events import (
    DialFailed,
    LinkChanged,
    NotificationReceived,
    NotificationSent,
    PrefixLimitExceeded,
    SessionClosed,
    Snapshot,
    SpeakerEvent,
    SpeakerExited,
)
from lab.bgp.notifications import CEASE, COLLISION, HOLD_TIMER_EXPIRED, MAXIMUM_PREFIXES, name_of
from lab.bgp.session import Session

_TOLD = re.compile(r"NOTIFICATION (received|sent): [^\"]*?\((\d+)/(\d+)\)")


class Reason(StrEnum):
    """What happened. The values are stable."""

    ESTABLISHED = "established"
    REPORTED = "speaker-reported"
    NO_CARRIER = "no-carrier"
    CARRIER_BACK = "carrier-back"
    NOT_CONNECTED = "not-connected"
    CLOSED = "connection-closed"
    HOLD_TIMER_EXPIRED = "hold-timer-expired"
    PREFIX_LIMIT = "prefix-limit-exceeded"
    NOTIFICATION_RECEIVED = "notification-received"
    NOTIFICATION_SENT = "notification-sent"
    SPEAKER_EXITED = "speaker-exited"

    @property
    def remedy(self) -> str:
        """What the lab does about it; empty where there is nothing to do."""
        return _REMEDIES.get(self, "")


_DIALS = "the speaker dials again"
_REMEDIES = {
    Reason.NO_CARRIER: "the speaker waits for the carrier",
    Reason.NOT_CONNECTED: _DIALS,
    Reason.CLOSED: _DIALS,
    Reason.HOLD_TIMER_EXPIRED: "the virtual interface is wired anew and the speaker dials again",
    Reason.PREFIX_LIMIT: "the speaker waits for the router to open a session",
    Reason.NOTIFICATION_RECEIVED: _DIALS,
    Reason.NOTIFICATION_SENT: _DIALS,
    Reason.SPEAKER_EXITED: "another speaker is started",
}


@dataclass(frozen=True)
class Why:
    """A reason, and a NOTIFICATION's name such as `Cease / Peer De-configured`; empty where none was sent."""

    reason: Reason
    notification: str = ""

    @property
    def collision(self) -> bool:
        """Whether it is only that both ends dialled at once, RFC 4271 section 6.8; the other connection goes on."""
        return self.notification == name_of(CEASE, COLLISION)


def why(event: SpeakerEvent, after: Session) -> Why:
    """Why a session is what it is after an event."""
    if after.bgp_status == "up":
        return Why(Reason.ESTABLISHED)
    match event:
        case LinkChanged(up=up):
            return Why(Reason.CARRIER_BACK if up else Reason.NO_CARRIER)
        case SpeakerExited():
            return Why(Reason.SPEAKER_EXITED)
        case DialFailed():
            return Why(Reason.NOT_CONNECTED)
        case PrefixLimitExceeded():
            return _limit()
        case NotificationSent() | NotificationReceived() | SessionClosed() | Snapshot() if after.explained:
            return _told(after)
        case SessionClosed():
            return Why(Reason.CLOSED)
    return Why(Reason.REPORTED)


def _told(session: Session) -> Why:
    """The NOTIFICATION that a session's reason tells of."""
    if session.limit_exceeded:
        return _limit()
    found = _TOLD.match(session.reason)
    if found is None:
        return Why(Reason.HOLD_TIMER_EXPIRED, name_of(HOLD_TIMER_EXPIRED, 0))
    direction = Reason.NOTIFICATION_RECEIVED if found[1] == "received" else Reason.NOTIFICATION_SENT
    return Why(direction, name_of(int(found[2]), int(found[3])))


def _limit() -> Why:
    return Why(Reason.PREFIX_LIMIT, name_of(CEASE, MAXIMUM_PREFIXES))
