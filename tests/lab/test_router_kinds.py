"""docs/routers.md's configurations, one for each kind, against the lab's own end of the cable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.lab import Lab
from lab.routers import KINDS
from lab.topology import load
from tests.support.command import Bench
from tests.support.topologies import ANNOUNCED, Office, write_topology

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "routers.md").read_text()
PATIENCE = 30.0


def configuration(kind: str) -> str:
    """The kind's complete configuration."""
    [text] = re.findall(rf"^```{kind}\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL)
    return str(text)


def interfaces() -> dict[str, Any]:
    """The node that shows what the topology gives to a kind whose configurations name no interfaces."""
    [text] = re.findall(r"^  ```\n(  edge:\n.*?)```", TEXT, re.MULTILINE | re.DOTALL)
    found: dict[str, Any] = yaml.safe_load(text)["edge"]["interfaces"]
    return found


def commands() -> list[str]:
    """What announces a GoBGP's own prefixes."""
    [text] = re.findall(r"^  ```\n(  exec:\n.*?)```", TEXT, re.MULTILINE | re.DOTALL)
    found: list[str] = yaml.safe_load(text)["exec"]
    return found


def topology_of(bench: Bench, kind: str) -> Path:
    """One office, with another router than FRR."""
    path = write_topology(bench.places.state.parent, bench.name, Office())
    document = yaml.safe_load(path.read_text())
    edge = document["topology"]["nodes"]["edge"]
    edge |= {"kind": kind, "interfaces": {} if kind == "frr" else interfaces()}
    edge |= {"exec": commands() if kind == "gobgp" else []}
    (path.parent / "edge.conf").write_text(configuration(kind))
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.mark.root
@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.daemons])
async def test_a_minimal_configuration_is_complete(lab_bench: Bench, kind: str) -> None:
    topology = load(topology_of(lab_bench, kind))
    async with Lab(lab_bench.places, topology=topology).running() as running:
        assert await running.wait_until_up(PATIENCE)
        assert await running.wait_for_routes(PATIENCE)
        peers = [peer for vif in running.cloud.virtual_interfaces() for peer in vif.standing_peers]
        accepted = {route for peer in peers for route in running.controller.sessions[peer.id].routes}
        assert accepted == set(ANNOUNCED.values())
        neighbours = running.routers["edge"].neighbours()
        assert [each.state for each in neighbours] == ["Established", "Established"]


def test_every_kind_has_a_section() -> None:
    titles = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    assert [kind.title for kind in KINDS.values() if kind.title not in titles] == []
    assert [name for name in KINDS if f"| [`{name}`](#" not in TEXT] == []
