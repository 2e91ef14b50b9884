"""Labs for the tests of this room. Names begin with `tlab-`, and nothing of a lab outlives its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.command import Bench, bench


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    """Benches by the names of their labs."""
    with ExitStack() as stack:

        def make(name: str) -> Bench:
            directory = tmp_path / name
            directory.mkdir()
            return stack.enter_context(bench(name, directory))

        yield make


def named_after(request: pytest.FixtureRequest) -> str:
    """A lab's name: the last word of the test module's."""
    return f"tlab-{request.module.__name__.rpartition('_')[2]}"


@pytest.fixture
def lab_bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A bench for a lab of the test's own."""
    with bench(named_after(request), tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared_bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A bench for a lab that the tests of a module share."""
    name = f"{named_after(request)}-shared"
    with bench(name, tmp_path_factory.mktemp(name)) as made:
        yield made
