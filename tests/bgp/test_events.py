"""Events survive their journey as lines of JSON."""

from __future__ import annotations

import pytest

from lab.bgp import events
from lab.bgp.events import Route, SpeakerEvent, decode, kind_of

PEER, AT = "dxpeer-fg12ab34", 1795475565.4488

ROUTE = Route("203.0.113.0/24", "169.254.10.2", (65001, 4200000001), ("7224:7100", "no-export"), None, "igp")
OPENED = events.OpenReceived(PEER, AT, 65001, 90, "169.254.10.2", ("asn4", "multiprotocol"))

EXAMPLES = [
    OPENED,
    events.SpeakerStarted(PEER, AT, 77),
    events.SpeakerExited(PEER, AT, -9, "speaker died (SIGKILL)"),
    events.LinkChanged(PEER, AT, up=True),
    events.DialFailed(PEER, AT, "no answer from 169.254.10.2 yet"),
    events.Connected(PEER, AT, "accepted"),
    events.OpenSent(PEER, AT, 64512, 90, "169.254.10.1", ()),
    events.Established(PEER, AT, probation=True),
    events.ProbationPassed(PEER, AT),
    events.UpdateReceived(PEER, AT, (ROUTE, ROUTE), ("198.51.100.0/24",)),
    events.PrefixLimitExceeded(PEER, AT, 101, 100),
    events.NotificationSent(PEER, AT, 6, 3, ""),
    events.NotificationReceived(PEER, AT, 6, 2, 'a "quoted"\nmessage, größer'),
    events.SessionClosed(PEER, AT, "connection reset by the router"),
    events.Snapshot(PEER, AT, 77, "Established", AT, "Established", False, 0, False, OPENED, (ROUTE,)),
    events.Snapshot(PEER, AT, 77, "Idle", AT, "carrier lost", False, 3, True, None, ()),
]


def test_the_examples_are_complete() -> None:
    assert {type(event) for event in EXAMPLES} == set(SpeakerEvent.__subclasses__())


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_every_kind_is_one_line_and_comes_back(event: SpeakerEvent) -> None:
    line = event.encode()
    assert "\n" not in line
    assert decode(line) == decode(line.encode()) == event
    assert kind_of(line) == type(event).__name__


@pytest.mark.parametrize(
    "line",
    ["", "[]", '"Established"', "{}", '{"kind":"Nonsense"}', '{"kind":"Established"}', '{"prefix":"x"}'],
)
def test_anything_else_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"^."):
        decode(line)


def test_a_route_alone_is_no_event() -> None:
    fields = '"prefix":"x","next_hop":"y","as_path":[],"communities":[],"med":null,"origin":"igp"'
    with pytest.raises(ValueError, match="not an event of a speaker"):
        decode(f"{{{fields}}}")


def test_what_each_session_says_anew_is_kept_once() -> None:
    """An endpoint keeps many events of each session, and with them routes."""
    update = events.UpdateReceived(PEER, AT, (ROUTE,), ("198.51.100.0/24",))
    one, other = decode(update.encode()), decode(update.encode())
    assert isinstance(one, events.UpdateReceived) and isinstance(other, events.UpdateReceived)
    assert one.peer_id is other.peer_id
    assert one.withdrawn[0] is other.withdrawn[0]
    assert one.announced[0].communities[0] is other.announced[0].communities[0]
