"""Writes the table of operations in docs/fidelity.md: which of AWS's model the lab has.

The rows come from botocore's service model and from the registry of operations, so nobody keeps the table by
hand: `.venv/bin/python -m scripts.operations_table` after adding an operation. A test fails until that is
done.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from lab.api.service import OPERATIONS
from lab.directconnect.operations import OPERATIONS as SIMULATED

DOCUMENT = Path(__file__).parents[1] / "docs" / "fidelity.md"
BEGIN = "<!-- operations: written by scripts/operations_table.py -->\n"
END = "<!-- end of operations -->\n"


def table(known: Collection[str], simulated: Collection[str]) -> str:
    """The table, with a sentence that counts it.

    :param known: the operations of AWS's model.
    :param simulated: those that the lab carries out.
    """
    here = len(set(known) & set(simulated))
    rows = (f"| {name} | {'yes' if name in simulated else '-'} |" for name in sorted(known))
    heading = (f"{here} of {len(known)} operations:", "", "| operation | simulated |", "|---|---|")
    return "\n".join((*heading, *rows, ""))


def updated(document: str) -> str:
    """The document with a table that is up to date between its two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(OPERATIONS, SIMULATED)}\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(updated(DOCUMENT.read_text()))
