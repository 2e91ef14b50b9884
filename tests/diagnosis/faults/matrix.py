"""The matrix of the fault bench: faults over router kinds, for docs/causes/ and for the end of a test run.

A cell says whether the cause was found, and no other; or, of a fault that a kind cannot be made to have, why not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lab.diagnosis import Cause
from tests.diagnosis.faults.catalogue import FAULTS, Fault
from tests.diagnosis.faults.languages import LANGUAGES
from tests.diagnosis.faults.makeable import why_not

TITLES = {"frr": "FRR", "bird": "BIRD", "openbgpd": "OpenBGPD", "gobgp": "GoBGP", "exabgp": "ExaBGP"}
FAMILIES = ("ipv4", "ipv6")

#: What came of a cell, by its name: kind, fault and family.
Marks = Mapping[str, str]


def name_of(kind: str, fault: Fault, family: str) -> str:
    return f"{kind}-{fault.name}-{family}"


def mark(verdict: Mapping[str, Any], wanted: Cause) -> str:
    """How a verdict, as JSON has it, did."""
    if verdict["cause"] == wanted and not verdict["rivals"]:
        return "found"
    return "one of two" if wanted in (verdict["cause"], *verdict["rivals"]) else verdict["cause"]


def rows(marks: Marks) -> Iterator[tuple[str, ...]]:
    """The heading, then a row for each fault; a column for each kind."""
    yield ("fault", *(TITLES[kind] for kind in LANGUAGES))
    for fault in FAULTS:
        yield (fault.name, *(_cell(fault, kind, marks) for kind in LANGUAGES))


def _cell(fault: Fault, kind: str, marks: Marks) -> str:
    """One word where both address families did alike."""
    reason = why_not(fault, kind)
    if reason:
        return reason
    both = [marks.get(name_of(kind, fault, family), "not run") for family in FAMILIES]
    return (
        both[0] if len(set(both)) == 1 else ", ".join(f"{f} {m}" for f, m in zip(FAMILIES, both, strict=True))
    )
