"""Recorded sessions with FRR and BIRD, replayed: see tests/bgp/record.py for how they were made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.bgp.events import decode
from tests.bgp.record import CASES, STORIES, expectation


def test_there_is_a_recording_of_every_story() -> None:
    assert {path.name for path in CASES.iterdir()} == {story.__name__ for story in STORIES}


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_replay(case: Path) -> None:
    events = [decode(line) for line in (case / "events.jsonl").read_text().splitlines()]
    assert expectation(events) == json.loads((case / "expect.json").read_text())
