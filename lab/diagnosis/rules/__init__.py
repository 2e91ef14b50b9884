"""The rules: each a pure function of a `Case` that yields what it finds.

`findings` runs them and puts what they found in the order of mending (`Cause.rank`). A session that is up is
asked only whether it is of use; one that is down, everything else. Silence counts only once it has lasted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lab.diagnosis.case import Case
from lab.diagnosis.causes import Cause
from lab.diagnosis.rules import address, link, routes, session, transport
from lab.diagnosis.verdict import Confidence, Finding

Rule = Callable[[Case], Iterator[Finding]]

WHILE_DOWN: tuple[Rule, ...] = (
    link.lab_fault,
    link.table_full,
    link.cable_down,
    link.wrong_tags,
    address.wrong_address,
    address.prefix_length,
    address.no_neighbour,
    session.taken_away,
    transport.filtered,
    transport.not_listening,
    transport.source_address,
    transport.md5_missing,
    transport.md5_mismatch,
    transport.ttl_security,
    session.asn_mismatch,
    session.open_refused,
    session.family,
    session.prefix_limits,
    session.blackhole,
    session.hold_timer,
    session.flapping,
)
WHILE_UP: tuple[Rule, ...] = (
    link.lab_fault,
    transport.ttl_security,
    session.family,
    session.blackhole,
    session.flapping,
    routes.useless,
)

#: Of a neighbour that the router does not talk to on purpose.
_NOBODY_THERE = frozenset(
    {Cause.BGP_NOT_LISTENING, Cause.MD5_MISSING, Cause.MD5_MISMATCH, Cause.TCP_FILTERED}
)
#: Of a router whose frames do not come in.
_NO_WAY = frozenset({Cause.NO_NEIGHBOUR, Cause.TCP_FILTERED})
#: Of a session that comes up, and then hears nothing.
_NOTHING_COMES = frozenset(
    {Cause.HOLD_TIMER_EXPIRED, Cause.FLAPPING, Cause.POLICY_BLOCKS_ROUTES, Cause.NO_ROUTES_RECEIVED}
)

#: What follows by itself from a cause, and is no fault of its own.
CONSEQUENCES: dict[Cause, frozenset[Cause]] = {
    Cause.LAB_FAULT: _NO_WAY,
    Cause.PEER_NOT_CONFIGURED: _NOBODY_THERE,
    Cause.PEER_SHUT: _NOBODY_THERE,
    Cause.PREFIX_LIMIT_CUSTOMER: _NOBODY_THERE | {Cause.PEER_SHUT},
    Cause.BGP_NOT_LISTENING: frozenset({Cause.MD5_MISSING, Cause.MD5_MISMATCH}),
    # It hangs up on whoever calls its other address.
    Cause.SOURCE_ADDRESS: frozenset({Cause.PEER_SHUT, Cause.BGP_NOT_LISTENING}),
    Cause.ADDRESS_SWAPPED: frozenset({Cause.NO_NEIGHBOUR, Cause.BGP_NOT_LISTENING}),
    Cause.ADDRESS_MISMATCH: frozenset({Cause.NO_NEIGHBOUR}),
    Cause.VLAN_UNTAGGED: _NO_WAY,
    Cause.VLAN_DOUBLE_TAGGED: _NO_WAY,
    Cause.VLAN_MISMATCH: _NO_WAY,
    Cause.PREFIX_LENGTH_MISMATCH: frozenset({Cause.TCP_FILTERED}),
    Cause.CABLE_DOWN: _NO_WAY | {Cause.MTU_BLACKHOLE},
    Cause.FAMILY_NOT_NEGOTIATED: frozenset({Cause.NO_ROUTES_RECEIVED, Cause.POLICY_BLOCKS_ROUTES}),
    Cause.TTL_SECURITY: _NOTHING_COMES,
    Cause.MTU_BLACKHOLE: _NOTHING_COMES,
}


def findings(case: Case) -> tuple[Finding, ...]:
    """What is wrong, in the order of mending, each cause once."""
    found: dict[Cause, Finding] = {}
    for rule in WHILE_UP if case.is_up else WHILE_DOWN:
        for finding in rule(case):
            if case.silence_counts or not finding.by_silence:
                found.setdefault(finding.cause, finding)
    if Cause.CABLE_DOWN in found:
        # Whoever cannot be heard is not to be suspected of what he does not say.
        found = {cause: each for cause, each in found.items() if each.confidence is Confidence.CERTAIN}
    ordered = sorted(found.values(), key=lambda finding: finding.cause.rank)
    implied = {consequence for finding in ordered for consequence in CONSEQUENCES.get(finding.cause, ())}
    return tuple(finding for finding in ordered if finding.cause not in implied)
