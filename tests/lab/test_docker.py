"""The shipped topology whose router runs in a container, from file to routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.directconnect.model import VirtualInterfaceType
from lab.lab import Lab
from lab.topology import load
from tests.support.command import Bench, nothing_left
from tests.support.docker import docker_engine
from tests.support.lab import TOPOLOGIES

pytestmark = [pytest.mark.root, pytest.mark.docker, pytest.mark.anyio]

#: A container needs longer than a process, and the engine of a busy machine longer still.
PATIENCE = 120.0


@pytest.fixture(scope="module")
def engine() -> Iterator[None]:
    with docker_engine():
        yield


@pytest.mark.timeout(700)  # on a fresh machine, the images are made first
async def test_two_virtual_interfaces_and_a_router_in_a_container(lab_bench: Bench, engine: None) -> None:
    topology = load(TOPOLOGIES / "two-vifs.yml")
    async with Lab(lab_bench.places, topology=topology).running() as running:
        assert await running.wait_until_up(PATIENCE)
        assert await running.wait_for_routes(PATIENCE)
        by_type = {vif.type: vif for vif in running.cloud.virtual_interfaces()}
        assert set(by_type) == {VirtualInterfaceType.PRIVATE, VirtualInterfaceType.TRANSIT}
        routes = {str(route.prefix) for route in running.routers["edge"].routes() if route.protocol == "bgp"}
        assert routes == {"10.20.0.0/16", "10.30.0.0/16", "10.31.0.0/16"}
    assert nothing_left(lab_bench.places)
