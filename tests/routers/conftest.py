"""Routers for tests, in every runtime, and nothing left of them afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.network.namespaces import namespaces, processes_in, remove_namespace
from lab.routers import KINDS, RUNTIMES, Router, create, remove_leftovers
from lab.routers.processes import end_processes
from lab.topology import RouterNode
from tests.support.docker import docker_engine

LAB = "trouters"
RUN = Path("/run/dxlab/trouters")

#: Every combination that a topology can ask for, with what it needs.
COMBINATIONS = [
    pytest.param((kind, runtime), id=f"{kind}-{runtime}", marks=[pytest.mark.docker] * (runtime == "docker"))
    for kind in KINDS
    for runtime in RUNTIMES
]


@pytest.fixture(scope="session")
def engine() -> Iterator[None]:
    """A Docker engine with the router image."""
    with docker_engine():
        yield


@contextmanager
def cleared() -> Iterator[Path]:
    """The lab's run directory; whatever of the lab is on the machine is removed before and after."""
    _clear()
    RUN.mkdir(mode=0o711, parents=True)
    try:
        yield RUN
    finally:
        _clear()


def router_of_the_lab(name: str, kind: str = "frr", runtime: str = "namespace") -> Router:
    """The object of a router of the test lab; nothing is made yet."""
    node = RouterNode(name=name, kind=kind, startup_config=Path(f"/{name}.conf"), runtime=runtime)
    return create(node, lab=LAB, directory=RUN / name, namespace=f"dxlab-{LAB}.{name}")


@pytest.fixture
def place() -> Iterator[Path]:
    """As `cleared`."""
    with cleared() as directory:
        yield directory


@pytest.fixture
def make_router(place: Path) -> Callable[..., Router]:
    """Makes the object of a router of the test lab."""
    return router_of_the_lab


def _clear() -> None:
    remove_leftovers(LAB)
    for name in namespaces(f"dxlab-{LAB}."):
        end_processes(processes_in(name))
        remove_namespace(name)
    shutil.rmtree(RUN, ignore_errors=True)
