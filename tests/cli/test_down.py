"""`dxlab down`; what it removes after a kill is looked at in tests/lab/test_killed.py."""

from __future__ import annotations

import pytest

from lab.places import Places
from tests.cli.elsewhere import Elsewhere
from tests.cli.words import result, sentence
from tests.support.command import Bench, dxlab, nothing_left

pytestmark = pytest.mark.root


def test_the_only_lab_needs_no_name(elsewhere: Elsewhere) -> None:
    elsewhere.lab("tlab-only")
    done = elsewhere.dxlab("down")
    assert result(done) == ""
    assert done.stderr == "tlab-only is down\n"
    assert list(elsewhere.run.iterdir()) == []


def test_a_lab_that_was_killed_early(elsewhere: Elsewhere) -> None:
    elsewhere.early("tlab-early")
    assert elsewhere.dxlab("down").stderr == "tlab-early is down\n"
    assert list(elsewhere.run.iterdir()) == []


def test_a_lab_of_its_own_state_leaves_none(lab_bench: Bench) -> None:
    own = Places.of(lab_bench.name)
    own.prepare()
    assert own.state.is_dir()
    result(dxlab("down", own.name))
    assert not own.state.exists()
    assert nothing_left(own)


def test_down_twice(lab_bench: Bench) -> None:
    lab_bench.serve()
    result(dxlab("down", lab_bench.name))
    assert nothing_left(lab_bench.places)
    said = sentence(dxlab("down", lab_bench.name), status=2)
    assert said == f"there is no lab '{lab_bench.name}'; see 'dxlab status'"


def test_a_name_that_cannot_be() -> None:
    assert sentence(dxlab("down", "../etc"), status=2).startswith("'../etc' cannot name a lab")
