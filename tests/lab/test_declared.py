"""What a topology says in AWS's place, or leaves to the environment: addresses, a region, keys."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lab.errors import TopologyError
from lab.lab import Lab
from lab.topology import Topology, load
from tests.support.command import PATIENCE, Bench, dxlab, nothing_left, refused
from tests.support.topologies import KEY, Office, line_of, write_topology

pytestmark = [pytest.mark.root, pytest.mark.anyio]

IPV6 = {"amazonAddress": "2600:1f00:8000::1/125", "customerAddress": "2600:1f00:8000::6/125"}
IPV4 = {"amazonAddress": "169.254.20.2/30", "customerAddress": "169.254.20.1/30"}
VARIABLE = "TLAB_OFFICE_KEY"


def written(bench: Bench, office: Office, **parts: object) -> Path:
    """The office's topology with further parts, or other ones."""
    path = write_topology(bench.places.state.parent, bench.name, office)
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **parts}, sort_keys=False))
    return path


def office_at(bench: Bench, location: str, region: str) -> Topology:
    topology = load(write_topology(bench.places.state.parent, bench.name, Office()))
    (device,) = topology.devices
    elsewhere = device.model_copy(update={"location": location, "region": region})
    return topology.model_copy(update={"devices": (elsewhere,)})


async def test_sessions_come_up_between_the_declared_addresses(lab_bench: Bench) -> None:
    topology = load(written(lab_bench, Office(), assignments={"office-private": [IPV6, IPV4]}))
    async with Lab(lab_bench.places, topology=topology).running() as running:
        assert await running.wait_until_up(PATIENCE)
        (vif,) = running.cloud.virtual_interfaces()
        assert [str(peer.amazon_address) for peer in vif.peers] == [
            IPV4["amazonAddress"],
            IPV6["amazonAddress"],
        ]


async def test_addresses_that_an_earlier_vif_still_holds_are_refused(lab_bench: Bench) -> None:
    held = {"office-private": [IPV4]}
    earlier = load(written(lab_bench, Office(families=("ipv4",)), assignments=held))
    async with Lab(lab_bench.places, topology=earlier).running():
        pass
    path = written(lab_bench, Office(families=("ipv4",)), assignments={"other": [IPV4]})
    with refused() as refusal:
        async with Lab(lab_bench.places, topology=load(path)).running():
            pass
    sentence = (
        f"{path}:{line_of(path, IPV4['amazonAddress'])}: the addresses 169.254.20.0/30 of 'other' are taken: "
    )
    assert isinstance(refusal.error, TopologyError)
    assert str(refusal.error).startswith(sentence)
    assert nothing_left(lab_bench.places)


async def test_a_location_that_is_not_listed(lab_bench: Bench) -> None:
    async with Lab(
        lab_bench.places, topology=office_at(lab_bench, "EqXY1", "eu-west-9")
    ).running() as running:
        assert await running.wait_until_up(PATIENCE)
        (vif,) = running.cloud.virtual_interfaces()
        assert (vif.location, vif.region, running.region) == ("EqXY1", "eu-west-9", "eu-west-9")


async def test_a_key_from_the_environment(lab_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, KEY)
    office = Office(key=f"${{{VARIABLE}}}")
    topology = load(write_topology(lab_bench.places.state.parent, lab_bench.name, office))
    async with Lab(lab_bench.places, topology=topology).running() as running:
        assert await running.wait_until_up(PATIENCE)
        (vif,) = running.cloud.virtual_interfaces()
        assert {peer.auth_key for peer in vif.peers} == {KEY}


@pytest.mark.parametrize("options", [(), ("-d",)])
async def test_a_key_that_is_not_in_the_environment(lab_bench: Bench, options: tuple[str, ...]) -> None:
    office = Office(key=f"${{{VARIABLE}}}")
    path = write_topology(lab_bench.places.state.parent, lab_bench.name, office)
    done = dxlab("up", path, *options, "--state-dir", lab_bench.places.state, "--port", "0")
    line = line_of(path, "CreatePrivateVirtualInterface")
    assert done.returncode == 2
    assert (
        f"dxlab: {path}:{line}: the environment variable {VARIABLE},"
        " an authKey of CreatePrivateVirtualInterface, is not set\n"
    ) in done.stderr
    assert nothing_left(lab_bench.places)
