"""What a rule finds, and what a diagnosis says in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lab.diagnosis.causes import HEALTHY, Cause
from lab.diagnosis.evidence import Evidence
from lab.diagnosis.evidence.lines import to_json

#: How many items prove a cause; more would only be more of the same.
_PROOF = 6


class Confidence(StrEnum):
    """How sure a finding is."""

    #: Nothing else does this.
    CERTAIN = "certain"
    #: The usual cause of what is seen.
    LIKELY = "likely"
    #: One of several, which the evidence does not tell apart.
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Finding:
    """A cause, and what it is found by.

    :param facts: what the words about it need, by name; a `remedy` is what to change in place of what its kind says.
    :param topics: which lines of the router's configuration have to do with it, see `configuration`.
    :param rivals: other causes of the same symptoms, and `decider`, the probe that would tell them apart.
    :param by_silence: it follows from something that did not come.
    """

    cause: Cause
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    rivals: tuple[Cause, ...] = ()
    decider: str = ""
    by_silence: bool = False


@dataclass(frozen=True)
class Verdict:
    """Why a peer is not up, or is up and useless; `healthy` otherwise.

    :param cause: the id of a cause, `healthy`, or `unclear` where the evidence does not say.
    :param explanation: what is wrong, in a sentence.
    :param fix: what to change, in words that fit the router's kind.
    :param where: file and line of the router's configuration, where they are known.
    :param rivals: ids of other causes that would look the same, and `decider`, what would tell them apart.
    :param next: ids of what is also wrong, to be mended after this.
    :param settled: it is what is seen now, not what ended the session some time ago.
    """

    peer: str
    cause: str
    confidence: Confidence = Confidence.CERTAIN
    explanation: str = ""
    fix: str = ""
    where: str = ""
    evidence: tuple[Evidence, ...] = ()
    rivals: tuple[str, ...] = ()
    decider: str = ""
    next: tuple[str, ...] = ()
    settled: bool = True

    @property
    def healthy(self) -> bool:
        return self.cause == HEALTHY

    @property
    def clear(self) -> bool:
        """Whether more evidence would not change it."""
        return self.healthy or (self.settled and self.confidence is Confidence.CERTAIN)

    def to_json(self) -> dict[str, Any]:
        """For programs; a healthy peer has its id and `healthy` and nothing else."""
        if self.healthy:
            return {"bgpPeerId": self.peer, "cause": HEALTHY}
        return {
            "bgpPeerId": self.peer,
            "cause": self.cause,
            "confidence": self.confidence.value,
            "explanation": self.explanation,
            "fix": self.fix,
            "where": self.where or None,
            "rivals": list(self.rivals),
            "decider": self.decider or None,
            "next": list(self.next),
            "evidence": [to_json(item) for item in self.evidence],
        }


def proof(*items: Evidence) -> tuple[Evidence, ...]:
    """The latest of these items, each once, oldest first."""
    latest = sorted(dict.fromkeys(items), key=lambda item: item.at)[-_PROOF:]
    return tuple(latest)
