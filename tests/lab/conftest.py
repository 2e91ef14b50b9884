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


@pytest.fixture
def lab_bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A bench for a lab that is called after the test's module."""
    name = request.module.__name__.rpartition("_")[2]
    with bench(f"tlab-{name}", tmp_path) as made:
        yield made
