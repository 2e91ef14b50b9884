"""A router of kind linux in a whole lab: the lab knows nothing of its inside, and AWS's end sees its sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lab.lab import Lab
from lab.topology import load
from tests.lab.test_router_kinds import PATIENCE, configuration, interfaces
from tests.support.command import Bench
from tests.support.docker import PATIENCE as MAKING
from tests.support.docker import ROUTER_IMAGE, docker_engine
from tests.support.topologies import ANNOUNCED, Office, write_topology

pytestmark = [pytest.mark.anyio, pytest.mark.root, pytest.mark.docker, pytest.mark.timeout(MAKING)]

CONFIG = "/etc/vendor/bird.conf"


@pytest.fixture(scope="module")
def engine() -> Iterator[None]:
    with docker_engine():
        yield


def topology_of(bench: Bench) -> Path:
    """One office, whose router is an image with a start command; the configuration is docs/routers.md's for BIRD."""
    path = write_topology(bench.places.state.parent, bench.name, Office())
    document = yaml.safe_load(path.read_text())
    document["topology"]["nodes"]["edge"] = {
        "kind": "linux",
        "image": ROUTER_IMAGE,
        "cmd": f"sh -c 'mkdir -p /run/bird && exec bird -f -c {CONFIG}'",
        "cap-add": ["NET_ADMIN", "NET_RAW"],
        "startup-config": "edge.conf",
        "startup-config-path": CONFIG,
        "interfaces": interfaces(),
    }
    (path.parent / "edge.conf").write_text(configuration("bird"))
    path.write_text(yaml.safe_dump(document))
    return path


async def test_sessions_and_routes(engine: None, lab_bench: Bench) -> None:
    topology = load(topology_of(lab_bench))
    async with Lab(lab_bench.places, topology=topology).running() as running:
        assert await running.wait_until_up(PATIENCE)
        assert await running.wait_for_routes(PATIENCE)
        peers = [peer for vif in running.cloud.virtual_interfaces() for peer in vif.standing_peers]
        accepted = {route for peer in peers for route in running.controller.sessions[peer.id].routes}
        assert accepted == set(ANNOUNCED.values())
        assert running.routers["edge"].execute(["cat", "/proc/1/comm"]).output == "bird\n"
    assert not running.routers["edge"].is_running()
