"""Which half of the suite a test belongs to, for `python -m tests`."""

from __future__ import annotations

import pytest

MACHINE, APART = HALVES = ("machine", "apart")

#: Containers, whose images are made with the machine's network, and what talks to them.
_MARKS = {"docker", "uml", "client"}
#: Beside those, so much that the halves take equally long.
_ROOMS = {"benchmarks", "cli", "clients", "network", "routers", "topologies", "uml"}


def half_of(item: pytest.Item) -> str:
    """The half of a test."""
    marks = {mark.name for mark in item.iter_markers()}
    room = item.nodeid.split("/")[1]
    return MACHINE if marks & _MARKS or room in _ROOMS else APART
