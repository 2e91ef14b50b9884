"""`dxlab demo`: the main job, shown; as well the second time as the first."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lab.places import Places
from tests.cli.words import result
from tests.support.command import dxlab, nothing_left
from tests.support.lab import shipped
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root

PLACES = Places.of("tlab-cli-demo")
STEPS = ["request", "address", "VLAN", "speaker", "OPEN", "Established"]


def sections(output: str) -> dict[str, str]:
    """What stands below each heading."""
    headings = ("Timeline, in milliseconds since the request", "DescribeVirtualInterfaces", "Routes")
    parts = re.split(rf"^({'|'.join(headings)})$", output, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def assert_shown(output: str) -> None:
    timeline, description, routes = sections(output).values()
    (vif,) = json.loads(description)["virtualInterfaces"]
    assert {peer["addressFamily"]: peer["bgpStatus"] for peer in vif["bgpPeers"]} == {
        "ipv4": "up",
        "ipv6": "up",
    }
    for peer in vif["bgpPeers"]:
        rows = [line.split() for line in timeline.splitlines() if line.startswith(peer["bgpPeerId"])]
        assert list(dict.fromkeys(row[2] for row in rows)) == STEPS
        milliseconds = [int(row[3]) for row in rows]
        assert milliseconds == sorted(milliseconds)
        assert milliseconds[0] == 0
    for prefix in ("172.16.0.0/16", "2001:db8:ace::/48", "10.10.0.0/16", "2001:db8:10::/56"):
        assert prefix in routes


def test_twice_in_a_row(tmp_path: Path) -> None:
    topology = shipped("private-vif/topology.yml", tmp_path, PLACES.name)
    for _ in range(2):
        assert_shown(result(dxlab("demo", topology)))
        assert nothing_left(PLACES)
        assert not PLACES.state.exists()


def test_a_router_that_does_not_speak(tmp_path: Path) -> None:
    """Everything is shown all the same, and the status says that it is not enough."""
    topology = write_topology(tmp_path, PLACES.name, Office(silent=True))
    done = dxlab("demo", topology, "--timeout", "1")
    assert done.returncode == 1
    _, description, _ = sections(done.stdout).values()
    (vif,) = json.loads(description)["virtualInterfaces"]
    assert {peer["bgpStatus"] for peer in vif["bgpPeers"]} == {"down"}
    assert nothing_left(PLACES)
    assert not PLACES.state.exists()
