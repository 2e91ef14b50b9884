"""docs/fidelity.md says what is so."""

from __future__ import annotations

from lab.api.service import OPERATIONS
from lab.directconnect.operations import OPERATIONS as SIMULATED
from scripts.operations_table import BEGIN, DOCUMENT, END, table, updated


def test_the_table_of_operations_is_up_to_date() -> None:
    document = DOCUMENT.read_text()

    assert document.count(BEGIN) == document.count(END) == 1
    assert document == updated(document), "run: .venv/bin/python -m scripts.operations_table"


def test_the_lab_has_no_operation_that_aws_has_not() -> None:
    assert set(SIMULATED) <= set(OPERATIONS)


def test_the_table() -> None:
    assert table(["TagResource", "CreateLag"], ["TagResource"]) == (
        "1 of 2 operations:\n\n"
        "| operation | simulated |\n|---|---|\n| CreateLag | - |\n| TagResource | yes |\n"
    )


def test_only_what_is_between_the_marks_is_written() -> None:
    document = updated(f"before\n{BEGIN}old\n{END}after\n")

    assert document.startswith(f"before\n{BEGIN}")
    assert document.endswith(f"{END}after\n")
    assert "old" not in document
