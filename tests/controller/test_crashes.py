"""kill -9 of the endpoint between any two steps in the kernel, the launcher and the store; then the next one.

A seed chooses what is asked for and at which point the endpoint ends. The next endpoint has to bring machine and store
together: a namespace, an interface, its addresses and a speaker for everything that the store holds, and nothing else.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from lab.controller import Controller, Wiring
from lab.network.vlan import vlan_driver
from lab.places import Places
from tests.controller.conftest import TimeOfDay
from tests.directconnect.office import Office
from tests.directconnect.test_crashes import check, requests
from tests.support.changes import until
from tests.support.crashes import killed_at
from tests.support.machine import compare, is_settled

pytestmark = pytest.mark.root

SEEDS = range(60)
REQUESTS, MOST_POINTS = 5, 120


async def live(office: Office, wiring: Wiring, chance: random.Random) -> None:
    """An endpoint that is asked for this and that, now and then before it has carried out the last."""
    async with Controller(office.cloud, wiring).running():
        office.plug()
        for _ in range(REQUESTS):
            operation, parameters = chance.choice(list(requests(office, chance)))
            office.call(operation, **parameters)
            if chance.random() < 0.6:
                await until(office.cloud, lambda: is_settled(office.cloud))
        await until(office.cloud, lambda: is_settled(office.cloud))


async def come_back(office: Office, wiring: Wiring) -> None:
    """The next endpoint over what the first one left; what it makes of it is looked at while it lives."""
    async with Controller(office.cloud, wiring).running():
        await until(office.cloud, lambda: is_settled(office.cloud))
        await asyncio.to_thread(compare, office.cloud, wiring)


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
