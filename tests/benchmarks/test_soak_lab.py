"""The short form of the soak, a few minutes of faults; DXLAB_SOAK_SECONDS and DXLAB_SOAK_SEED make it another one."""

from __future__ import annotations

import os
import random

import pytest

from benchmarks.soak.faults import ENDS_OF_LIFE, FAULTS
from benchmarks.soak.judge import judge
from benchmarks.soak.run import soak
from lab.network.namespaces import namespaces

SECONDS = float(os.environ.get("DXLAB_SOAK_SECONDS", "150"))
SEED = int(os.environ.get("DXLAB_SOAK_SEED", random.randrange(10**6)))
SESSIONS = 24
#: Rounds that endpoint and launcher live: short, so that what each death of theirs leaves is counted too.
LIFE = 4

pytestmark = [pytest.mark.root, pytest.mark.patient, pytest.mark.timeout(2 * SECONDS + 420)]


def test_a_lab_that_is_hurt_again_and_again_comes_back_and_does_not_grow() -> None:
    done = soak("tsoak-short", SESSIONS, SECONDS, SEED, LIFE)
    assert done.recoveries.keys() == FAULTS.keys() | ENDS_OF_LIFE.keys()
    assert [aim for aim in judge(done.counts) if not aim.met] == [], f"seed {SEED}"
    assert namespaces("dxlab-tsoak-short.") == []
