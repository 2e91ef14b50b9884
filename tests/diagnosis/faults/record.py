"""Run the fault bench and keep what came of it: golden files, and the matrix of docs/causes/.

    python -m tests.diagnosis.faults.record [KIND...]          as root
    python -m tests.diagnosis.faults.record rejudge            the verdicts of the golden files alone

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
#: How often a peer is examined again of which nothing certain is to be said yet: a busy machine takes longer.
AGAIN = 4
_FRAMES, _EVENTS = 24, 16


def run(kinds: Sequence[str], faults: Sequence[Fault] = FAULTS, name: str = "tfaults") -> list[Cell]:
    """The bench from the first router to the last verdict."""
    with tempfile.TemporaryDirectory() as directory, bench(name, Path(directory)) as made:
        lab = fault_lab(made, Path(directory), faults, kinds)
        with lab.held:
            lab.start()
            return settled(lab)


def settled(lab: FaultLab) -> list[Cell]:
    time.sleep(SETTLING)
    for site in lab.sites:
        if site.trouble:
            sys.stderr.write(site.trouble + "\n")
    cells = lab.examine()
    for _ in range(AGAIN):
        open_ = {cell.name for cell in cells if not cell.right and not cell.verdict.clear}
        if open_:
            later = {cell.name: cell for cell in lab.examine(open_)}
            cells = [later.get(cell.name, cell) for cell in cells]
    return cells


def keep(cell: Cell) -> None:
    """Write the golden file of a cell."""
    GOLDEN.mkdir(exist_ok=True)
    case = _smaller(cell.case)
    document = {"fault": cell.site.fault.name, "verdict": judge(case).to_json(), "case": case.to_json()}
    text = json.dumps(document, indent=1).replace(str(Path(tempfile.gettempdir())), "/etc")
    path = GOLDEN / f"{cell.name}.json.gz"
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def rejudge() -> None:
    """Write the verdicts of the golden files anew, after a rule was changed on purpose."""
    for path in sorted(GOLDEN.glob("*.json.gz")):
        document = json.loads(gzip.decompress(path.read_bytes()))
        document["verdict"] = judge(Case.from_json(document["case"])).to_json()
        path.write_bytes(gzip.compress(json.dumps(document, indent=1).encode(), mtime=0))


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


def main() -> None:
    if sys.argv[1:] == ["rejudge"]:
        rejudge()
        return
    cells = run(sys.argv[1:] or list(LANGUAGES))
    for cell in cells:
        keep(cell)
    for cell in cells:
        verdict = cell.verdict
        rivals = f", or {', '.join(verdict.rivals)}" * bool(verdict.rivals)
        then = f", then {', '.join(verdict.next)}" * bool(verdict.next)
        judged = "right" if cell.right else "WRONG"
        sys.stdout.write(f"{judged} {cell.name}: {verdict.cause} ({verdict.confidence}){rivals}{then}\n")


if __name__ == "__main__":
    main()
