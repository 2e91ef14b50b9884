"""An interface of this machine for the tests to lend: a veth end whose other end is in a bench's namespace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.network.host import HostPorts
from lab.network.namespaces import ensure_namespace
from lab.places import Places
from lab.remains import remove_remains
from tests.support.nic import Nic, nic


@pytest.fixture
def eth(namespace: Callable[[str], str]) -> Iterator[Nic]:
    with nic("dxtest-eth", namespace("bench")) as made:
        yield made


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    """A lab of which only the device's namespace stands."""
    made = Places.of("tlab-hostports", tmp_path / "state")
    remove_remains(made)
    made.prepare()
    ensure_namespace(made.namespace("dx"))
    yield made
    remove_remains(made)


@pytest.fixture
def ports(places: Places) -> HostPorts:
    return HostPorts(places)
