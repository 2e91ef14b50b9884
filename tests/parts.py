"""Which part of the suite a test belongs to, for `python -m tests`."""

from __future__ import annotations

import pytest

HALVES = MACHINE, APART = ("machine", "apart")
ALONE = "alone"
PARTS = (*HALVES, ALONE)

#: Containers, whose images are made with the machine's network, and what talks to them.
_MARKS = {"docker", "uml", "client"}
#: Beside those, so much that the halves take equally long.
_ROOMS = {"benchmarks", "cli", "clients", "network", "routers", "topologies", "uml"}
#: What was found within five seconds is compared, with a hundred routers on one machine.
_BUSY_ROOMS = {"diagnosis"}


def part_of(item: pytest.Item) -> str:
    """The part of a test."""
    marks = {mark.name for mark in item.iter_markers()}
    room = item.nodeid.split("/")[1]
    if room in _BUSY_ROOMS:
        return ALONE
    return MACHINE if marks & _MARKS or room in _ROOMS else APART
