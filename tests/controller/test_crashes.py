"""kill -9 of the endpoint between any two steps in the kernel, the launcher and the store; then the next one.

A seed chooses what is asked for and at which point the endpoint ends. The next endpoint has to bring machine and store
together: a namespace, an interface, its addresses and a speaker for everything that the store holds, and nothing else.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
from pathlib import Path

import pytest

from lab.controller import Controller, Wiring
from lab.directconnect.model import BgpPeerState, ConnectionState, VirtualInterface, VirtualInterfaceState
from lab.network.namespaces import namespaces, processes_in
from lab.network.vlan import vlan_driver
from lab.places import Places
from tests.controller.conftest import TimeOfDay
from tests.directconnect.office import Office
from tests.directconnect.test_crashes import check, requests
from tests.support.changes import until
from tests.support.command import eventually
from tests.support.crashes import killed_at

pytestmark = pytest.mark.root

SEEDS = range(60)
REQUESTS, MOST_POINTS = 5, 120


def wired(office: Office) -> list[VirtualInterface]:
    return [
        vif for vif in office.cloud.virtual_interfaces() if vif.state is not VirtualInterfaceState.DELETED
    ]


def is_settled(office: Office) -> bool:
    """Whether everything is carried out, and every speaker heard of."""
    states = (VirtualInterfaceState.DOWN, VirtualInterfaceState.AVAILABLE)
    peers = [peer for vif in wired(office) for peer in vif.peers]
    return (
        all(vif.state in states for vif in wired(office))
        and all(peer.state is BgpPeerState.AVAILABLE for peer in peers)
        and all(office.cloud.last_change(peer.id) for peer in peers)
    )


async def live(office: Office, wiring: Wiring, chance: random.Random) -> None:
    """An endpoint that is asked for this and that, now and then before it has carried out the last."""
    async with Controller(office.cloud, wiring).running():
        office.plug()
        for _ in range(REQUESTS):
            operation, parameters = chance.choice(list(requests(office, chance)))
            office.call(operation, **parameters)
            if chance.random() < 0.6:
                await until(office.cloud, lambda: is_settled(office))
        await until(office.cloud, lambda: is_settled(office))


async def come_back(office: Office, wiring: Wiring) -> None:
    """The next endpoint over what the first one left; what it makes of it is looked at while it lives."""
    async with Controller(office.cloud, wiring).running():
        await until(office.cloud, lambda: is_settled(office))
        await asyncio.to_thread(compare, office, wiring)


def compare(office: Office, wiring: Wiring) -> None:
    """The machine has what the store holds, and nothing else."""
    vifs = wired(office)
    ends = {vif.id: wiring.interface(vif.id) for vif in vifs}
    standing = namespaces(wiring.places.namespace_prefix)
    assert standing == sorted([wiring.device, *(end.namespace for end in ends.values())])
    for vif in vifs:
        end = ends[vif.id]
        assert addresses(end.namespace, end.interface) == {str(peer.amazon_address) for peer in vif.peers}
        assert len(processes_in(end.namespace)) == len(vif.peers)
    # A connection's state does not tell that it has its port yet.
    gone = (ConnectionState.REQUESTED, ConnectionState.PENDING, ConnectionState.DELETED)
    ports = {each.id for each in office.cloud.connections() if each.state not in gone}
    eventually(lambda: links(wiring.device, "dxcon-") == ports, f"the ports to be {ports}")
    assert len(links(wiring.device, "tag")) == (len(vifs) if wiring.driver.name == "ebpf" else 0)


def ip(namespace: str, *arguments: str) -> list[list[str]]:
    """What ip(8) prints, in words."""
    done = subprocess.run(
        ["ip", "-n", namespace, "-o", *arguments], check=True, capture_output=True, text=True
    )
    return [line.split() for line in done.stdout.splitlines()]


def addresses(namespace: str, interface: str) -> set[str]:
    return {words[3] for words in ip(namespace, "address", "show", "dev", interface, "scope", "global")}


def links(namespace: str, prefix: str) -> set[str]:
    names = (words[1].rstrip(":").partition("@")[0] for words in ip(namespace, "link"))
    return {name for name in names if name.startswith(prefix)}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_crash_leaves(places: Places, tmp_path: Path, seed: int) -> None:
    wiring = Wiring(places, vlan_driver())

    def first() -> None:
        asyncio.run(live(Office(tmp_path / "state", TimeOfDay()), wiring, random.Random(seed)))

    killed_at(random.Random(~seed).randrange(1, MOST_POINTS), first)
    office = Office(tmp_path / "state", TimeOfDay())
    check(office)
    asyncio.run(come_back(office, wiring))
    check(office)
    office.close()
