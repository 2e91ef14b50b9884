from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import Aim, Spread, percentile

NUMBERS = st.lists(st.floats(0, 1e6), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7.0], 50, 7.0),
        ([7.0], 95, 7.0),
        ([2.0, 1.0], 50, 1.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([float(n) for n in range(1, 101)], 95, 95.0),
        ([float(n) for n in range(1, 51)], 95, 48.0),
        ([1.0, 2.0], 0, 1.0),
        ([1.0, 2.0], 100, 2.0),
    ],
)
def test_a_percentile_is_the_value_of_nearest_rank(
    values: list[float], percent: float, expected: float
) -> None:
    assert percentile(values, percent) == expected


@given(NUMBERS)
def test_a_spread_is_in_order_and_made_of_what_was_measured(values: list[float]) -> None:
    spread = Spread.of(values)
    marks = [spread.least, spread.p50, spread.p95, spread.most]
    assert marks == sorted(marks)
    assert set(marks) <= set(values)
    assert spread.count == len(values)


@given(NUMBERS)
def test_half_of_the_values_do_not_exceed_the_median(values: list[float]) -> None:
    median = Spread.of(values).p50
    assert sum(value <= median for value in values) * 2 >= len(values)
    assert sum(value < median for value in values) * 2 < len(values) + 1


def test_nothing_measured_has_no_spread() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        Spread.of([])


@pytest.mark.parametrize(
    ("measured", "at_least", "met"),
    [
        (2.9, False, True),
        (3.0, False, True),
        (3.1, False, False),
        (2.9, True, False),
        (3.0, True, True),
        (3.1, True, True),
    ],
)
def test_an_aim_is_met_up_to_its_limit(measured: float, at_least: bool, met: bool) -> None:
    assert Aim("something", measured, 3.0, "times", at_least).met is met
