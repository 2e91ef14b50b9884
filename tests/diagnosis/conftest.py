"""The matrix of the fault bench at the end of a run in which it took part."""

from __future__ import annotations

import pytest

from tests.diagnosis.faults.matrix import rows
from tests.diagnosis.faults.pages import recorded_marks

#: The name of the property under which a test says what came of its cells.
CELLS = "fault bench"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, [])]
    marks = {
        name: mark
        for report in reports
        for key, cells in getattr(report, "user_properties", ())
        if key == CELLS
        for name, mark in cells
    }
    if marks:
        terminalreporter.section("fault bench: what was found, and in brackets what was recorded before")
        table = list(rows({name: f"({mark})" for name, mark in recorded_marks().items()} | marks))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            terminalreporter.line(line.rstrip())
