"""Routers that the lab does not run: the recorded cases, with everything taken away that only the wire does not show.

What the wire cannot tell apart is named with its rivals; nothing else may be named.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from lab.diagnosis import UNCLEAR, Case, Cause, Confidence, Verdict, judge
from lab.diagnosis.evidence import ConfigLine, Counter, Daemons, FilterRule, InterfaceAddress, RouterSession
from tests.diagnosis.faults.catalogue import FAULTS
from tests.diagnosis.faults.record import GOLDEN

FILES = sorted(GOLDEN.glob("*.json.gz"))
CAUSES = {fault.name: fault.cause for fault in FAULTS}
_THE_ROUTERS_OWN = (Daemons, RouterSession, InterfaceAddress, FilterRule, ConfigLine)

#: What a router does not show on the wire in the few seconds of a recording.
SAME_ON_THE_WIRE: dict[Cause, set[str]] = {
    Cause.ADDRESS_MISMATCH: {Cause.NO_NEIGHBOUR},
    Cause.CABLE_DOWN: {Cause.NO_NEIGHBOUR, Cause.CABLE_DOWN},
    Cause.PREFIX_LENGTH_MISMATCH: {Cause.TCP_FILTERED},
    Cause.BGP_NOT_LISTENING: {UNCLEAR, Cause.HOLD_TIMER_EXPIRED, Cause.TCP_FILTERED, Cause.MD5_MISSING},
    Cause.PEER_SHUT: {Cause.TCP_FILTERED, UNCLEAR},
    # A protocol that the limit has disabled looks like one that drops.
    Cause.PREFIX_LIMIT_CUSTOMER: {Cause.TCP_FILTERED},
    Cause.POLICY_BLOCKS_ROUTES: {Cause.NO_ROUTES_RECEIVED},
    Cause.MD5_MISMATCH: {Cause.TCP_FILTERED},
    Cause.TTL_SECURITY: {UNCLEAR, Cause.HOLD_TIMER_EXPIRED, Cause.FLAPPING, Cause.NO_ROUTES_RECEIVED},
    Cause.TCP_FILTERED: {Cause.HOLD_TIMER_EXPIRED},
    # One that only calls, and is frozen, refuses calls as one without BGP does.
    Cause.HOLD_TIMER_EXPIRED: {Cause.BGP_NOT_LISTENING},
}


def from_the_wire(path: Path) -> tuple[Cause, Verdict]:
    document = json.loads(gzip.decompress(path.read_bytes()))
    case = Case.from_json(document["case"])
    evidence = tuple(item for item in case.evidence if not _is_the_routers(item))
    expected = replace(case.expected, kind="unknown", router="")
    return CAUSES[document["fault"]], judge(replace(case, evidence=evidence, expected=expected))


def _is_the_routers(item: object) -> bool:
    return isinstance(item, _THE_ROUTERS_OWN) or (isinstance(item, Counter) and not item.ours)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_the_wire_alone(path: Path) -> None:
    cause, verdict = from_the_wire(path)
    assert {verdict.cause, *verdict.rivals} & {cause, *SAME_ON_THE_WIRE.get(cause, set())}
    if verdict.confidence is Confidence.POSSIBLE and verdict.cause != UNCLEAR:
        assert verdict.rivals
        assert verdict.decider
