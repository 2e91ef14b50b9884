"""The fault bench: routers that are wrong on purpose, and the cause that is found, and no other.

An FRR router has every fault; the other kinds those that they have in their own way, for the rest is the kernel's or
AWS's, whatever runs on the router. What all of them were found to do is recorded, see `test_golden`;
`python -m tests.diagnosis.faults.record` makes and records every fault on every kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.diagnosis.conftest import CELLS
from tests.diagnosis.faults.bench import Cell
from tests.diagnosis.faults.catalogue import FAULTS
from tests.diagnosis.faults.makeable import why_not
from tests.diagnosis.faults.matrix import mark
from tests.diagnosis.faults.record import run

pytestmark = [pytest.mark.root, pytest.mark.timeout(300)]

OTHER_KINDS = ("bird", "openbgpd", "gobgp", "exabgp")
IN_THEIR_OWN_WAY = {
    "vlan-mismatch",
    "source-address",
    "md5-missing",
    "md5-mismatch-case",
    "asn-mismatch-customer",
    "asn-mismatch-amazon",
    "router-id-conflict",
    "peer-shut",
}
Record = Callable[[str, object], None]


def test_every_fault_of_an_frr_router_is_found(record_property: Record) -> None:
    cells = run(["frr"], name="tfaults-frr")
    tell(cells, record_property)
    assert len(cells) == 2 * sum(not why_not(fault, "frr") for fault in FAULTS)
    assert wrong(cells) == []


def test_the_other_kinds_faults_are_found(record_property: Record) -> None:
    faults = [fault for fault in FAULTS if fault.name in IN_THEIR_OWN_WAY]
    cells = run(OTHER_KINDS, faults, name="tfaults-others")
    tell(cells, record_property)
    assert len(cells) == 2 * sum(not why_not(fault, kind) for fault in faults for kind in OTHER_KINDS)
    assert wrong(cells) == []


def tell(cells: Sequence[Cell], record_property: Record) -> None:
    """For the matrix at the end of the run."""
    record_property(
        CELLS, [[cell.name, mark(cell.verdict.to_json(), cell.site.fault.cause)] for cell in cells]
    )


def wrong(cells: Sequence[Cell]) -> list[str]:
    return [f"{cell.name}: {cell.verdict}" for cell in cells if not cell.right]
