"""A lab cloned from another over the API: what the first one has, the second one has, and its sessions come up."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.clone.worlds import comparable
from tests.support.command import Bench, Running, eventually
from tests.support.lab import DXLAB
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root

OFFICES = (
    Office(vif_members={"mtu": 8500, "tags": [{"key": "site", "value": "one"}]}),
    Office(router="branch", vif="Branch 2", connection="branch", vlan=102, key="${NOT_A_VARIABLE}"),
)


def test_a_lab_is_cloned_with_its_sessions(make_bench: Callable[[str], Bench]) -> None:
    original = up(make_bench("tlab-rehearsal-a"))
    text = cloned(original)
    bench = make_bench("tlab-rehearsal-b")
    path = bench.places.state.parent / "lab.yml"
    path.write_text(text)
    copy = bench.up(path)
    eventually(lambda: is_up(copy), "every session of the copy to be up")
    assert seen(copy) == seen(original)


def up(bench: Bench) -> Running:
    """Two offices, one of whose sessions has had another address before."""
    directory = bench.places.state.parent
    requests = [request for office in OFFICES for request in office.requests]
    path = write_topology(directory, bench.name, *OFFICES, requests=[*used_up(), *requests])
    path.write_text(path.read_text().replace("${NOT_A_VARIABLE}", "$${NOT_A_VARIABLE}"))
    running = bench.up(path)
    eventually(lambda: is_up(running), "every session of the original to be up")
    return running


def used_up() -> list[dict[str, object]]:
    """Requests after which AWS's first addresses have been given out already."""
    spare = Office(vif="spare", vlan=900)
    return [*spare.requests, {"DeleteVirtualInterface": {"virtualInterfaceId": "spare"}}]


def cloned(running: Running) -> str:
    """What `dxlab clone` makes of a lab that it takes for the user's account."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {
        **own,
        "AWS_ENDPOINT_URL_DIRECT_CONNECT": running.url,
        "AWS_ACCESS_KEY_ID": "dxlab",
        "AWS_SECRET_ACCESS_KEY": "dxlab",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    options = ("--profile", "default", "--region", running.region)
    done = subprocess.run(
        [*DXLAB, "clone", *options], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_up(running: Running) -> bool:
    return {peer["bgpStatus"] for vif in standing(running) for peer in vif["bgpPeers"]} == {"up"}


def standing(running: Running) -> list[dict[str, Any]]:
    """The virtual interfaces that are not deleted."""
    return [vif for vif in running.vifs() if vif["virtualInterfaceState"] != "deleted"]


def seen(running: Running) -> object:
    """What a customer sees of a lab, ids apart."""
    connections = running.client.describe_connections()["connections"]
    return comparable({"connections": connections, "virtualInterfaces": standing(running)})
