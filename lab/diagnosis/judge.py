"""The verdict: evidence in, cause out. Pure, like everything that it calls."""

from __future__ import annotations

from lab.diagnosis.case import Case
from lab.diagnosis.causes import HEALTHY, UNCLEAR, Cause
from lab.diagnosis.evidence import ConfigLine, Segment
from lab.diagnosis.rules import findings
from lab.diagnosis.verdict import Confidence, Finding, Verdict
from lab.diagnosis.words import explanation, fix

#: Seconds for which what was seen is what is there now; the speaker tries again more often.
_FRESH = 15.0
#: What is known only from how sessions ended; something else may be wrong by now.
_AFTERWARDS = frozenset({Cause.HOLD_TIMER_EXPIRED, Cause.FLAPPING})


def judge(case: Case) -> Verdict:
    """Why the peer is not up, or is up and useless; `healthy`, or `unclear` where the evidence does not say yet."""
    found = findings(case)
    if not found:
        well = case.is_up or _goes_on(case)
        return Verdict(case.expected.peer, HEALTHY) if well else _unclear(case)
    first, *others = found
    return Verdict(
        peer=case.expected.peer,
        cause=first.cause.value,
        confidence=first.confidence,
        explanation=explanation(first, case.expected),
        fix=fix(first, case.expected),
        where=_where(case, first),
        evidence=first.evidence,
        rivals=tuple(first.rivals),
        decider=first.decider,
        next=tuple(finding.cause.value for finding in others if finding.cause not in first.rivals),
        settled=first.cause not in _AFTERWARDS
        and case.at - max(item.at for item in first.evidence) <= _FRESH,
    )


def _goes_on(case: Case) -> bool:
    """Whether a capture ends in a session in which both ends have taken the other's OPEN, and go on talking."""
    if case.session is not None:
        return False
    ended = [each.at for each in _segments(case) if set(each.flags) & set("FR")]
    told = [each.evidence.at for way in (True, False) for each in case.talk("NOTIFICATION", inbound=way)]
    since = max((*ended, *told), default=0.0)
    return all(any(at > since for at in _alive(case, inbound=way)) for way in (True, False))


def _segments(case: Case) -> tuple[Segment, ...]:
    return (*case.segments(), *case.segments(inbound=False))


def _alive(case: Case, *, inbound: bool) -> list[float]:
    names = ("KEEPALIVE", "UPDATE")
    return [each.evidence.at for name in names for each in case.talk(name, inbound=inbound)]


def _unclear(case: Case) -> Verdict:
    session = case.session
    known = session.reason if session else _of_a_capture(case)
    again = "ask again in a few seconds, or follow along with --watch"
    longer = "capture for longer, on the port that carries the tags, while the router tries to connect"
    return Verdict(
        case.expected.peer,
        UNCLEAR,
        Confidence.POSSIBLE,
        f"no cause is to be seen yet: {known}",
        again if session else longer,
        evidence=(session,) if session else (),
        settled=False,
    )


def _of_a_capture(case: Case) -> str:
    """What is to be seen of a peer where only a capture is known, and nothing wrong in it."""
    if case.talk("KEEPALIVE", inbound=True) or case.talk("UPDATE", inbound=True):
        return "the capture has one end of the peer's session in it, or its end, and nothing that is wrong with it"
    if case.answers:
        return "the capture has the router's address in it, and no session of the peer"
    return "nothing in the capture speaks of this peer"


def _where(case: Case, finding: Finding) -> str:
    """File and line of the first topic that the configuration speaks of."""
    lines = {item.topic: item for item in reversed(case.of(ConfigLine))}
    found = next((lines[topic] for topic in finding.topics if topic in lines), None)
    return f"{found.path}:{found.line}" if found else ""
