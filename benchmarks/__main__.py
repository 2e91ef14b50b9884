"""`python -m benchmarks`: measure everything, write the numbers and the page."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine, rates, sessions, verifications
from benchmarks.progress import tell
from benchmarks.report import Results, aims_table, page, times_table
from lab.cli.app import require_root
from lab.errors import LabError

_HOME = Path(__file__).parents[1]
NUMBERS = _HOME / "benchmarks" / "results" / "latest.json"
PAGE = _HOME / "docs" / "benchmarks.md"


def main() -> None:
    """An aim that is missed is told, and is no failure: what is measured here depends on the machine."""
    try:
        require_root("bench")
        results = measure()
    except LabError as error:
        sys.stderr.write(f"bench: {error}\n")
        sys.exit(error.exit_status)
    NUMBERS.write_text(json.dumps(results.to_json(), indent=2) + "\n")
    PAGE.write_text(page(results))
    sys.stdout.write(f"{aims_table(results.aims())}\n\n{times_table(results.sessions)}\n")
    tell(f"written: {NUMBERS.relative_to(_HOME)}, {PAGE.relative_to(_HOME)}")


def measure() -> Results:
    """Everything, one after the other."""
    taken = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    here = machine.describe()
    return Results(
        taken,
        here,
        sessions.measure("tbench-sessions"),
        rates.measure("tbench-rates"),
        verifications.measure("tbench-verify"),
    )


if __name__ == "__main__":
    main()
