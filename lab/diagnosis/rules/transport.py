"""TCP to and from port 179: filters, refusals, signatures, TTL.

A TCP segment that is dropped looks the same whoever drops it: a packet filter, TCP-MD5 with another key, GTSM.
What tells them apart is what the router sends by itself (its own SYN is signed or not, with the right key or
not, with TTL 255 or not), what an unsigned SYN gets, and, for a router that the lab runs, its kernel's counters.
Linux, and so every router that the lab runs, does not even refuse a signed SYN with a RST where nobody listens.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from lab.bgp.events import DialFailed
from lab.diagnosis.case import Case
from lab.diagnosis.causes import Cause
from lab.diagnosis.evidence import (
    Counter,
    Daemons,
    Evidence,
    FilterRule,
    Icmp,
    Probe,
    RouterSession,
    Said,
    Segment,
)
from lab.diagnosis.frames import BGP
from lab.diagnosis.verdict import Confidence, Finding, proof

#: ICMP's "communication administratively prohibited" in its kinds, and what REJECT sends unless told otherwise.
_PROHIBITED = {(3, 3), (3, 9), (3, 10), (3, 13), (1, 1), (1, 4), (1, 5), (1, 6)}
#: TTLs with which GTSM sends (RFC 5082).
_GTSM = (254, 255)
#: NOTIFICATIONs that follow from silence: hold timer expired, and Cease.
_TIMED_OUT = (4, 6)
#: The counters that grow where a segment reached TCP and was dropped for its signature or TTL.
_ARRIVED = ("TCPMD5NotFound", "TCPMD5Unexpected", "TCPMD5Failure", "TCPMinTTLDrop")
_HAVE_IT_DIAL = (
    "have the router dial while 'dxlab diagnose --watch' runs (reset the session on it): its own SYN shows "
    "whether it signs, and with the right key"
)
_GIVE_THE_KEY = (
    "give the peer's authKey in the environment variable DXLAB_AUTH_KEY: the signatures can be checked"
)
#: Seconds; both ends try again more often.
_LATELY = 15.0
#: So many unanswered SYNs of one call are no accident.
_REPEATED = 2


# ---- filters ----------------------------------------------------------------------------------------------


def filtered(case: Case) -> Iterator[Finding]:
    """Somebody says that BGP is prohibited, a rule is known, or SYNs vanish where nothing else explains it."""
    rules = case.of(FilterRule)
    told = [each for each in case.inbound if isinstance(each, Icmp) and _prohibits(case, each)]
    vanished = _vanished(case)
    if told:
        facts = {"whose": _whose(case, told[-1].sender)}
        yield Finding(Cause.TCP_FILTERED, Confidence.CERTAIN, proof(*told, *rules), facts, ("filter",))
    elif rules and vanished:
        facts = {"whose": f"the router's own packet filter does it: {rules[-1].rule}"}
        yield Finding(Cause.TCP_FILTERED, Confidence.CERTAIN, proof(*rules, *vanished), facts, ("filter",))
    elif vanished:
        yield from _silently(case, vanished)


def _prohibits(case: Case, message: Icmp) -> bool:
    return (
        (message.kind, message.code) in _PROHIBITED
        and message.port == BGP
        and message.about == case.expected.customer_ip
    )


def _whose(case: Case, sender: str) -> str:
    if sender == case.expected.customer_ip:
        return "the router itself says so"
    return f"{sender}, on the way to the router, says so"


def _vanished(case: Case) -> tuple[Evidence, ...]:
    """What shows that SYNs get no answer of any kind, although the neighbour is there."""
    if not case.neighbour_answers or (_last_call(case) is not None and not _calls_in_vain(case)):
        return ()
    unsigned = [probe for probe in case.of(Probe) if probe.name == "unsigned SYN"]
    if unsigned and unsigned[-1].outcome == "silent":
        return proof(unsigned[-1], *_calls_in_vain(case))
    return proof(*_calls_in_vain(case)) or _unanswered_calls(case) * (not unsigned)


def _unanswered_calls(case: Case) -> tuple[Evidence, ...]:
    """AWS's SYNs in a capture that the router never answered."""
    calls = [each for each in case.calls(inbound=False) if each.flags == "S"]
    return proof(*calls) if len(calls) >= _REPEATED and not case.calls() else ()


def _calls_in_vain(case: Case) -> tuple[Evidence, ...]:
    """The router's own SYNs, rightly signed, whose SYN-ACKs it does not seem to get."""
    inbound = case.calls()
    syns = [each for each in inbound if each.flags == "S" and each.signature in ("right", "unchecked")]
    answers = [each for each in case.calls(inbound=False) if each.flags == "S."]
    later = [each for each in inbound if syns and each.at > syns[0].at and "S" not in each.flags]
    return proof(*syns, *answers) if len(syns) >= _REPEATED and answers and not later else ()


def _silently(case: Case, vanished: tuple[Evidence, ...]) -> Iterator[Finding]:
    daemons = case.of(Daemons)
    if daemons and (not daemons[-1].running or _reached(case)):
        return
    facts = {"whose": "nothing says whose filter it is"}
    unchecked = any(each.signature == "unchecked" for each in case.calls())
    if daemons or (_calls_in_vain(case) and not unchecked):
        likely = Finding(Cause.TCP_FILTERED, Confidence.LIKELY, vanished, facts, ("filter",), by_silence=True)
        yield likely
        return
    yield Finding(
        Cause.TCP_FILTERED,
        Confidence.POSSIBLE,
        vanished,
        facts,
        ("filter",),
        rivals=(Cause.MD5_MISMATCH, *(() if _pings(case) else (Cause.PREFIX_LENGTH_MISMATCH,))),
        decider=_GIVE_THE_KEY if unchecked else _HAVE_IT_DIAL,
        by_silence=True,
    )


def _reached(case: Case) -> bool:
    """Whether the router's TCP has seen our segments, and dropped them itself."""
    return any(each.growth for each in case.of(Counter) if not each.ours and each.name in _ARRIVED)


def _pings(case: Case) -> bool:
    return any(probe.name == "ping" and probe.outcome == "answered" for probe in case.of(Probe))


# ---- nobody there -----------------------------------------------------------------------------------------


def not_listening(case: Case) -> Iterator[Finding]:
    """BGP does not run, refuses, or does not know us."""
    daemons = case.of(Daemons)
    if daemons and not daemons[-1].running:
        facts = {"what": "its BGP daemon does not run"}
        yield Finding(Cause.BGP_NOT_LISTENING, Confidence.CERTAIN, proof(daemons[-1]), facts, by_silence=True)
        return
    if daemons and not daemons[-1].answering:
        return  # it starts, or hangs: whom it knows is not known
    if any(each.evidence.at >= case.at - _LATELY for each in case.talk("OPEN", inbound=True)):
        return  # it knows us well enough to introduce itself, whatever it says of its neighbours
    known = case.of(RouterSession)
    probes = [probe for probe in case.of(Probe) if probe.name == "unsigned SYN"]
    # A daemon that hangs has no neighbours to tell of either; one that knows nobody hangs up on everybody, or has
    # never introduced itself to us.
    outcome = probes[-1].outcome if probes else ""
    alien = outcome == "closed" or (outcome == "refused" and not case.talk("OPEN", inbound=True))
    strange = bool(known) or alien
    if daemons and case.router_session is None and probes and strange:
        addresses = ", ".join(sorted(each.address for each in known)) or "none"
        facts = {"what": f"it has no neighbour {case.expected.amazon_ip}; its neighbours are: {addresses}"}
        yield Finding(
            Cause.BGP_NOT_LISTENING,
            Confidence.CERTAIN,
            proof(probes[-1], *known),
            facts,
            ("neighbour", "bgp"),
        )
    elif not daemons:
        yield from _refused(case, probes)


def _refused(case: Case, probes: list[Probe]) -> Iterator[Finding]:
    """What the wire alone says. One that calls us runs BGP and knows us, whether it listens or not."""
    if any(each.flags == "S" for each in case.calls()):
        return
    resets = [each for each in case.calls() if "R" in each.flags and each.sender_port == BGP]
    refusals = [item for item in case.of(Said) if _is_refusal(item)]
    outcome = probes[-1].outcome if probes else "refused" if (resets and _never_open(case)) else ""
    if outcome == "refused":
        facts = {"what": "it refuses connections to port 179"}
        evidence = proof(*probes, *resets, *refusals)
        yield Finding(Cause.BGP_NOT_LISTENING, Confidence.CERTAIN, evidence, facts, ("bgp", "neighbour"))
    elif outcome == "closed":
        facts = {
            "what": "it takes connections to port 179 and closes them at once: it knows no such neighbour"
        }
        yield Finding(
            Cause.BGP_NOT_LISTENING,
            Confidence.LIKELY,
            proof(*probes),
            facts,
            ("neighbour", "bgp"),
            rivals=(Cause.PEER_SHUT,),
            decider="list the router's BGP neighbours: is Amazon's address among them, and is it shut?",
        )


def _is_refusal(item: Said) -> bool:
    return isinstance(item.event, DialFailed) and "refuses" in item.event.reason


def _never_open(case: Case) -> bool:
    return not any("P" in each.flags or each.flags == "S." for each in case.calls())


# ---- who calls, and how -----------------------------------------------------------------------------------


def source_address(case: Case) -> Iterator[Finding]:
    """The customer's address answers, but BGP comes from another."""
    if not case.neighbour_answers:
        return
    calls = [frame for frame in case.own if isinstance(frame, Segment) and _is_stranger(case, frame)]
    if calls and not any(each.flags == "S" for each in case.calls()):
        facts = {"seen": calls[-1].sender}
        yield Finding(
            Cause.SOURCE_ADDRESS, Confidence.CERTAIN, proof(*calls), facts, ("update-source", "neighbour")
        )


def _is_stranger(case: Case, segment: Segment) -> bool:
    return (
        segment.flags == "S"
        and segment.receiver == case.expected.amazon_ip
        and segment.sender not in (case.expected.customer_ip, *case.expected.siblings)
        and not ip_address(segment.sender).is_link_local
    )


def _last_call(case: Case) -> Segment | None:
    """The latest segment of the router's that tells how it signs."""
    calls = [each for each in case.calls() if "R" not in each.flags]
    return calls[-1] if calls else None


def md5_missing(case: Case) -> Iterator[Finding]:
    """The router's own segments are unsigned, or it speaks BGP on an unsigned connection."""
    call = _last_call(case)
    probes = [probe for probe in case.of(Probe) if probe.name == "unsigned SYN"]
    counters = [
        each for each in case.of(Counter) if each.ours and each.name == "TCPMD5NotFound" and each.value
    ]
    if call is not None and call.signature == "none":
        alike = [each for each in case.calls() if each.signature == "none" and "R" not in each.flags]
        evidence = proof(*alike, *counters)
        yield Finding(Cause.MD5_MISSING, Confidence.CERTAIN, evidence, {}, ("password", "neighbour"))
    elif probes and probes[-1].outcome == "open" and (call is None or call.at < probes[-1].at):
        yield Finding(Cause.MD5_MISSING, Confidence.CERTAIN, proof(*probes), {}, ("password", "neighbour"))


def md5_mismatch(case: Case) -> Iterator[Finding]:
    """The router's own segments are signed with another key, or one end's kernel counts wrong signatures."""
    call = _last_call(case)
    counters = [each for each in case.of(Counter) if each.name == "TCPMD5Failure" and each.growth]
    wrong = [each for each in case.calls() if each.signature == "wrong"]
    if call is not None and call.signature == "wrong":
        evidence = proof(*wrong, *counters)
    elif call is None and counters:
        evidence = proof(*counters)
    elif call is None and _keyed(case):
        evidence = _keyed(case)
    else:
        yield from _ignored(case)
        return
    facts = {"mistake": call.mistake if call else ""}
    yield Finding(Cause.MD5_MISMATCH, Confidence.CERTAIN, evidence, facts, ("password", "neighbour"))


def _ignored(case: Case) -> Iterator[Finding]:
    """In a capture whose key is not known: the router signs, calls again and again, and AWS does not answer."""
    calls = [each for each in case.calls() if each.flags == "S" and each.signature == "unchecked"]
    if len(calls) >= _REPEATED and not any(each.flags == "S." for each in case.calls(inbound=False)):
        facts = {"mistake": ""}
        topics = ("password", "neighbour")
        yield Finding(
            Cause.MD5_MISMATCH,
            Confidence.LIKELY,
            proof(*calls),
            facts,
            topics,
            (Cause.TCP_FILTERED,),
            _GIVE_THE_KEY,
        )


def _keyed(case: Case) -> tuple[Evidence, ...]:
    """The router's kernel misses a signature on the unsigned probe, so it has a key; and ours was not right."""
    counted = [
        each for each in case.of(Counter) if not each.ours and each.name == "TCPMD5NotFound" and each.growth
    ]
    unsigned = [
        probe for probe in case.of(Probe) if probe.name == "unsigned SYN" and probe.outcome == "silent"
    ]
    return proof(*counted, *unsigned) if counted and unsigned else ()


def ttl_security(case: Case) -> Iterator[Finding]:
    """The router sends with TTL 255, or its kernel counts segments whose TTL is too low. A session may even come
    up for a moment, by what was said before GTSM was in force.
    """
    if case.is_up and case.session and case.session.routes:
        return
    counters = [
        each for each in case.of(Counter) if not each.ours and each.name == "TCPMinTTLDrop" and each.growth
    ]
    # What a listener's kernel answers by itself says nothing of the session.
    said = [each for each in case.segments() if each.flags == "S" or each.length]
    high = [each for each in said if each.ttl in _GTSM]
    if counters:
        yield Finding(
            Cause.TTL_SECURITY,
            Confidence.CERTAIN,
            proof(*high, *counters),
            {"ttl": "1"},
            ("ttl", "neighbour"),
        )
    elif said and said[-1].ttl in _GTSM and said[-1].signature != "wrong" and not _heard_us(case):
        yield Finding(
            Cause.TTL_SECURITY, Confidence.LIKELY, proof(*high), {"ttl": "255"}, ("ttl", "neighbour")
        )


def _heard_us(case: Case) -> bool:
    """Whether the router judged something that AWS said. An OPEN alone may slip in before GTSM is in force."""
    return any(each.message.code not in _TIMED_OUT for each in case.talk("NOTIFICATION", inbound=True))
