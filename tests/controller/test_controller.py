"""The loop between cloud world and machine, with a real launcher and the real kernel.

No router is at the other end: what is looked at here is what stands and what runs. Sessions are the business
of tests/lab.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from lab.bgp.launcher import Launcher, RunningSpeaker
from lab.controller import Controller, Wiring, controller
from lab.controller.plan import speaker_spec
from lab.directconnect.model import BgpStatus, ConnectionState, VirtualInterface, VirtualInterfaceState
from lab.errors import NetworkError
from lab.network.links import End, find_link, has_carrier, set_link
from lab.network.namespaces import ensure_namespace, namespace_exists, namespaces, netlink, processes_in
from lab.network.vlan import VlanDriver
from lab.places import Places
from tests.directconnect.office import Office
from tests.support.changes import until
from tests.support.command import eventually, launcher, launchers

pytestmark = [pytest.mark.root, pytest.mark.anyio]


class Tripping(Wiring):
    """A device whose kernel refuses to wire a VIF a few times before it gives in."""

    def __init__(self, places: Places, driver: VlanDriver, refusals: int) -> None:
        super().__init__(places, driver)
        self.refusals = refusals

    def ensure_vif(self, vif: VirtualInterface) -> None:
        if self.refusals:
            self.refusals -= 1
            raise NetworkError("Linux refused a change: no buffer space")
        super().ensure_vif(vif)


@asynccontextmanager
async def controlled(office: Office, wiring: Wiring) -> AsyncIterator[Controller]:
    made = Controller(office.cloud, wiring)
    async with made.running():
        yield made


def vif_of(office: Office) -> VirtualInterface:
    (vif,) = office.cloud.virtual_interfaces()
    return vif


def speakers(places: Places, vif: VirtualInterface) -> list[int]:
    return processes_in(places.namespace(vif.id))


def has_launcher(places: Places) -> bool:
    """Not while one dies, or the process that starts the next one is still there."""
    try:
        return bool(launcher(places))
    except (OSError, ValueError):
        return False


def exists(end: End) -> bool:
    with netlink(end.namespace) as kernel:
        return find_link(kernel, end.interface) is not None


async def ready(office: Office, peers: int = 1) -> VirtualInterface:
    """Wait until the only VIF has this many peers, and each is configured and its speaker heard of."""

    def complete() -> bool:
        vif = vif_of(office)
        states = [(peer.state.value, bool(office.cloud.last_change(peer.id))) for peer in vif.peers]
        return states == [("available", True)] * peers

    await until(office.cloud, complete)
    return vif_of(office)


def ordered(office: Office, **members: Any) -> VirtualInterface:  # noqa: ANN401 -- members have every type
    """A VIF on a connection without a cable."""
    connection = office.cloud.plug_cable("office", location="EqDC2")
    return office.resource(office.private(connection.id, **members)["virtualInterfaceId"])


async def test_a_vif_gets_a_speaker_per_peer(office: Office, places: Places, wiring: Wiring) -> None:
    async with controlled(office, wiring):
        created = ordered(office)
        await ready(office)
        office.add_peer(created.id)
        vif = await ready(office, peers=2)
        assert len(speakers(places, vif)) == 2
        assert [peer.status for peer in vif.peers] == [BgpStatus.DOWN] * 2
    await asyncio.to_thread(eventually, lambda: not launchers(places), "the launcher to be gone")


async def test_a_deleted_peer_leaves_the_other_alone(office: Office, places: Places, wiring: Wiring) -> None:
    async with controlled(office, wiring):
        created = ordered(office)
        await ready(office)
        first = speakers(places, created)
        office.add_peer(created.id)
        vif = await ready(office, peers=2)
        office.call("DeleteBGPPeer", virtualInterfaceId=vif.id, bgpPeerId=vif.peers[1].id)
        await ready(office, peers=1)
        assert speakers(places, vif) == first


async def test_a_deleted_vif_leaves_nothing(office: Office, places: Places, wiring: Wiring) -> None:
    async with controlled(office, wiring) as running:
        created = ordered(office)
        vif = await ready(office)
        office.call("DeleteVirtualInterface", virtualInterfaceId=created.id)
        await until(office.cloud, lambda: vif_of(office).state is VirtualInterfaceState.DELETED)
        assert not namespace_exists(places.namespace(vif.id))
        assert dict(running.sessions) == {}


@pytest.fixture
def router(wiring: Wiring) -> End:
    """Where a customer's end of the cable goes."""
    ensure_namespace(wiring.places.namespace("edge"))
    return End(wiring.places.namespace("edge"), "eth1")


async def test_a_deleted_connection_loses_its_port(office: Office, wiring: Wiring, router: End) -> None:
    async with controlled(office, wiring) as running:
        connection = office.cloud.plug_cable("office", location="EqDC2")
        await running.plug(connection.id, router)
        await until(office.cloud, lambda: office.connection(connection.id).carrier)
        office.call("DeleteConnection", connectionId=connection.id)
        await until(office.cloud, lambda: office.connection(connection.id).state is ConnectionState.DELETED)
        assert not await asyncio.to_thread(exists, router)


async def test_carrier_is_the_connections_state(office: Office, wiring: Wiring, router: End) -> None:
    async with controlled(office, wiring) as running:
        vif = ordered(office)
        await ready(office)
        await running.plug(vif.connection_id, router)
        for up in (True, False, True):
            await carrier_becomes(office, wiring, router, up)


async def carrier_becomes(office: Office, wiring: Wiring, router: End, up: bool) -> None:
    """Set the router's end, and see connection, VIF and VIF interface follow."""
    await asyncio.to_thread(set_link, router, up=up)
    state = ConnectionState.AVAILABLE if up else ConnectionState.DOWN
    await until(office.cloud, lambda: office.cloud.connections()[0].state is state)
    interface = wiring.interface(vif_of(office).id)
    await asyncio.to_thread(
        eventually, lambda: has_carrier(interface) is up, "the VIF's interface to have the port's carrier"
    )


async def test_what_linux_refuses_is_tried_again(
    office: Office, wiring: Wiring, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(controller, "RETRY_FIRST", 0.01)
    caplog.set_level(logging.ERROR, "dxlab.controller")
    async with controlled(office, Tripping(wiring.places, wiring.driver, refusals=3)):
        ordered(office)
        vif = await ready(office)
    assert [record.getMessage() for record in caplog.records] == [
        f"event=not-wired vif={vif.id} connection={vif.connection_id}"
        f' error="Linux refused a change: no buffer space" retry_in={delay} action="it is tried again"'
        for delay in (0.01, 0.02, 0.04)
    ]


async def test_a_vif_that_is_deleted_while_linux_refuses_it(
    office: Office, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller, "RETRY_FIRST", 0.01)
    monkeypatch.setattr(controller, "RETRY_MOST", 0.02)
    refusing = Tripping(wiring.places, wiring.driver, refusals=1_000_000)
    async with controlled(office, refusing):
        created = ordered(office)
        await asyncio.to_thread(eventually, lambda: refusing.refusals < 1_000_000, "a refusal")
        office.call("DeleteVirtualInterface", virtualInterfaceId=created.id)
        await until(office.cloud, lambda: vif_of(office).state is VirtualInterfaceState.DELETED)


@pytest.mark.parametrize("office", [{"verification_delay": 0.3}], indirect=True)
async def test_a_verifying_vif_is_not_wired(office: Office, places: Places, wiring: Wiring) -> None:
    """A public VIF's addresses are verified for as long as the setting says; nothing stands meanwhile."""
    async with controlled(office, wiring):
        connection = office.cloud.plug_cable("office", location="EqDC2")
        created = office.public(connection.id)
        assert created["virtualInterfaceState"] == "verifying"
        port = wiring.port(connection.id)
        await asyncio.to_thread(eventually, lambda: exists(port), "the port, which is wired in the same way")
        assert not namespace_exists(places.namespace(created["virtualInterfaceId"]))
        vif = await ready(office)
        assert len(speakers(places, vif)) == 1


# ---- what an earlier endpoint left ------------------------------------------------------------------------


async def left_running(
    office: Office,
    wiring: Wiring,
    vif: VirtualInterface,
    **changes: Any,  # noqa: ANN401
) -> RunningSpeaker:
    """A speaker as a killed endpoint leaves it: the wire stands, the launcher lives, nobody listens."""
    await asyncio.to_thread(wiring.ensure_vif, vif)
    spec = speaker_spec(office.cloud, vif, vif.peers[0], wiring.interface(vif.id).namespace)
    earlier = await Launcher.open(wiring.places.run)
    await earlier.start(replace(spec, **changes))
    (speaker,) = (await earlier.speakers()).values()
    await earlier.close()
    return speaker


async def test_the_wanted_speaker_is_adopted(office: Office, places: Places, wiring: Wiring) -> None:
    vif = ordered(office)
    speaker = await left_running(office, wiring, vif)
    async with controlled(office, wiring):
        await ready(office)
        assert speakers(places, vif) == [speaker.pid]


async def test_another_speaker_is_replaced(office: Office, places: Places, wiring: Wiring) -> None:
    vif = ordered(office)
    speaker = await left_running(office, wiring, vif, auth_key="an0therKey")
    async with controlled(office, wiring):
        await ready(office)
        await asyncio.to_thread(eventually, lambda: speaker.pid not in speakers(places, vif), "the old to go")
        assert len(speakers(places, vif)) == 1


async def test_orphans_are_removed(office: Office, places: Places, wiring: Wiring) -> None:
    """A speaker and a namespace whose VIF was deleted while no endpoint lived."""
    vif = ordered(office)
    orphan = vif.model_copy(update={"id": "dxvif-orphan00", "vlan": 102})
    await left_running(
        office, wiring, orphan, peer_id="dxpeer-orphan00", namespace=places.namespace(orphan.id)
    )
    assert speakers(places, orphan)
    async with controlled(office, wiring):
        await ready(office)
        assert not namespace_exists(places.namespace(orphan.id))
        standing = [
            name.removeprefix(places.namespace_prefix) for name in namespaces(places.namespace_prefix)
        ]
        assert sorted(standing) == ["dx", vif.id]


async def test_a_launcher_that_dies_is_replaced(office: Office, places: Places, wiring: Wiring) -> None:
    async with controlled(office, wiring):
        ordered(office)
        vif = await ready(office)
        before = launcher(places)
        (old,) = speakers(places, vif)
        os.kill(before, signal.SIGKILL)

        def replaced() -> bool:
            return bool(speakers(places, vif)) and old not in speakers(places, vif) and has_launcher(places)

        await asyncio.to_thread(eventually, replaced, "another speaker of another launcher")
        assert launcher(places) != before
        await ready(office)
