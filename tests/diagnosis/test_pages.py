"""docs/causes/ is what the rules, the fixes and the fault bench say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.diagnosis import Cause
from tests.diagnosis.faults.matrix import TITLES
from tests.diagnosis.faults.pages import CAUSES, pages, recorded, why

MADE = pages(recorded())
DOCS = CAUSES.parent
#: Of a session that came up again, the speaker's record of its ends is the proof.
SHOWN_OTHERWISE = {Cause.FLAPPING}


@pytest.mark.parametrize("name", MADE)
def test_a_page_is_up_to_date(name: str) -> None:
    """`python -m tests.diagnosis.faults.pages` makes it so."""
    assert (CAUSES / name).read_text() == MADE[name]


def test_there_is_no_other_page() -> None:
    assert {path.name for path in CAUSES.iterdir()} == set(MADE)


def test_each_cause_is_told_of() -> None:
    assert set(why()) == {cause.value for cause in Cause}


@pytest.mark.parametrize("cause", Cause)
def test_a_page_says_how_to_mend_it_on_each_kind_and_shows_what_proves_it(cause: Cause) -> None:
    text = (CAUSES / f"{cause.value}.md").read_text()
    kinds = [] if cause is Cause.LAB_FAULT else list(TITLES.values())
    assert re.findall(r"^\| (?!on \|)([^-|]+?) \| \S", text, re.MULTILINE) == ["any router", *kinds]
    proof = text.partition("## What proves it")[2]
    assert (
        re.search(r"^ *-\d+\.\d+ s  (.+: )?(AWS|router) > ", proof, re.MULTILINE) or cause in SHOWN_OTHERWISE
    )


@pytest.mark.parametrize(
    "path", [DOCS / "diagnose.md", *(CAUSES / name for name in MADE)], ids=lambda path: path.name
)
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", path.read_text())
    assert [target for target in targets if not (path.parent / target).exists()] == []
