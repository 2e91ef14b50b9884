"""The verdict as a JSON document; verdict.schema.json beside this file describes it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from lab.verify.reports.base import Document
from lab.verify.verdict import Evidence, Place, Refusal, Result, Verdict

#: Counts up whenever a member goes or changes its meaning.
VERSION = 1


class Json(Document):
    """One JSON object."""

    name = "json"

    @classmethod
    def render(cls, verdict: Verdict) -> str:
        return json.dumps(document(verdict), indent=2) + "\n"


def document(verdict: Verdict) -> dict[str, Any]:
    """Plain data: times are ISO 8601 in UTC or seconds, files are absolute paths."""
    return {
        "version": VERSION,
        "verdict": verdict.answer.value,
        "topology": {"name": verdict.topology, "file": str(verdict.path)},
        "lab": verdict.lab,
        "started": datetime.fromtimestamp(verdict.started, UTC).isoformat(timespec="milliseconds"),
        "seconds": round(verdict.seconds, 3),
        "expectations": [_result(result) for result in verdict.results],
        "refusal": None if verdict.refusal is None else _refusal(verdict.refusal),
    }


def _result(result: Result) -> dict[str, Any]:
    subject = result.check.subject
    return {
        "virtualInterface": subject.vif.name,
        "virtualInterfaceId": subject.vif.id,
        "bgpPeerId": subject.peer.id,
        "addressFamily": subject.peer.family.value,
        "key": result.check.key,
        "wanted": result.check.wanted,
        "outcome": result.judgement.outcome.value,
        "words": result.judgement.words,
        "seconds": round(result.seconds, 3),
        "expected": _place(result.place),
        "configuration": _place(result.config),
        "evidence": None if result.evidence is None else _evidence(result.evidence),
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"file": str(place.path), "line": place.line}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "cause": evidence.cause or None,
        "diagnosis": evidence.diagnosis.to_json() if evidence.diagnosis else None,
        "notification": evidence.notification or None,
        "timeline": [entry.model_dump(mode="json") for entry in evidence.history],
        "events": list(evidence.events),
        "router": evidence.router or None,
        "routerLog": list(evidence.router_log),
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "router": refusal.router,
        "words": refusal.words,
        "lines": [{"file": str(line.path), "line": line.line, "words": line.words} for line in refusal.lines],
    }
