"""Up, and of no use: nothing comes that AWS could send to."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_interface

from lab.diagnosis.case import Case
from lab.diagnosis.causes import Cause
from lab.diagnosis.evidence import Segment
from lab.diagnosis.verdict import Confidence, Finding, proof

#: Seconds that a router may take over its first UPDATE.
_FIRST_UPDATE = 6.0

_NO_POLICY = "it has no outbound policy for this neighbour, and RFC 8212 lets nothing out without one"
_NOTHING = {"what": "nothing"}
_HELD_BACK = "it has {number} routes to announce, and its policy lets none out"


def useless(case: Case) -> Iterator[Finding]:
    """The session is up; what of its routes is of use?"""
    session = case.session
    assert session is not None
    if session.routes:
        yield from _next_hops(case)
    elif case.at - session.since >= _FIRST_UPDATE:
        yield from _no_routes(case)


def _next_hops(case: Case) -> Iterator[Finding]:
    session = case.session
    network = ip_interface(case.expected.customer).network
    hops = {hop for hop in session.next_hops if ip_address(hop) not in network} if session else set()
    if session and hops and hops == set(session.next_hops):
        facts = {"seen": ", ".join(sorted(hops))}
        topics = ("next-hop", "route-map")
        sent = [each for each in case.segments() if any(said.next_hop in hops for said in each.messages)]
        evidence = proof(*sent, session)
        yield Finding(Cause.NEXT_HOP_UNREACHABLE, Confidence.CERTAIN, evidence, facts, topics)


def _no_routes(case: Case) -> Iterator[Finding]:
    assert case.session is not None
    loops = [each for each in case.segments() if _looping(case, each)]
    known = case.router_session
    if loops:
        facts = {"path": " ".join(map(str, _looping(case, loops[-1])))}
        yield Finding(Cause.AS_PATH_LOOP, Confidence.CERTAIN, proof(*loops), facts, ("as-path", "policy"))
    elif others := _announced(case):
        # On a public VIF, AWS takes the routeFilterPrefixes alone.
        facts = {"what": f"only what AWS does not take: {', '.join(others)}"}
        told = [each for each in case.segments() if any(message.prefixes for message in each.messages)]
        evidence = proof(*told, case.session)
        yield Finding(Cause.NO_ROUTES_RECEIVED, Confidence.LIKELY, evidence, facts, ("network",))
    elif known and (known.policy_missing or known.originates):
        what = _NO_POLICY if known.policy_missing else _HELD_BACK.format(number=known.originates)
        sure = Confidence.CERTAIN if known.policy_missing else Confidence.LIKELY
        evidence = proof(known, case.session)
        yield Finding(Cause.POLICY_BLOCKS_ROUTES, sure, evidence, {"what": what}, ("policy", "neighbour"))
    elif known and known.originates == 0:
        evidence = proof(known, case.session)
        yield Finding(Cause.NO_ROUTES_RECEIVED, Confidence.CERTAIN, evidence, _NOTHING, ("network",))
    else:
        yield Finding(
            Cause.NO_ROUTES_RECEIVED,
            Confidence.LIKELY,
            proof(case.session),
            _NOTHING,
            ("network",),
            rivals=(Cause.POLICY_BLOCKS_ROUTES,),
            decider="list what the router advertises to Amazon's address, and what it has to advertise",
        )


def _announced(case: Case) -> list[str]:
    """The prefixes that the router was seen to announce, without AWS's own, sent back."""
    segments = case.segments()
    prefixes = {prefix for each in segments for message in each.messages for prefix in message.prefixes}
    return sorted(prefixes - set(case.expected.advertised))


def _looping(case: Case, segment: Segment) -> tuple[int, ...]:
    """The AS path of the customer's own routes in which AWS's ASN is; AWS's routes, sent back, do not count."""
    for message in segment.messages:
        own = set(message.prefixes) - set(case.expected.advertised)
        if own and case.expected.amazon_asn in message.as_path:
            return message.as_path
    return ()
