"""Evidence in words and as JSON."""

from __future__ import annotations

import json

import pytest

from lab.bgp import events
from lab.diagnosis.evidence import Evidence, FilterRule, Frame, InterfaceAddress, Missing, Neighbour
from lab.diagnosis.evidence.lines import from_json, to_json
from tests.diagnosis.made import (
    CABLE,
    NOW,
    arp,
    counter,
    daemons,
    ended,
    known,
    light,
    opened,
    probe,
    said,
    segment,
    session,
)

WORDS: dict[str, Evidence] = {
    "dxcon-fg000001 is up": light(),
    "dxcon-fg000001 is shut": light(enabled=False, carrier=False),
    "dxcon-fg000001 is no carrier, no cable was ever plugged in": light(carrier=False, stub=True),
    "the port is missing": Missing("lab", NOW, "the port"),
    "TcpExtTCPMD5Failure is 5, 1 more than before": counter("TCPMD5Failure"),
    "TcpExtTCPMD5Failure is 5": counter("TCPMD5Failure", growth=0),
    "neighbour 169.254.10.2 lladdr - FAILED": Neighbour("table", NOW, "169.254.10.2", "", "failed"),
    "eth1.101 has 169.254.10.2/30": InterfaceAddress("router", NOW, "eth1.101", "169.254.10.2/30"),
    "filter rule: tcp dport 179 drop": FilterRule("nft", NOW, "tcp dport 179 drop"),
    "session Idle, bgpStatus down: not connected yet; 0 routes accepted": session(),
    "its routing daemons run": daemons(),
    "its routing daemons do not run": daemons(False),
    "neighbor 169.254.10.1 AS 64512 is Active, 0 sent": known(),
    "neighbor 169.254.10.1 AS 64512 is Idle, administratively shut, no policy (RFC 8212), last reset: admin, 0 sent": (
        known(state="Idle", shut=True, policy_missing=True, last_reset="admin")
    ),
    "probe ping: silent": probe("ping", "silent"),
    'NOTIFICATION received: Cease / Administrative Shutdown (6/2): "noon"': ended(6, 2, "noon"),
    "NOTIFICATION sent: Hold Timer Expired (4/0)": ended(4, 0, by_router=False),
    "OPEN received: AS 65001, hold time 90 s, id 192.0.2.1": opened(),
    "OPEN sent: AS 64512, hold time 90 s, id 100.64.0.1": said(events.OpenSent, 64512, 90, "100.64.0.1", ()),
    "101 prefixes received, the limit is 100": said(events.PrefixLimitExceeded, 101, 100),
    "no answer from 169.254.10.2 yet": said(events.DialFailed, "no answer from 169.254.10.2 yet"),
    "TCP connection dialled": said(events.Connected, "dialled"),
    "Established": said(events.Established),
}


@pytest.mark.parametrize("words", WORDS)
def test_evidence_says_what_it_shows(words: str) -> None:
    assert str(WORDS[words]) == words


@pytest.mark.parametrize("item", [*WORDS.values(), arp(), segment()], ids=lambda item: type(item).__name__)
def test_evidence_survives_json(item: Evidence) -> None:
    assert from_json(json.loads(json.dumps(to_json(item)))) == item


def test_what_is_no_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="not a kind of evidence: 'Rumour'"):
        from_json({"evidence": "Rumour"})


def test_a_frame_of_which_nothing_is_known_speaks_of_nobody() -> None:
    frame = Frame(CABLE, NOW, True, (101,))
    assert (frame.addresses, frame.speaker) == ((), "")
