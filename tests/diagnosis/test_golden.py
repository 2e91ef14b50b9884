"""What the fault bench recorded, judged again without a network, a router or root."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from lab.diagnosis import Case, Cause, judge
from tests.diagnosis.faults.catalogue import FAULTS
from tests.diagnosis.faults.languages import LANGUAGES
from tests.diagnosis.faults.makeable import why_not
from tests.diagnosis.faults.matrix import FAMILIES, name_of
from tests.diagnosis.faults.record import GOLDEN

FILES = sorted(GOLDEN.glob("*.json.gz"))
CAUSES = {fault.name: fault.cause for fault in FAULTS}


def golden(path: Path) -> dict[str, Any]:
    return dict(json.loads(gzip.decompress(path.read_bytes())))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_a_recorded_case_is_judged_as_it_was(path: Path) -> None:
    document = golden(path)
    verdict = judge(Case.from_json(document["case"]))
    assert json.loads(json.dumps(verdict.to_json())) == document["verdict"]
    assert CAUSES[document["fault"]] in (verdict.cause, *verdict.rivals)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_a_case_survives_json(path: Path) -> None:
    case = Case.from_json(golden(path)["case"])
    assert Case.from_json(json.loads(json.dumps(case.to_json()))) == case


def test_every_fault_that_can_be_made_was_recorded() -> None:
    recorded = {path.name.partition(".")[0] for path in FILES}
    made = {
        name_of(kind, fault, family)
        for kind in LANGUAGES
        for fault in FAULTS
        for family in FAMILIES
        if not why_not(fault, kind)
    }
    assert recorded == made


def test_every_cause_is_made_on_the_bench() -> None:
    assert set(CAUSES.values()) == set(Cause)
