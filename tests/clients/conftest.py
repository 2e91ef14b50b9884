"""One lab a module: the office that the documentation speaks of, its router waiting, nothing ordered yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.shell import Shell, exported
from tests.support.command import Running, bench
from tests.support.lab import shipped

OFFICE = "terraform/topology.yml"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds `topologies/terraform` as the repository does."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def lab_name(request: pytest.FixtureRequest) -> str:
    module = request.module.__name__.rpartition(".test_")[2]
    return f"tclients-{module.replace('_', '-')}"


@pytest.fixture(scope="module")
def lab(directory: Path, lab_name: str) -> Iterator[Running]:
    with bench(lab_name, directory) as seat:
        yield seat.up(shipped(OFFICE, directory, lab_name))


@pytest.fixture(scope="module")
def shell(lab: Running, directory: Path) -> Shell:
    return Shell(lab.places.name, directory, exported(lab))
