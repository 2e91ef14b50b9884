"""What a speaker reports: one frozen dataclass per kind of event, one line of JSON on the wire.

A speaker writes its events to the launcher, the launcher relays the lines unread to the endpoint, and the
endpoint folds them with `lab.bgp.session.step` into the state of the session. The same fold runs inside the
speaker, so that a `Snapshot` can tell an endpoint that comes back everything it missed.

Every event names the BGP peer it is about and carries the time (epoch seconds) at which the speaker saw it.
The names are those of RFC 4271 section 8.1 where it has one: what it calls Event 19 (BGPOpen) is
`OpenReceived`, Events 24 and 25 (NotifMsg) are `NotificationReceived`, Event 18 (TcpConnectionFails) is
`SessionClosed`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["dialled", "accepted"]


@dataclass(frozen=True)
class Route:
    """One accepted route of the Adj-RIB-In (RFC 4271 section 3.2).

    :param prefix: `203.0.113.0/24`.
    :param as_path: leftmost first; the members of an AS_SET are listed in the order received.
    :param communities: `64512:100`, or the well-known name (`no-export`).
    :param med: MULTI_EXIT_DISC, or None where the router sent none.
    :param origin: `igp`, `egp` or `incomplete`.
    """

    prefix: str
    next_hop: str
    as_path: tuple[int, ...]
    communities: tuple[str, ...]
    med: int | None
    origin: str


@dataclass(frozen=True)
class SpeakerEvent:
    """The common part: which BGP peer, and when (epoch seconds)."""

    peer_id: str
    at: float

    def encode(self) -> str:
        """One line of JSON, without the newline."""
        return json.dumps(self, default=_plain, separators=(",", ":"))


@dataclass(frozen=True)
class SpeakerStarted(SpeakerEvent):
    """The process listens and dials from now on."""

    pid: int


@dataclass(frozen=True)
class SpeakerExited(SpeakerEvent):
    """The process ended; the launcher starts another unless it was told to stop this one.

    :param status: the exit status, or minus the signal that killed it.
    """

    status: int
    reason: str


@dataclass(frozen=True)
class LinkChanged(SpeakerEvent):
    """The endpoint told the speaker that its link lost or found its carrier."""

    up: bool


@dataclass(frozen=True)
class DialFailed(SpeakerEvent):
    """A connection could not be opened; reported again only when the reason changes."""

    reason: str


@dataclass(frozen=True)
class Connected(SpeakerEvent):
    """A TCP connection is open, and the MD5 keys agree."""

    direction: Direction


@dataclass(frozen=True)
class OpenSent(SpeakerEvent):
    """Our OPEN left. `hold_time` in seconds; `capabilities` in the words of their RFCs."""

    asn: int
    hold_time: int
    router_id: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True)
class OpenReceived(SpeakerEvent):
    """The router's OPEN, as it was sent, before it is judged. `asn` is the 4-octet one where there is one."""

    asn: int
    hold_time: int
    router_id: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True)
class Established(SpeakerEvent):
    """The session is Established. On probation it does not count as `up` before `ProbationPassed`."""

    probation: bool = False


@dataclass(frozen=True)
class ProbationPassed(SpeakerEvent):
    """After a prefix limit was exceeded: the router's routes are in, and within the limit again."""


@dataclass(frozen=True)
class UpdateReceived(SpeakerEvent):
    """Routes accepted, and prefixes no longer reachable, from one UPDATE."""

    announced: tuple[Route, ...]
    withdrawn: tuple[str, ...]


@dataclass(frozen=True)
class PrefixLimitExceeded(SpeakerEvent):
    """The router sent more distinct prefixes than are allowed; Cease 6/1 follows."""

    received: int
    limit: int


@dataclass(frozen=True)
class NotificationSent(SpeakerEvent):
    """We end the session. `text` is the Shutdown Communication (RFC 9003), or readable data of another kind."""

    code: int
    subcode: int
    text: str


@dataclass(frozen=True)
class NotificationReceived(SpeakerEvent):
    """The router ends the session."""

    code: int
    subcode: int
    text: str


@dataclass(frozen=True)
class SessionClosed(SpeakerEvent):
    """The TCP connection is gone, whatever state the session was in."""

    reason: str


@dataclass(frozen=True)
class Snapshot(SpeakerEvent):
    """Everything a speaker knows, for an endpoint that comes back. The fields are those of `Session`.

    :param at: when the snapshot was taken.
    :param since: when the status last changed.
    """

    pid: int
    state: str
    since: float
    reason: str
    explained: bool
    flaps: int
    limit_exceeded: bool
    peer_open: OpenReceived | None
    routes: tuple[Route, ...]


_KINDS: dict[str, Callable[..., SpeakerEvent]] = {
    kind.__name__: kind for kind in SpeakerEvent.__subclasses__()
}


def decode(line: str | bytes) -> SpeakerEvent:
    """Read back what `SpeakerEvent.encode` wrote; ValueError for anything else."""
    event = json.loads(line, object_hook=_revive)
    if not isinstance(event, SpeakerEvent):
        raise ValueError(f"not an event of a speaker: {line!r}")
    return event


def kind_of(line: str) -> str:
    """The class name of an encoded event, without reading the rest."""
    return line.split('"', 4)[3]


def _plain(value: SpeakerEvent | Route) -> dict[str, Any]:
    kind = {"kind": type(value).__name__} if isinstance(value, SpeakerEvent) else {}
    return kind | vars(value)


def _shared(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """What every session of a router says anew is kept once: an endpoint keeps many events of each."""
    if isinstance(value, list):
        return tuple(map(_shared, value))
    return sys.intern(value) if isinstance(value, str) else value


def _revive(fields: dict[str, Any]) -> Route | SpeakerEvent:
    kind = fields.pop("kind", None)
    values = {name: _shared(value) for name, value in fields.items()}
    try:
        return _KINDS[kind](**values) if kind else Route(**values)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event of a speaker: {fields!r}") from error
