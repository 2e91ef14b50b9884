"""Fixtures of a cloud world over an empty directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lab.directconnect.model import Connection
from tests.directconnect.office import Clock, Office


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_office(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Office]]:
    """Open a cloud world with settings of one's own."""
    with ExitStack() as stack:

        def open_(**settings: object) -> Office:
            office = Office(tmp_path / "state", clock, **settings)
            stack.callback(office.close)
            return office

        yield open_


@pytest.fixture
def office(open_office: Callable[..., Office]) -> Office:
    return open_office()


@pytest.fixture
def connection(office: Office) -> Connection:
    """A connection that is available."""
    return office.plug()
