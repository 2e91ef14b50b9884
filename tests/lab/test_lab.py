"""Whole labs in this process: up, down, refused, side by side, and with the launcher lost."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from lab.directconnect.model import BgpStatus, VirtualInterfaceState
from lab.errors import TopologyError, UsageError
from lab.lab import Lab, RunningLab
from lab.places import record_of
from lab.routers import Router
from lab.topology import Topology, load
from tests.support.command import PATIENCE, Bench, eventually, launcher, nothing_left, refused
from tests.support.topologies import VGW, Office, write_topology

pytestmark = [pytest.mark.root, pytest.mark.anyio]

SHIPPED = Path(__file__).parents[2] / "topologies" / "private-vif.yml"
ADDRESSES = {"amazonAddress": "169.254.100.1/30", "customerAddress": "169.254.100.2/30"}


def only_office(bench: Bench) -> Topology:
    """A topology of one office without requests, and so without sessions."""
    return load(write_topology(bench.places.state.parent, bench.name, Office(silent=True), requests=[]))


async def test_the_shipped_example_comes_up_and_leaves_nothing_but_its_state(lab_bench: Bench) -> None:
    places = lab_bench.places
    async with Lab(places, topology=load(SHIPPED)).running() as running:
        assert await running.wait_until_up(PATIENCE)
        assert await running.wait_for_routes(PATIENCE)
        assert [vif.state for vif in running.cloud.virtual_interfaces()] == [VirtualInterfaceState.AVAILABLE]
        prefixes = {prefix for session in running.controller.sessions.values() for prefix in session.routes}
        assert prefixes == {"172.16.0.0/16", "2001:db8:ace::/48"}
        assert record_of(places.name) is not None
    assert nothing_left(places)
    assert record_of(places.name) is None
    assert stat.S_IMODE(places.state.stat().st_mode) == 0o700


async def test_waiting_for_sessions_ends(lab_bench: Bench) -> None:
    """The router does not speak BGP, so neither session nor route can come."""
    path = write_topology(lab_bench.places.state.parent, lab_bench.name, Office(silent=True))
    async with Lab(lab_bench.places, topology=load(path)).running() as running:
        assert not await running.wait_until_up(0.1)
        assert not await running.wait_for_routes(0.1)


async def test_a_lab_without_topology_has_no_routers(lab_bench: Bench) -> None:
    async with Lab(lab_bench.places).running() as running:
        assert dict(running.routers) == {}
        assert running.region == "us-east-1"
        assert await running.wait_until_up(0)


async def test_what_is_being_done_is_told(lab_bench: Bench) -> None:
    told: list[str] = []
    async with Lab(lab_bench.places, topology=only_office(lab_bench), tell=told.append).running():
        pass
    assert told == [
        "router edge: preparing its place",
        "cable dx:office -- edge:eth1",
        "router edge: starting frr",
    ]


async def test_a_lab_has_one_endpoint(lab_bench: Bench) -> None:
    async with Lab(lab_bench.places, topology=only_office(lab_bench)).running() as running:
        with pytest.raises(UsageError, match=f"the lab '{lab_bench.name}' is already up"):
            async with Lab(lab_bench.places).running():
                pass
        assert running.routers["edge"].is_running()
        assert record_of(lab_bench.name) is not None


def at_locations(topology: Topology, *codes: str) -> Topology:
    """The same with a device at each of these locations, the first in the place of its own."""
    (device,) = topology.devices
    others = [
        device.model_copy(update={"name": f"dx{number}", "location": code})
        for number, code in enumerate(codes)
    ]
    return topology.model_copy(
        update={"devices": (others[0].model_copy(update={"name": device.name}), *others[1:])}
    )


async def test_locations_in_two_regions(lab_bench: Bench) -> None:
    apart = at_locations(only_office(lab_bench), "EqDC2", "CSVA1", "EqFA5")
    with refused() as refusal:
        async with Lab(lab_bench.places, topology=apart).running():
            pass
    assert "EqFA5 is in eu-central-1, but EqDC2 in us-east-1" in str(refusal.error)
    assert nothing_left(lab_bench.places)


async def test_the_region_is_that_of_the_location(lab_bench: Bench) -> None:
    frankfurt = at_locations(only_office(lab_bench), "EqFA5")
    async with Lab(lab_bench.places, topology=frankfurt).running() as running:
        (connection,) = running.cloud.connections()
        assert (connection.region, running.region) == ("eu-central-1", "eu-central-1")


async def test_an_unknown_location(lab_bench: Bench) -> None:
    moon = at_locations(only_office(lab_bench), "Moon1")
    with refused() as refusal:
        async with Lab(lab_bench.places, topology=moon).running():
            pass
    assert isinstance(refusal.error, TopologyError)
    assert "there is no Direct Connect location 'Moon1'; known are EqDC2, " in str(refusal.error)
    assert nothing_left(lab_bench.places)


async def test_a_port_that_is_taken(lab_bench: Bench, make_bench: Callable[[str], Bench]) -> None:
    other = make_bench("tlab-lab-other")
    async with Lab(lab_bench.places).running() as running:
        port = int(running.url.rpartition(":")[2])
        with refused() as refusal:
            async with Lab(other.places, port=port).running():
                pass
    assert isinstance(refusal.error, UsageError)
    assert f"cannot listen on 127.0.0.1 port {port}" in str(refusal.error)
    assert nothing_left(other.places)


async def test_the_launcher_dies_under_the_lab(lab_bench: Bench) -> None:
    """Every session goes down with it, for all to see, and comes up again with another launcher."""
    async with Lab(lab_bench.places, topology=load(SHIPPED)).running() as running:
        assert await running.wait_until_up(PATIENCE)
        peers = [peer.id for vif in running.cloud.virtual_interfaces() for peer in vif.peers]
        since = time.time()
        os.kill(launcher(lab_bench.places), signal.SIGKILL)
        for peer_id in peers:
            await until_status(running, peer_id, BgpStatus.DOWN)
        assert await running.wait_until_up(PATIENCE)
        for peer_id in peers:
            statuses = [each.detail for each in running.cloud.history(peer_id) if each.kind == "status"]
            assert statuses[-2:] == ["down", "up"]
            down = [each for each in running.cloud.history(peer_id) if each.detail == "down"][-1]
            assert since <= down.at < since + 1
    assert nothing_left(lab_bench.places)


async def test_the_same_addresses_on_two_cables(lab_bench: Bench) -> None:
    """Each VIF has a network namespace of its own, so equal addresses, VLANs and ASNs never meet."""
    here = Office(families=("ipv4",), vif_members=ADDRESSES)
    there = replace(here, router="edge2", vif="branch-private", connection="branch")
    path = write_topology(lab_bench.places.state.parent, lab_bench.name, here, there)
    async with Lab(lab_bench.places, topology=load(path)).running() as running:
        assert await running.wait_until_up(PATIENCE)
        peers = [vif.peers[0] for vif in running.cloud.virtual_interfaces()]
        assert [str(peer.amazon_address) for peer in peers] == ["169.254.100.1/30"] * 2
        since = [running.controller.sessions[peer.id].since for peer in peers]
        await asyncio.to_thread(running.routers["edge"].kill)
        await until_status(running, peers[0].id, BgpStatus.DOWN)
        assert running.controller.sessions[peers[1].id].since == since[1]
        assert running.controller.sessions[peers[1].id].bgp_status == "up"


async def until_status(running: RunningLab, peer_id: str, status: BgpStatus) -> None:
    async with asyncio.timeout(PATIENCE), running.controller.heard:
        await running.controller.heard.wait_for(
            lambda: running.controller.sessions[peer_id].bgp_status == status.value
        )


async def test_what_stands_behind_a_gateway_changes_under_a_session(lab_bench: Bench) -> None:
    """The router learns other prefixes; its session goes on."""
    path = write_topology(lab_bench.places.state.parent, lab_bench.name, Office(families=("ipv4",)))
    async with Lab(lab_bench.places, topology=load(path)).running() as running:
        assert await running.wait_until_up(PATIENCE)
        router = running.routers["edge"]
        await until_learnt(router, {"10.10.0.0/16"})
        since = [session.since for session in running.controller.sessions.values()]
        moved = [ip_network("10.11.0.0/16"), ip_network("10.12.0.0/16")]
        running.cloud.declare_gateway(VGW, asn=64512, cidrs=moved)
        await until_learnt(router, {"10.11.0.0/16", "10.12.0.0/16"})
        assert [session.since for session in running.controller.sessions.values()] == since


async def until_learnt(router: Router, prefixes: set[str]) -> None:
    def learnt() -> bool:
        return {str(route.prefix) for route in router.routes() if route.protocol == "bgp"} == prefixes

    await asyncio.to_thread(eventually, learnt, f"{prefixes} in the router")


async def test_two_labs_side_by_side(lab_bench: Bench, make_bench: Callable[[str], Bench]) -> None:
    """Same topology, other names: nothing of the one is the other's, and one ends while the other goes on."""
    benches = (lab_bench, make_bench("tlab-lab-second"))
    labs = [Lab(each.places, topology=load(SHIPPED)) for each in benches]
    async with labs[0].running() as left:
        async with labs[1].running() as right:
            assert left.url != right.url
            assert await left.wait_until_up(PATIENCE)
            assert await right.wait_until_up(PATIENCE)
            since = {peer_id: session.since for peer_id, session in left.controller.sessions.items()}
        assert nothing_left(benches[1].places)
        assert await left.wait_until_up(0)
        assert {peer_id: session.since for peer_id, session in left.controller.sessions.items()} == since


async def test_a_state_directory_that_cannot_be(lab_bench: Bench) -> None:
    lab_bench.places.state.write_text("a file")
    with pytest.raises(UsageError, match="name another --state-dir"):
        async with Lab(lab_bench.places).running():
            pass
    assert nothing_left(lab_bench.places)
