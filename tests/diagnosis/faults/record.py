"""Run the fault bench and keep what came of it: golden files, and the matrix of docs/causes/.

    python -m tests.diagnosis.faults.record [KIND...]          as root

A golden file is one peer's case with its verdict. It is cut down to the frames that matter; what is left leads to
the same verdict.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lab.diagnosis import Case, judge
from lab.diagnosis.evidence import Frame, Said
from tests.diagnosis.faults.bench import Cell, FaultLab, fault_lab
from tests.diagnosis.faults.catalogue import FAULTS, Fault
from tests.diagnosis.faults.languages import LANGUAGES
from tests.support.command import bench

GOLDEN = Path(__file__).parents[1] / "golden"
#: Seconds that the wrong routers have to show what is wrong, as the longest of the rules' patiences.
SETTLING = 8.0
_FRAMES, _EVENTS = 24, 16


def run(kinds: Sequence[str], faults: Sequence[Fault] = FAULTS, name: str = "tfaults") -> list[Cell]:
    """The bench from the first router to the last verdict."""
    with tempfile.TemporaryDirectory() as directory, bench(name, Path(directory)) as made:
        lab = fault_lab(made, Path(directory), faults, kinds)
        lab.start()
        return settled(lab)


def settled(lab: FaultLab) -> list[Cell]:
    time.sleep(SETTLING)
    return lab.examine()


def keep(cell: Cell) -> None:
    """Write the golden file of a cell."""
    GOLDEN.mkdir(exist_ok=True)
    case = _smaller(cell.case)
    document = {"fault": cell.site.fault.name, "verdict": judge(case).to_json(), "case": case.to_json()}
    text = json.dumps(document, indent=1).replace(str(Path(tempfile.gettempdir())), "/etc")
    path = GOLDEN / f"{cell.name}.json.gz"
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _smaller(case: Case) -> Case:
    """With the latest frames of each direction only, where the verdict stays the same."""
    frames = [item for item in case.evidence if isinstance(item, Frame)]
    said = [item for item in case.evidence if isinstance(item, Said)]
    kept = {
        *(id(item) for inbound in (True, False) for item in _latest(frames, inbound)),
        *(id(item) for item in said[-_EVENTS:]),
        *(id(item) for item in judge(case).evidence),
    }
    evidence = (item for item in case.evidence if not isinstance(item, (Frame, Said)) or id(item) in kept)
    smaller = replace(case, evidence=tuple(evidence))
    return smaller if judge(smaller) == judge(case) else case


def _latest(frames: Sequence[Frame], inbound: bool) -> list[Frame]:
    return sorted((item for item in frames if item.inbound == inbound), key=lambda item: item.at)[-_FRAMES:]


def matrix(cells: Sequence[Cell]) -> str:
    """What was found, by fault, router kind and address family, as a table in Markdown."""
    kinds = list(dict.fromkeys(cell.site.kind for cell in cells))
    columns = [(kind, family) for kind in kinds for family in ("ipv4", "ipv6")]
    found = {(cell.site.fault.name, cell.site.kind, cell.family): cell for cell in cells}
    lines = [
        "| fault | " + " | ".join(f"{kind} {family}" for kind, family in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for name in dict.fromkeys(cell.site.fault.name for cell in cells):
        marks = (_mark(found.get((name, kind, family))) for kind, family in columns)
        lines.append(f"| `{name}` | " + " | ".join(marks) + " |")
    return "\n".join(lines)


def _mark(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    return "found" if cell.right else f"**{cell.verdict.cause}**"


def main() -> None:
    cells = run(sys.argv[1:] or list(LANGUAGES))
    for cell in cells:
        keep(cell)
    sys.stdout.write(matrix(cells) + "\n")
    for cell in cells:
        if not cell.right:
            verdict = cell.verdict
            sys.stdout.write(f"{cell.name}: {verdict.cause} ({verdict.confidence}), then {verdict.next}\n")
            sys.stdout.write(f"    {verdict.explanation}\n")


if __name__ == "__main__":
    main()
