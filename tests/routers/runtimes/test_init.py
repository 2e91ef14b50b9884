"""The registry of runtimes."""

from __future__ import annotations

import pytest

from lab.routers.runtimes import RUNTIMES, RouterRuntime, runtime_of
from lab.topology.refusals import schema


def test_topologies_know_the_same_runtimes() -> None:
    runtime = schema()["$defs"]["router"]["properties"]["runtime"]
    assert set(runtime["enum"]) == RUNTIMES.keys()


@pytest.mark.parametrize("name", RUNTIMES)
def test_each_is_there(name: str) -> None:
    assert issubclass(runtime_of(name), RouterRuntime)
