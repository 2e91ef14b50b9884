"""Gathering what a report says of a peer whose expectations are not met."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

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
from lab.bgp.session import sentence
from lab.diagnosis import HEALTHY, UNCLEAR
from lab.diagnosis import Verdict as Diagnosis
from lab.errors import LabError, without_secrets
from lab.lab import RunningLab
from lab.verify.checks import Check
from lab.verify.config_lines import config_line
from lab.verify.seen import Subject
from lab.verify.verdict import Evidence, Place

#: Of the router's log and of the speaker's events.
NEWEST = 40
#: Prefixes that an event's line names before it says how many more there are.
_NAMED = 8


async def evidence_of(running: RunningLab, subject: Subject) -> Evidence:
    """What is known of a peer now."""
    events = running.controller.events(subject.peer.id)
    link = running.link_of(subject.vif)
    router = running.routers.get(link.router.node) if link else None
    log = ""
    if router is not None:
        try:
            log = await asyncio.to_thread(router.log_tail, NEWEST)
        except LabError as error:
            log = str(error)
    return Evidence(
        diagnosis=await _diagnosis(running, subject),
        history=running.cloud.history(subject.peer.id),
        events=tuple(_lines(events[-NEWEST:])),
        router=router.name if router else "",
        router_log=tuple(without_secrets(log, keys_of(running)).splitlines()),
        notification=last_notification(events),
    )


async def _diagnosis(running: RunningLab, subject: Subject) -> Diagnosis | None:
    """What `dxlab diagnose` says of the peer; None where it finds nothing wrong, or nothing yet."""
    try:
        found = await running.diagnose(subject.peer.id)
    except LabError:
        return None
    return None if found.cause in (HEALTHY, UNCLEAR) else found


def keys_of(running: RunningLab) -> list[str]:
    """Every key of the lab: what no report may show."""
    return [peer.auth_key for vif in running.cloud.virtual_interfaces() for peer in vif.peers]


def place_in_configuration(running: RunningLab, check: Check) -> Place | None:
    """The line of the router's configuration that an expectation is about."""
    link = running.link_of(check.subject.vif)
    router = running.routers.get(link.router.node) if link else None
    text = running.bringup.configurations.get(router.name) if running.bringup and router else None
    if router is None or text is None:
        return None
    line = config_line(check, text)
    return None if line is None else Place(router.source, line)


def last_notification(events: Iterable[SpeakerEvent]) -> str:
    """The newest NOTIFICATION in words; empty where there was none."""
    found = [event for event in events if isinstance(event, NotificationSent | NotificationReceived)]
    return sentence(found[-1]) if found else ""


def _lines(events: Sequence[SpeakerEvent]) -> Iterable[str]:
    start = events[0].at if events else 0.0
    return (f"{event.at - start:8.3f}  {words(event)}" for event in events)


def words(event: SpeakerEvent) -> str:
    """An event in words."""
    match event:
        case SpeakerStarted():
            return "the speaker listens and dials"
        case SpeakerExited() | SessionClosed() | DialFailed():
            return event.reason
        case LinkChanged():
            return "carrier found" if event.up else "carrier lost"
        case Connected():
            return f"TCP connection {event.direction}"
        case OpenSent() | OpenReceived():
            way = "sent" if isinstance(event, OpenSent) else "received"
            return f"OPEN {way}: AS {event.asn}, hold time {event.hold_time} s, id {event.router_id}"
        case Established():
            return "Established"
        case UpdateReceived():
            return _update(event)
        case NotificationSent() | NotificationReceived():
            return sentence(event)
        case _:
            return _rare(event)


def _rare(event: SpeakerEvent) -> str:
    match event:
        case PrefixLimitExceeded():
            return f"{event.received} prefixes received, the limit is {event.limit}"
        case ProbationPassed():
            return "within the prefix limit again"
        case Snapshot():
            return f"found {event.state}: {event.reason}"
        case _:
            return type(event).__name__


def _update(event: UpdateReceived) -> str:
    parts = (
        ("accepted", [route.prefix for route in event.announced]),
        ("withdrawn", list(event.withdrawn)),
    )
    said = [f"{what} {_some(prefixes)}" for what, prefixes in parts if prefixes]
    return f"UPDATE received: {'; '.join(said) or 'nothing accepted'}"


def _some(prefixes: Sequence[str]) -> str:
    more = len(prefixes) - _NAMED
    return ", ".join(prefixes[:_NAMED]) + (f" and {more} more" if more > 0 else "")
