"""BGP between the two speakers: OPEN, NOTIFICATION, timers."""

from __future__ import annotations

from collections.abc import Iterator

from lab.bgp.events import Connected, Established, OpenReceived, PrefixLimitExceeded, SpeakerEvent
from lab.diagnosis.case import Case, Spoken
from lab.diagnosis.causes import Cause
from lab.diagnosis.evidence import Evidence, Probe, Said, Segment
from lab.diagnosis.verdict import Confidence, Finding, proof

_BAD_PEER_AS, _BAD_IDENTIFIER, _UNACCEPTABLE_HOLD_TIME = (2, 2), (2, 3), (2, 6)
_TOO_MANY, _SHUT, _DECONFIGURED = (6, 1), (6, 2), (6, 3)
_OPEN_ERROR, _HOLD_TIMER = 2, 4
_MINIMUM_HOLD_TIME = 3
#: Connections that a router takes and closes without a word, before that means something.
_SILENT_CLOSES = 2
#: What FRR says of a neighbour of which no address family is active. It closes its connections.
_INACTIVE = "No AFI/SAFI activated"
#: Falls within so many seconds make a session that flaps.
_FALLS, _WINDOW = 3, 300.0
#: A hole of so many octets in a stream is no keepalive that was not recorded.
_HOLE = 512
#: Seconds between two neighbours in a stream, and seconds that TCP has to fill a hole.
_NEAR, _FILLED = 120.0, 1.5
#: So many times the same large segment.
_AGAIN = 3


def _last(spoken: tuple[Spoken, ...]) -> Spoken | None:
    return spoken[-1] if spoken else None


def _ended_by(case: Case, *, inbound: bool) -> Spoken | None:
    """The NOTIFICATION that ended the last session, where one did and none has begun to talk since."""
    last = _last(case.talk("NOTIFICATION", inbound=inbound))
    if last is None:
        return None
    ended = last.evidence.at
    return None if any(at > ended for at in _established(case)) else last


def _established(case: Case) -> list[float]:
    return [event.at for event in case.said if isinstance(event, Established) and not event.probation]


def _code(spoken: Spoken | None) -> tuple[int, int]:
    return (spoken.message.code, spoken.message.subcode) if spoken else (0, 0)


# ---- what the operator did --------------------------------------------------------------------------------


def taken_away(case: Case) -> Iterator[Finding]:
    """Cease 6/2 or 6/3 from the router, and nothing of it since; or the router says that the peer is shut."""
    last = _ended_by(case, inbound=True)
    since = last.evidence.at if last else case.at
    opens = [each for each in case.talk("OPEN", inbound=True) if each.evidence.at > since]
    told = _code(last) if not opens else (0, 0)
    known = case.router_session
    shut = proof(known) if known is not None and known.shut else ()
    if last and told == _DECONFIGURED and not shut:
        yield _by_cease(Cause.PEER_NOT_CONFIGURED, last, ("neighbour",))
    elif last and told == _SHUT:
        yield _by_cease(Cause.PEER_SHUT, last, ("shutdown", "neighbour"))
    elif shut:
        facts = {"message": ""}
        yield Finding(Cause.PEER_SHUT, Confidence.CERTAIN, shut, facts, ("shutdown", "neighbour"))
    elif last is None:
        yield from _closed_in_silence(case)


def _by_cease(cause: Cause, last: Spoken, topics: tuple[str, ...]) -> Finding:
    message = f'; its message: "{last.message.text}"' if last.message.text else ""
    return Finding(cause, Confidence.CERTAIN, proof(last.evidence), {"message": message}, topics)


def _closed_in_silence(case: Case) -> Iterator[Finding]:
    """It has our key, takes the connection, and closes it without an OPEN, time and again."""
    items = case.of(Said)
    calls = [item for item in items if isinstance(item.event, Connected)]
    if len(calls) > _SILENT_CLOSES and not any(_says_anything(item.event) for item in items):
        known = case.router_session
        if known and _INACTIVE in known.last_reset:
            facts = {"seen": "no address family", "wanted": f"ipv{case.expected.family} unicast"}
            topics = ("family", "neighbour")
            yield Finding(Cause.FAMILY_NOT_NEGOTIATED, Confidence.CERTAIN, proof(known), facts, topics)
            return
        rivals = (Cause.BGP_NOT_LISTENING,)
        decider = "ask the router for the state of the neighbour: is it 'Idle (Admin)' or shut?"
        yield Finding(
            Cause.PEER_SHUT,
            Confidence.LIKELY,
            proof(*calls),
            {"message": ""},
            ("shutdown", "neighbour"),
            rivals,
            decider,
        )


def _says_anything(event: SpeakerEvent) -> bool:
    return isinstance(event, OpenReceived)


# ---- OPEN -------------------------------------------------------------------------------------------------


def asn_mismatch(case: Case) -> Iterator[Finding]:
    """The router introduces itself with another ASN, or refuses ours."""
    said = _last(case.talk("OPEN", inbound=True))
    ours = _ended_by(case, inbound=False)
    if said and said.message.asn != case.expected.customer_asn:
        evidence = proof(said.evidence, *([ours.evidence] if ours and _code(ours) == _BAD_PEER_AS else ()))
        facts = {"seen": str(said.message.asn)}
        yield Finding(Cause.ASN_MISMATCH_CUSTOMER, Confidence.CERTAIN, evidence, facts, ("asn",))
    theirs = _ended_by(case, inbound=True)
    known = case.router_session
    wrong = known is not None and known.asn not in (0, case.expected.amazon_asn)
    if theirs and _code(theirs) == _BAD_PEER_AS:
        evidence = proof(theirs.evidence, *([known] if known and wrong else ()))
    elif known and wrong:
        evidence = proof(known)
    else:
        return
    expects = f"AS {known.asn}" if known and wrong else "another ASN"
    facts = {"expects": expects}
    yield Finding(Cause.ASN_MISMATCH_AMAZON, Confidence.CERTAIN, evidence, facts, ("remote-asn", "neighbour"))


def open_refused(case: Case) -> Iterator[Finding]:
    """A BGP identifier or a hold time that one end does not accept."""
    ends = [each for each in (_ended_by(case, inbound=True), _ended_by(case, inbound=False)) if each]
    said = _last(case.talk("OPEN", inbound=True))
    for end in ends:
        evidence = proof(end.evidence, *([said.evidence] if said else ()))
        facts = _open_facts(said, end)
        if _code(end) == _BAD_IDENTIFIER:
            yield Finding(Cause.ROUTER_ID_CONFLICT, Confidence.CERTAIN, evidence, facts, ("router-id",))
            return
        if _code(end) == _UNACCEPTABLE_HOLD_TIME:
            yield Finding(
                Cause.HOLD_TIME_REJECTED, Confidence.CERTAIN, evidence, facts, ("timers", "neighbour")
            )
            return
    if said and said.message.hold_time < _MINIMUM_HOLD_TIME:
        facts = _open_facts(said, said)
        evidence = proof(said.evidence)
        yield Finding(Cause.HOLD_TIME_REJECTED, Confidence.CERTAIN, evidence, facts, ("timers", "neighbour"))


def _open_facts(said: Spoken | None, end: Spoken) -> dict[str, str]:
    return {
        "router_id": said.message.router_id if said else "not seen",
        "hold": f"{said.message.hold_time} s" if said else "not seen",
        "who": "AWS" if end.message.name == "OPEN" or not _is_inbound(end.evidence) else "the router",
    }


def _is_inbound(item: Evidence) -> bool:
    if isinstance(item, Said):
        return type(item.event).__name__.endswith("Received")
    return isinstance(item, Segment) and item.inbound


def family(case: Case) -> Iterator[Finding]:
    """The router's OPEN offers address families, and the peer's is not among them."""
    name = f"ipv{case.expected.family} unicast"
    # What a speaker reports of an OPEN does not tell the families.
    seen = [each for each in case.talk("OPEN", inbound=True) if isinstance(each.evidence, Segment)]
    last = seen[-1] if seen else None
    if last is None or name in last.message.families:
        return
    if last.message.multiprotocol or case.expected.family == 6:
        facts = {"seen": ", ".join(last.message.families) or "none", "wanted": name}
        evidence = proof(last.evidence)
        yield Finding(
            Cause.FAMILY_NOT_NEGOTIATED, Confidence.CERTAIN, evidence, facts, ("family", "neighbour")
        )


# ---- limits and timers ------------------------------------------------------------------------------------


def prefix_limits(case: Case) -> Iterator[Finding]:
    """Cease 6/1: who counts, how many, of how many."""
    over = [item for item in case.of(Said) if isinstance(item.event, PrefixLimitExceeded)]
    session = case.session
    sent = _ended_by(case, inbound=False)
    if (session and session.limit_exceeded) or (sent and _code(sent) == _TOO_MANY):
        evidence = proof(*over[-1:], *([sent.evidence] if sent else ()), *([session] if session else ()))
        yield Finding(Cause.PREFIX_LIMIT_AWS, Confidence.CERTAIN, evidence, _over(case, over), ("network",))
    received = _ended_by(case, inbound=True)
    if received and _code(received) == _TOO_MANY:
        bound = next((each.message.bound for each in _bounds(case)), 0)
        facts = {"limit": str(bound) if bound else "its limit", "number": str(len(case.expected.advertised))}
        evidence = proof(received.evidence)
        topics = ("maximum-prefix", "neighbour")
        yield Finding(Cause.PREFIX_LIMIT_CUSTOMER, Confidence.CERTAIN, evidence, facts, topics)


def _bounds(case: Case) -> list[Spoken]:
    return [each for each in case.talk("NOTIFICATION", inbound=True) if each.message.bound]


def _over(case: Case, over: list[Said]) -> dict[str, str]:
    event = over[-1].event if over else None
    number = str(event.received) if isinstance(event, PrefixLimitExceeded) else "too many"
    return {"number": number, "limit": str(case.expected.prefix_limit)}


def blackhole(case: Case) -> Iterator[Finding]:
    """Octets that never come while later, smaller segments do; or a large segment that is sent in vain.

    A session whose OPEN was refused never came to anything large.
    """
    if _refused(case):
        return
    hole = _hole(case.segments(), case.at)
    again = _sent_in_vain(case)
    if hole:
        facts = {
            "size": str(hole[1].sequence - hole[0].sequence - hole[0].length),
            "way": "from the router to AWS",
        }
        yield Finding(Cause.MTU_BLACKHOLE, Confidence.CERTAIN, proof(*hole), facts, ("mtu", "interface"))
    elif again:
        facts = {"size": str(again[-1].length), "way": "from AWS to the router"}
        yield Finding(Cause.MTU_BLACKHOLE, Confidence.LIKELY, proof(*again), facts, ("mtu", "interface"))
    else:
        yield from _large_ones_lost(case)


def _refused(case: Case) -> bool:
    ends = (_ended_by(case, inbound=True), _ended_by(case, inbound=False))
    return any(_code(end)[0] == _OPEN_ERROR for end in ends)


def _large_ones_lost(case: Case) -> Iterator[Finding]:
    """A small ping is answered and a large one is not; sure where a session died of silence, too."""
    pings = {probe.name: probe for probe in case.of(Probe) if probe.name.endswith("ping")}
    small, large = pings.get("ping"), pings.get("large ping")
    if small and large and (small.outcome, large.outcome) == ("answered", "silent"):
        facts = {"size": str(case.expected.mtu), "way": "between router and AWS"}
        sure = Confidence.CERTAIN if _died_of_silence(case) else Confidence.LIKELY
        yield Finding(Cause.MTU_BLACKHOLE, sure, proof(small, large), facts, ("mtu", "interface"))


def _died_of_silence(case: Case) -> bool:
    told = (*case.talk("NOTIFICATION", inbound=True), *case.talk("NOTIFICATION", inbound=False))
    return any(each.message.code == _HOLD_TIMER for each in told)


def _hole(segments: tuple[Segment, ...], now: float) -> tuple[Segment, Segment] | None:
    """The neighbours of a hole in the latest stream that TCP has had the time to fill and did not."""
    if not segments:
        return None
    stream = [each for each in segments if each.connection == segments[-1].connection and each.length]
    reached: Segment | None = None
    for each in stream:
        if (
            reached
            and _gap(reached, each) >= _HOLE
            and each.at - reached.at < _NEAR
            and now - each.at > _FILLED
        ):
            filling = [other for other in stream if other.sequence == reached.sequence + reached.length]
            if not filling:
                return reached, each
        if not reached or each.sequence + each.length > reached.sequence + reached.length:
            reached = each
    return None


def _gap(reached: Segment, after: Segment) -> int:
    return after.sequence - reached.sequence - reached.length


def _sent_in_vain(case: Case) -> tuple[Segment, ...]:
    large = [each for each in case.segments(inbound=False) if each.length >= _HOLE]
    if not large:
        return ()
    same = tuple(each for each in large if each.sequence == large[-1].sequence)
    return same if len(same) >= _AGAIN else ()


def hold_timer(case: Case) -> Iterator[Finding]:
    """One end heard nothing of the other for the hold time."""
    for inbound, who in ((False, "AWS"), (True, "the router")):
        end = _ended_by(case, inbound=inbound)
        if end and end.message.code == _HOLD_TIMER:
            facts = {"who": who}
            topics = ("timers", "neighbour")
            yield Finding(Cause.HOLD_TIMER_EXPIRED, Confidence.CERTAIN, proof(end.evidence), facts, topics)
            return


def flapping(case: Case) -> Iterator[Finding]:
    """Up and down again, several times within minutes, for a reason that comes back: what fell once for each of several
    reasons has had its troubles, and got over them.
    """
    session = case.session
    falls = [fall for fall in session.falls if fall[0] >= case.at - _WINDOW] if session else []
    if session and len(falls) >= _FALLS and len({reason for _, reason in falls}) < len(falls):
        facts = {"number": str(len(falls)), "reasons": "; ".join(reason for _, reason in falls)}
        told = [each.evidence for way in (True, False) for each in case.talk("NOTIFICATION", inbound=way)]
        evidence = proof(*told, session)
        yield Finding(Cause.FLAPPING, Confidence.CERTAIN, evidence, facts, ("neighbour",))
