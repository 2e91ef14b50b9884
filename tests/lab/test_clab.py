"""topologies/containerlab: a file that containerlab takes, and what comes up when it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from lab.topology import load
from tests.support.clab import Container, deployed, problems
from tests.support.command import eventually
from tests.support.docker import ROUTER_IMAGE, docker_engine, lab_image
from tests.support.lab import TOPOLOGIES

PATH = TOPOLOGIES / "containerlab" / "lab.clab.yml"
#: What the router tells AWS.
ANNOUNCED = {"172.16.0.0/16", "2001:db8:ace::/48"}


@pytest.fixture(scope="module")
def images() -> Iterator[dict[str, str]]:
    with docker_engine():
        yield {"dxlab": lab_image(), "dxlab-router": ROUTER_IMAGE}


def document() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(PATH.read_text())
    return read


def test_containerlab_takes_the_file() -> None:
    assert problems(document()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"vlan": 101},
        {"topology": {"nodes": {"dx": {"kind": "aws-dx"}}}},
        {"topology": {"nodes": {"dx": {"kind": "linux", "vlan": 101}}}},
        {"topology": {"nodes": {}, "links": [{"endpoints": ["dx:eth1"]}]}},
        {"topology": {"nodes": {"dx": {"ports": ["http"]}}}},
        {"topology": {"nodes": {"dx": {"env": {"DEBUG": True}}}}},
    ],
    ids=["top", "kind", "node", "link", "port", "environment"],
)
def test_what_containerlab_would_not_take(change: dict[str, Any]) -> None:
    assert problems(document() | change) != []


def test_the_files_that_it_mounts_are_there() -> None:
    nodes = document()["topology"]["nodes"].values()
    binds = [bind.partition(":")[0] for node in nodes for bind in node["binds"]]
    assert [bind for bind in binds if not (PATH.parent / bind).is_file()] == []


def test_the_port_is_the_end_of_the_link() -> None:
    (link,) = load(PATH.parent).links
    assert f"dx:{link.host_interface}" in document()["topology"]["links"][0]["endpoints"]


@pytest.mark.root
@pytest.mark.docker
@pytest.mark.timeout(700)  # on a fresh machine, the images are made first
def test_two_nodes_and_a_link(images: dict[str, str]) -> None:
    with deployed(PATH, images) as nodes:
        eventually(lambda: statuses(nodes["dx"]) == {"up"}, "both sessions", 60)
        eventually(lambda: announced(nodes["dx"]) == ANNOUNCED, "the routes", 60)
        assert port(nodes["dx"])["hostInterface"] == "eth1"
        nodes["dx"].run("dxlab down")
        assert "eth1" in nodes["dx"].run("ls /sys/class/net").split()


def lab(node: Container) -> dict[str, Any]:
    (found,) = json.loads(node.run("dxlab status --json"))["labs"]
    return dict(found)


def port(node: Container) -> dict[str, Any]:
    (connection,) = lab(node)["connections"]
    return dict(connection)


def statuses(node: Container) -> set[str]:
    return {peer["bgpStatus"] for vif in port(node)["virtualInterfaces"] for peer in vif["bgpPeers"]}


def announced(node: Container) -> set[str]:
    """What AWS accepted, as the lab's own page has it."""
    url = f"{lab(node)['endpoint']}/lab/routes"
    program = f"import urllib.request as u; print(u.urlopen('{url}').read().decode())"
    page = json.loads(node.run(f'python3 -c "{program}"'))
    return {route["prefix"] for peer in page.values() for route in peer["accepted"]}
