"""A pair of namespaces and a run directory for every test that asks, and nothing left of them afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.bgp.launcher import Launcher
from lab.bgp.neighbor import prepare_exabgp
from lab.network.namespaces import namespaces, processes_in
from tests.bgp.daemons import Bird, Frr
from tests.bgp.playground import Playground, playground

RUN = Path("/run/dxlab-tbgp")


@pytest.fixture(scope="session", autouse=True)
def exabgp() -> None:
    prepare_exabgp()


@pytest.fixture
def run_directory() -> Iterator[Path]:
    """Where the launcher has its socket, and routers their files."""
    _clear()
    RUN.mkdir(mode=0o755)
    yield RUN
    _clear()


@pytest.fixture
def ground(run_directory: Path) -> Iterator[Playground]:
    with playground("a") as made:
        yield made


@pytest.fixture
def frr(ground: Playground, run_directory: Path) -> Iterator[Frr]:
    """Not started yet."""
    router = Frr(ground.customer.namespace, run_directory / "frr")
    yield router
    router.stop()


@pytest.fixture
def bird(ground: Playground, run_directory: Path) -> Iterator[Bird]:
    """Not started yet."""
    router = Bird(ground.customer.namespace, run_directory / "bird")
    yield router
    router.stop()


def _clear() -> None:
    """End what a killed run, or a failed test, left behind: first the launcher, that it starts no speaker anew."""
    if (RUN / "launcher.sock").exists():
        asyncio.run(_shut_down())
    for namespace in namespaces("dxlab-tbgp"):
        for pid in processes_in(namespace):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(RUN, ignore_errors=True)


async def _shut_down() -> None:
    launcher = await Launcher.open(RUN)
    await launcher.shutdown()
