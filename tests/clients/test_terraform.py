"""Terraform with the AWS provider against a live lab: apply, plan without drift, destroy.

The commands are those of the documentation, on the shipped example. One apply makes everything, and the tests
look at it from all sides, because the provider waits ten seconds for each thing that it makes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import OFFICE
from tests.clients.customer import Record, received
from tests.clients.document import CLIENTS, programs
from tests.clients.provider_mirror import cli_configuration
from tests.clients.shell import Shell, exported
from tests.support.command import Running, eventually

# The provider's own delays are 20 s for apply and as much for destroy; the rest is a busy machine's.
pytestmark = [pytest.mark.root, pytest.mark.client, pytest.mark.timeout(240)]

INIT, APPLY, STATUS, AMEND, PLAN, DESTROY = programs(CLIENTS.read_text(), "Terraform")


@pytest.fixture(scope="module")
def shell(lab: Running, directory: Path) -> Shell:
    if shutil.which("terraform") is None:
        pytest.fail("terraform is missing: install it, https://developer.hashicorp.com/terraform/install")
    automation = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    mirror = cli_configuration(directory, os.environ)
    return Shell(lab.places.name, directory, {**exported(lab), **automation, **mirror})


@pytest.fixture(scope="module")
def applied(shell: Shell, lab: Running) -> Iterator[str]:
    """What was printed about bgpStatus when apply had ended; all of it is destroyed in the end."""
    shell.run(INIT)
    shell.run(APPLY)
    yield shell.run(STATUS)
    shell.run(DESTROY)
    assert {vif["virtualInterfaceState"] for vif in lab.vifs()} == {"deleted"}
    assert states(lab) == {"office": "available", "branch": "deleted"}
    assert lab.client.describe_direct_connect_gateways()["directConnectGateways"] == []


def test_the_session_is_up_when_apply_ends(applied: str, lab: Running) -> None:
    assert applied == STATUS.output
    [neighbour] = lab.routers["edge"].neighbours()
    assert (str(neighbour.address), neighbour.state) == ("169.254.101.1", "Established")
    assert received(lab) == {"10.10.0.0/16"}


def test_everything_was_made(applied: str, lab: Running) -> None:
    assert states(lab) == {"office": "available", "branch": "down"}
    made = {
        vif["virtualInterfaceName"]: (vif["virtualInterfaceType"], vif["virtualInterfaceState"], tags(vif))
        for vif in lab.vifs()
    }
    assert made == {
        "office": ("private", "available", {"site": "office"}),
        "branch-private": ("private", "down", {"site": "branch"}),
        "branch-transit": ("transit", "down", {"site": "branch"}),
        "branch-public": ("public", "down", {"site": "branch"}),
    }


def test_the_router_is_told_the_rest_by_terraform(applied: str, shell: Shell, lab: Running) -> None:
    shell.run(AMEND)

    eventually(lambda: lab.peer("ipv6")["bgpStatus"] == "up", "the IPv6 session to be up")
    eventually(lambda: received(lab) == {"10.10.0.0/16", "2001:db8:10::/56"}, "the routes of both sessions")


def test_there_is_no_drift(applied: str, shell: Shell) -> None:
    """Not even because sessions came up since; the exit status would be 2."""
    assert "No changes." in shell.run(PLAN)


def test_a_tag_that_changes_is_the_only_change(
    applied: str, shell: Shell, directory: Path, lab: Running
) -> None:
    main = directory / Path("topologies", OFFICE).with_name("main.tf")
    before = main.read_text()
    main.write_text(before.replace('{ site = "office" }', '{ site = "office", owner = "net" }'))

    printed = shell.run(APPLY)

    assert "0 added, 1 changed, 0 destroyed" in printed
    [office] = (vif for vif in lab.vifs() if vif["virtualInterfaceName"] == "office")
    assert tags(office) == {"site": "office", "owner": "net"}
    assert {peer["bgpStatus"] for peer in office["bgpPeers"] if peer["addressFamily"] == "ipv4"} == {"up"}


def states(lab: Running) -> Record:
    """The states of the connections by name."""
    found = lab.client.describe_connections()["connections"]
    return {connection["connectionName"]: connection["connectionState"] for connection in found}


def tags(resource: Record) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in resource["tags"]}
