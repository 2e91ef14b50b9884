"""The fault bench: routers that are wrong on purpose, and the cause that is found, and no other."""

from __future__ import annotations

import pytest

from tests.diagnosis.faults.catalogue import FAULTS
from tests.diagnosis.faults.record import run

pytestmark = [pytest.mark.root, pytest.mark.timeout(300)]

#: What the other kinds do in their own way; the rest is the kernel's or AWS's, whatever runs on the router.
OTHER_KINDS = ("bird", "openbgpd", "gobgp", "exabgp")
IN_THEIR_OWN_WAY = {
    "vlan-mismatch",
    "md5-missing",
    "md5-mismatch-case",
    "asn-mismatch-customer",
    "asn-mismatch-amazon",
    "peer-shut",
}


def test_every_fault_of_an_frr_router_is_found() -> None:
    cells = run(["frr"], name="tfaults-frr")
    assert len(cells) == 2 * len(FAULTS)
    assert [f"{cell.name}: {cell.verdict}" for cell in cells if not cell.right] == []


def test_the_other_kinds_faults_are_found() -> None:
    faults = [fault for fault in FAULTS if fault.name in IN_THEIR_OWN_WAY]
    cells = run(OTHER_KINDS, faults, name="tfaults-others")
    assert {cell.site.kind for cell in cells} == set(OTHER_KINDS)
    assert [f"{cell.name}: {cell.verdict}" for cell in cells if not cell.right] == []
