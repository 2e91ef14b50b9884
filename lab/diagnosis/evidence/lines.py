"""Evidence as JSON, and back: what was recorded is judged again without a network, a router or root."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from lab.bgp import events
from lab.diagnosis.evidence import known, wire
from lab.diagnosis.evidence.base import Evidence
from lab.diagnosis.evidence.known import Said
from lab.diagnosis.evidence.wire import Segment
from lab.diagnosis.messages import Message

_MODULES = (wire, known)


def to_json(item: Evidence) -> dict[str, Any]:
    """The item as JSON has it; `shows` is for readers, the rest is read back by `from_json`."""
    return {"evidence": type(item).__name__, **_plain(item), "shows": str(item)}


def from_json(record: dict[str, Any]) -> Evidence:
    """Read back what `to_json` wrote; ValueError for anything else."""
    values = {name: value for name, value in record.items() if name not in ("evidence", "shows")}
    kind = _KINDS.get(record.get("evidence", ""))
    if kind is None:
        raise ValueError(f"not a kind of evidence: {record.get('evidence')!r}")
    if "event" in values:
        values["event"] = events.decode(json.dumps(values["event"]))
    if "messages" in values:
        values["messages"] = tuple(Message(**_tuples(message)) for message in values["messages"])
    return kind(**_tuples(values))


def _all_kinds(kind: type[Evidence]) -> list[type[Evidence]]:
    return [each for child in kind.__subclasses__() for each in (child, *_all_kinds(child))]


_KINDS: dict[str, Callable[..., Evidence]] = {kind.__name__: kind for kind in _all_kinds(Evidence)}


def _plain(item: Evidence) -> dict[str, Any]:
    values = {each.name: getattr(item, each.name) for each in fields(item)}
    if isinstance(item, Said):
        values["event"] = json.loads(item.event.encode())
    if isinstance(item, Segment):
        values["messages"] = [vars(message) for message in item.messages]
    return values


def _tuples(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, dict):
        return {name: _tuples(part) for name, part in value.items()}
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value
