"""A lab's cloud world with the time of day, and its places on the machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.controller import Wiring
from lab.network.vlan import vlan_driver
from lab.places import Places
from lab.remains import remove_remains
from tests.directconnect.office import Clock, Office


class TimeOfDay(Clock):
    """The clock that speakers and controller go by."""

    def __call__(self) -> float:
        return time.time()


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """With settings of the test's own where it is parametrized with them."""
    made = Office(tmp_path / "state", TimeOfDay(), **getattr(request, "param", {}))
    yield made
    made.store.close()


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    """The places of a lab of which nothing is on the machine before and after."""
    made = Places.of(f"tlab-{request.module.__name__.rpartition('_')[2]}", tmp_path / "state")
    remove_remains(made)
    made.prepare()
    yield made
    remove_remains(made)


@pytest.fixture
def wiring(places: Places) -> Iterator[Wiring]:
    """The device stands; nothing is on it."""
    made = Wiring(places, vlan_driver())
    made.ensure_device()
    yield made
    made.release()
