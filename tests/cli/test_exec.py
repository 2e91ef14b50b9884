"""`dxlab exec`: a router's own tools, its interfaces, its exit statuses."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.cli.words import result, sentence
from tests.support.command import Bench, Running, dxlab
from tests.support.lab import DXLAB

pytestmark = pytest.mark.root


def in_router(lab: Running, *command: str) -> subprocess.CompletedProcess[str]:
    return dxlab("exec", "edge", "--lab", lab.places.name, "--", *command)


def test_the_routers_own_terminal(lab: Running) -> None:
    shown = json.loads(result(in_router(lab, "vtysh", "-c", "show bgp summary json")))
    neighbours = {**shown["ipv4Unicast"]["peers"], **shown["ipv6Unicast"]["peers"]}
    amazon = {peer["amazonAddress"].partition("/")[0] for peer in lab.peers()}
    assert {address: each["state"] for address, each in neighbours.items()} == dict.fromkeys(
        amazon, "Established"
    )


def test_the_routers_own_interfaces(lab: Running) -> None:
    links = json.loads(result(in_router(lab, "ip", "-json", "link", "show")))
    assert {link["ifname"] for link in links} >= {"lo", "eth1", "eth1.101"}


def test_the_exit_status_is_the_commands(lab: Running) -> None:
    assert in_router(lab, "sh", "-c", "exit 7").returncode == 7


def test_input_and_both_outputs_are_the_users(lab: Running) -> None:
    words = (*DXLAB, "exec", "edge", "--lab", lab.places.name, "--", "sh", "-c", "cat; echo done >&2")
    done = subprocess.run(words, input="typed", capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("typed", "done\n")


def test_a_router_that_is_not_there(lab: Running) -> None:
    said = sentence(dxlab("exec", "core", "--lab", lab.places.name, "--", "true"), status=2)
    assert said == f"the lab '{lab.places.name}' has no router 'core'; it has edge"


def test_a_lab_without_routers(lab_bench: Bench) -> None:
    lab_bench.serve()
    said = sentence(dxlab("exec", "edge", "--lab", lab_bench.name, "--", "true"), status=2)
    assert said == f"the lab '{lab_bench.name}' has no routers: it was started with 'dxlab serve'"
