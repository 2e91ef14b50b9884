"""Labs for the command line, and circumstances in which a verb is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.elsewhere import Elsewhere
from tests.support.command import Bench, Running, bench, eventually
from tests.support.topologies import Office, write_topology


@pytest.fixture
def lab_bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A bench for a lab of the test's own."""
    with bench(f"tlab-cli-{request.module.__name__.rpartition('_')[2]}", tmp_path) as made:
        yield made


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A lab whose sessions are up, for verbs that look and do not touch."""
    with bench("tlab-cli", tmp_path_factory.mktemp("tlab-cli")) as made:
        running = made.up(write_topology(made.places.state.parent, made.name, Office()))
        eventually(running.is_up, "every session to be up")
        yield running


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    """Verbs that ask which labs there are must not be told of those that other tests have up."""
    directory = tmp_path / "run"
    directory.mkdir()
    Path("/run/dxlab").mkdir(exist_ok=True)
    return Elsewhere(directory)
