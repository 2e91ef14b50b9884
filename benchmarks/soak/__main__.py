"""`python -m benchmarks.soak`: an hour of faults, the numbers, the page, and exit status 1 where something grew."""

from __future__ import annotations

import argparse
import json
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine
from benchmarks.progress import tell
from benchmarks.report import aims_table
from benchmarks.soak.report import Report, updated
from benchmarks.soak.run import soak
from lab.cli.app import require_root
from lab.errors import LabError

_HOME = Path(__file__).parents[2]
NUMBERS = _HOME / "benchmarks" / "results" / "soak.json"
PAGE = _HOME / "docs" / "performance.md"


def main() -> None:
    """What takes too long to come back ends it with a traceback, which says after which fault of which seed."""
    wanted = _arguments().parse_args()
    try:
        require_root("soak")
        taken, here = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", machine.describe()
        report = Report(taken, here, soak("tbench-soak", wanted.sessions, wanted.seconds, wanted.seed))
    except LabError as error:
        sys.stderr.write(f"soak: {error}\n")
        sys.exit(error.exit_status)
    NUMBERS.write_text(json.dumps(report.to_json(), indent=2) + "\n")
    PAGE.write_text(updated(PAGE.read_text(), report))
    sys.stdout.write(f"{aims_table(report.aims())}\n")
    tell(f"written: {', '.join(str(path.relative_to(_HOME)) for path in (NUMBERS, PAGE))}")
    sys.exit(any(not aim.met for aim in report.aims()))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0, help="how long; an hour by default")
    parser.add_argument("--sessions", type=int, default=200, help="how many; 200 by default")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="to have a run's faults again"
    )
    return parser


if __name__ == "__main__":
    main()
