"""Where the time goes between a request and its session: the timeline that the lab keeps of each peer.

The endpoint serves the history of every peer at `/lab/history`. Of a session that came up at the first
attempt, the first entry of each kind below is one step; their moments are wall-clock times of one
machine.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.client import Address
from benchmarks.figures import percentile

#: A step's name, and the kind and the beginning of the detail of the entry that marks its end.
STEPS = {
    "the address is on the machine": ("vlan", ""),
    "the speaker listens and dials": ("speaker", ""),
    "OPEN sent": ("open", "OPEN sent"),
    "OPEN received": ("open", "OPEN received"),
    "Established": ("established", ""),
}

History = Mapping[str, Sequence[Mapping[str, Any]]]


def history_of(address: Address) -> History:
    """What happened to every peer, by peer id."""
    with urllib.request.urlopen(f"http://{address.host}:{address.port}/lab/history", timeout=30) as answer:
        history: History = json.load(answer)
    return history


def medians(history: History, peer_ids: Iterable[str]) -> dict[str, float]:
    """For each step, milliseconds from the request to its end: the median over these peers."""
    timelines = [history[peer_id] for peer_id in peer_ids]
    return {
        step: percentile([_since_request(timeline, *mark) for timeline in timelines], 50)
        for step, mark in STEPS.items()
    }


def _since_request(timeline: Sequence[Mapping[str, Any]], kind: str, beginning: str) -> float:
    return (_moment(timeline, kind, beginning) - _moment(timeline, "request", "")) * 1000


def _moment(timeline: Sequence[Mapping[str, Any]], kind: str, beginning: str) -> float:
    """When the first entry of this kind was made whose detail begins so, epoch seconds."""
    for entry in timeline:
        if entry["kind"] == kind and str(entry["detail"]).startswith(beginning):
            return float(entry["at"])
    raise LookupError(f"the peer's history has no '{kind}' that begins with '{beginning}'")
