"""The curve: figures into tables, a drawing, and aims. Pure, but for the drawing's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Aim
from benchmarks.machine import Machine
from benchmarks.report import aims_table, number, table
from benchmarks.scale.measure import Cost, Point

BEGIN = "<!-- figures: written by make bench-scale -->\n"
END = "<!-- end of figures -->\n"
#: The count that is judged, and those to which it is compared.
_SMALL, _MIDDLE, _LARGE = 10, 100, 1000


@dataclass(frozen=True)
class Curve:
    """One run of everything.

    :ivar taken: when, UTC.
    :ivar floor: seconds of the same number of sessions made by hand, by that number.
    """

    taken: str
    machine: Machine
    points: tuple[Point, ...]
    dual: tuple[Cost, ...]
    floor: dict[int, float]

    def aims(self) -> list[Aim]:
        """What was hoped for of the largest lab; nothing where it was not measured."""
        points = {point.vifs: point for point in self.points}
        if not self.is_whole:
            return []
        return list(_aims(points[_SMALL], points[_MIDDLE], points[_LARGE], self.floor[_LARGE]))

    @property
    def is_whole(self) -> bool:
        """Whether everything was measured that is to be judged, and so to be published."""
        return {_SMALL, _MIDDLE, _LARGE} <= {point.vifs for point in self.points}

    def to_json(self) -> dict[str, Any]:
        """Everything measured, and the aims."""
        return asdict(self) | {"aims": [asdict(aim) | {"met": aim.met} for aim in self.aims()]}


def _aims(small: Point, middle: Point, large: Point, floor: float) -> Sequence[Aim]:
    return (
        Aim("first request to the last session `up`", large.ramp, 60, "s"),
        Aim("the same, against the floor", large.ramp / floor, 4, "times"),
        Aim("the same for each session, against a lab of 100", _each(large) / _each(middle), 1.5, "times"),
        Aim("memory a session", large.memory, 10, "MB"),
        Aim("idle, all together", large.idle, 20, "% of a core"),
        Aim(
            "one more CreateBGPPeer, against 10 standing, p50",
            large.one_more.p50 / small.one_more.p50,
            1.5,
            "times",
        ),
        Aim("DescribeVirtualInterfaces of all, p99", large.describe, 100, "ms"),
        Aim("down", large.down, 30, "s"),
        Aim("100 prefixes on each session accepted", large.routes, 60, "s"),
        Aim(
            "one more CreateBGPPeer, while a router floods, p50",
            large.flooded.p50 / large.one_more.p50,
            1.5,
            "times",
        ),
    )


def _each(point: Point) -> float:
    return point.ramp / point.sessions


def section(curve: Curve) -> str:
    """What stands between the two marks of the page."""
    machine = curve.machine
    line = (
        f"Taken {curve.taken} on {machine.cores} cores ({machine.processor}), {machine.memory_gib} GiB,"
        f" Linux {machine.kernel}, VLAN driver `{machine.vlan_driver}`. Load before the run: {machine.load:.2f}."
    )
    parts = [line, aims_table(curve.aims()), points_table(curve), "![](scale.svg)", costs_table(curve.dual)]
    return "\n\n".join(parts)


def points_table(curve: Curve) -> str:
    """One row for each count."""
    head = ("sessions", "up, s", "by hand, s", "MB each", "idle, %", "one more, ms", "flooded, ms")
    more = ("describe p99, ms", "100 prefixes, s", "MB with them", "down, s")
    rows = [
        [
            str(point.sessions),
            *map(number, (point.ramp, curve.floor[point.vifs], point.memory, point.idle)),
            *map(number, (point.one_more.p50, point.flooded.p50, point.describe, point.routes)),
            *map(number, (point.memory_with_routes, point.down)),
        ]
        for point in curve.points
    ]
    return table((*head, *more), rows)


def costs_table(dual: Sequence[Cost]) -> str:
    """The second shape."""
    rows = [
        [f"{cost.vifs} ({cost.sessions})", *map(number, (cost.ramp, cost.memory, cost.idle, cost.down))]
        for cost in dual
    ]
    return table(("dual-stack VIFs (sessions)", "up, s", "MB each", "idle, %", "down, s"), rows)


def updated(document: str, curve: Curve) -> str:
    """The page with these figures between its two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{section(curve)}\n\n{END}{after}"


def draw(curve: Curve, path: Path) -> None:
    """The way up over the number of sessions, beside the floor; and one more session with all others standing."""
    from matplotlib.figure import Figure  # only whoever draws needs it

    counts = [point.sessions for point in curve.points]
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    ramp, more = figure.subplots(1, 2)
    ramp.plot(counts, [point.ramp for point in curve.points], "o-", label="dxlab")
    ramp.plot(counts, [curve.floor[point.vifs] for point in curve.points], "s--", label="by hand (floor)")
    ramp.set(xlabel="sessions", ylabel="seconds until all are up", ylim=(0, None))
    more.plot(counts, [point.one_more.p50 for point in curve.points], "o-", label="CreateBGPPeer to up, p50")
    more.plot(
        counts, [point.describe for point in curve.points], "s--", label="DescribeVirtualInterfaces, p99"
    )
    more.set(xlabel="sessions standing", ylabel="milliseconds", ylim=(0, None))
    for axes in (ramp, more):
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
