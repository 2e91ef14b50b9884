"""The measurements of verifications work, with the least of each."""

from __future__ import annotations

import pytest

from benchmarks.verifications import measure
from benchmarks.verify_floor import by_hand
from lab.places import Places
from tests.support.command import nothing_left

pytestmark = pytest.mark.root

NAME = "tbench-verify"


def test_by_hand_both_sessions_bring_a_route() -> None:
    assert by_hand(NAME) > 0
    assert nothing_left(Places.of(NAME))


def test_verifications_alone_and_together() -> None:
    measured = measure(NAME, times=1, at_once=2, rounds=1)
    assert (measured.whole.count, measured.by_hand.count, measured.together.count) == (1, 1, 1)
    assert nothing_left(Places.of(NAME))
