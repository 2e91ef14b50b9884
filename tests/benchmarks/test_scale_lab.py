"""The measurements of a crowd, on a small one: that they measure, not what."""

from __future__ import annotations

import pytest

from benchmarks.scale import measure as scale
from benchmarks.scale.floor import set_up
from lab.network.namespaces import namespaces

pytestmark = pytest.mark.root


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(scale, "DESCRIPTIONS", 2)
    monkeypatch.setattr(scale, "MOST_MORE", 2)


def test_a_lab_is_measured_and_gone() -> None:
    point = scale.measure("tbench-few", 3)
    assert (point.vifs, point.sessions, point.one_more.count) == (3, 3, 2)
    assert min(point.ramp, point.memory, point.describe, point.routes, point.down) > 0
    assert namespaces("dxlab-tbench-few.") == []


def test_the_second_shape_has_two_sessions_each() -> None:
    cost = scale.measure_dual("tbench-two", 2)
    assert (cost.vifs, cost.sessions) == (2, 4)
    assert namespaces("dxlab-tbench-two.") == []


def test_the_floor_stands_by_itself_and_is_gone() -> None:
    assert set_up("tbench-low", 2) > 0
    assert namespaces("dxlab-tbench-low.") == []
