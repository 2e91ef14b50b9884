"""`python -m benchmarks.scale [COUNT ...]`: measure the curve, write the numbers, the drawing and the page."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine
from benchmarks.progress import tell
from benchmarks.report import aims_table
from benchmarks.scale.floor import set_up
from benchmarks.scale.measure import measure, measure_dual
from benchmarks.scale.report import Curve, costs_table, draw, points_table, updated
from lab.cli.app import require_root
from lab.errors import LabError

COUNTS = (10, 100, 500, 1000)
_HOME = Path(__file__).parents[2]
NUMBERS = _HOME / "benchmarks" / "results" / "scale.json"
PAGE = _HOME / "docs" / "performance.md"
DRAWING = _HOME / "docs" / "scale.svg"


def main() -> None:
    """An aim that is missed is told, and is no failure: what is measured here depends on the machine."""
    try:
        require_root("bench-scale")
        curve = take([int(word) for word in sys.argv[1:]] or COUNTS)
    except LabError as error:
        sys.stderr.write(f"bench: {error}\n")
        sys.exit(error.exit_status)
    sys.stdout.write(f"{points_table(curve)}\n\n{costs_table(curve.dual)}\n")
    if curve.is_whole:
        _publish(curve)


def _publish(curve: Curve) -> None:
    sys.stdout.write(f"\n{aims_table(curve.aims())}\n")
    NUMBERS.write_text(json.dumps(curve.to_json(), indent=2) + "\n")
    PAGE.write_text(updated(PAGE.read_text(), curve))
    draw(curve, DRAWING)
    tell(f"written: {', '.join(str(path.relative_to(_HOME)) for path in (NUMBERS, PAGE, DRAWING))}")


def take(counts: Sequence[int]) -> Curve:
    """Every count in turn, each beside its floor; then the second shape, half as many virtual interfaces."""
    taken, here = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", machine.describe()
    points, floor = [], {}
    for count in counts:
        points.append(measure("tbench-scale", count))
        floor[count] = set_up("tbench-hand", count)
    dual = tuple(measure_dual("tbench-dual", count // 2) for count in counts)
    return Curve(taken, here, tuple(points), dual, floor)


if __name__ == "__main__":
    main()
