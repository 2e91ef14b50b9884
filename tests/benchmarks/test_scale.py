"""The curve of many sessions: its arithmetic and its page, on figures that were not measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.figures import Spread
from benchmarks.machine import Machine
from benchmarks.scale.measure import Cost, Point
from benchmarks.scale.report import BEGIN, END, Curve, updated
from benchmarks.scale.site import FULL, prefixes

MACHINE = Machine("a processor", 2, 24, "Linux", "6.18", "ebpf", 0.1, {"bird": "2.0.12"})


def point(count: int, *, one_more: float = 50.0, ramp: float = 40.0) -> Point:
    spread = Spread.of([one_more])
    return Point(count, count, ramp, 5.0, 7.0, 4.0, spread, spread, 90.0, 30.0, 6.0)


def curve(large: Point, *, floor: float = 20.0, middle: float = 5.0) -> Curve:
    points = (point(10), point(100, ramp=middle), large)
    dual = (Cost(5, 10, 1.0, 5.0, 0.1, 0.5),)
    return Curve("today", MACHINE, points, dual, {each.vifs: floor for each in points})


def missed(of: Curve) -> list[str]:
    return [aim.name for aim in of.aims() if not aim.met]


def test_a_curve_that_reaches_everything() -> None:
    assert len(curve(point(1000)).aims()) == 10
    assert missed(curve(point(1000))) == []


@pytest.mark.parametrize(
    ("large", "floor", "name"),
    [
        (point(1000, ramp=61), 20.0, "first request to the last session `up`"),
        (point(1000, ramp=41), 10.0, "the same, against the floor"),
        (point(1000, one_more=76), 20.0, "one more CreateBGPPeer, against 10 standing, p50"),
        (replace(point(1000), describe=101), 20.0, "DescribeVirtualInterfaces of all, p99"),
        (replace(point(1000), down=31), 20.0, "down"),
    ],
)
def test_what_is_missed_is_told(large: Point, floor: float, name: str) -> None:
    assert missed(curve(large, floor=floor)) == [name]


def test_what_takes_longer_the_more_there_are_is_told() -> None:
    name = "the same for each session, against a lab of 100"
    assert missed(curve(point(1000), middle=2.5)) == [name]


def test_a_short_curve_judges_nothing() -> None:
    short = replace(curve(point(1000)), points=(point(10), point(1000)))
    assert (short.is_whole, short.aims()) == (False, [])


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    page = f"before\n{BEGIN}\nold\n\n{END}after\n"
    new = updated(page, curve(point(1000)))
    assert new.startswith("before\n") and new.endswith("after\n") and "old" not in new
    assert "| 1000 | 40 | 20 | 5 | 7 | 50 | 50 | 90 | 30 | 6 | 4 |" in new
    assert updated(new, curve(point(1000))) == new


def test_the_page_has_the_marks() -> None:
    page = Path(__file__).parents[2] / "docs" / "performance.md"
    assert BEGIN in page.read_text() and END in page.read_text()


@pytest.mark.parametrize(("count", "ends"), [(1, 1), (50, 1), (51, 2), (1000, 20)])
def test_there_are_as_many_cables_as_the_quota_demands(count: int, ends: int) -> None:
    names = FULL.cables(count)
    assert len(set(names)) == len(names) == ends
    assert FULL.position(count - 1).cable == ends - 1


def test_a_router_takes_five_cables_and_each_has_its_vlans_once() -> None:
    assert FULL.cables(FULL.per_router + 1)[-2:] == ["edge0:eth5", "edge1:eth1"]
    places = {FULL.position(number) for number in range(1000)}
    assert len(places) == 1000
    assert all(1 <= place.vlan <= 4094 for place in places)


def test_prefixes_do_not_overlap_the_links() -> None:
    many = prefixes(100_000)
    assert len(set(many)) == 100_000
    assert (many[0], many[-1]) == ("20.0.0.0/24", "21.134.159.0/24")
