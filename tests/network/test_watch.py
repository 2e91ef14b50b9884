"""News of carrier."""

from __future__ import annotations

import asyncio
import select
import socket
import time
from collections.abc import AsyncIterator, Callable

import pytest

from lab.errors import NetworkError
from lab.network.links import End, ensure_cable, remove_link, set_link
from lab.network.namespaces import netlink
from lab.network.watch import LinkEvent, LinkWatch
from tests.network.wire import eventually

pytestmark = [pytest.mark.root, pytest.mark.anyio]

Make = Callable[[str], str]


@pytest.fixture
def cable(namespace: Make) -> tuple[End, End]:
    ends = End(namespace("dx"), "dxcon-fg12ab34"), End(namespace("edge"), "eth1")
    ensure_cable(*ends)
    return ends


async def next_of(events: AsyncIterator[LinkEvent], interface: str) -> bool:
    """The carrier in the next event about that interface."""
    async with asyncio.timeout(5):
        async for event in events:
            if event.interface == interface:
                return event.carrier
    raise AssertionError("the watch ended")


async def test_first_comes_a_snapshot(cable: tuple[End, End]) -> None:
    async with LinkWatch(cable[0].namespace, "dxcon-") as watch, asyncio.timeout(5):
        assert await anext(aiter(watch)) == LinkEvent("dxcon-fg12ab34", True)


async def test_other_interfaces_are_nobodys_business(cable: tuple[End, End]) -> None:
    """Not even where a message about one has the prefix somewhere else."""
    other, second = End(cable[0].namespace, "other"), End(cable[0].namespace, "dxcon-fg99zz99")

    def make_others() -> None:
        ensure_cable(other, End(cable[1].namespace, "eth2"))
        with netlink(cable[0].namespace) as kernel:
            kernel.link("set", ifname=other.interface, ifalias="dxcon-fg12ab34")
        remove_link(other)
        ensure_cable(second, End(cable[1].namespace, "eth3"))

    async with LinkWatch(cable[0].namespace, "dxcon-") as watch, asyncio.timeout(5):
        events = aiter(watch)
        assert await anext(events) == LinkEvent("dxcon-fg12ab34", True)
        await asyncio.to_thread(make_others)
        assert (await anext(events)).interface == second.interface


@pytest.mark.parametrize("unplugged", [0, 1], ids=["here", "at the other end"])
async def test_a_lost_and_returned_carrier_is_told_at_once(cable: tuple[End, End], unplugged: int) -> None:
    async with LinkWatch(cable[0].namespace, "dxcon-") as watch:
        events = aiter(watch)
        assert await next_of(events, "dxcon-fg12ab34")
        for carrier in (False, True, False):
            started = time.monotonic()
            await asyncio.to_thread(set_link, cable[unplugged], up=carrier)
            assert await next_of(events, "dxcon-fg12ab34") is carrier
            if not carrier:
                # Linux may hold a returned carrier back for a second, a lost one it must not.
                assert time.monotonic() - started < 0.5


async def test_interfaces_come_and_go(cable: tuple[End, End]) -> None:
    new = End(cable[0].namespace, "dxcon-fg99zz99")
    async with LinkWatch(cable[0].namespace, "dxcon-") as watch:
        events = aiter(watch)
        assert await next_of(events, "dxcon-fg12ab34")
        await asyncio.to_thread(ensure_cable, new, End(cable[1].namespace, "eth2"))
        while not await next_of(events, new.interface):
            """Made first, up later."""
        await asyncio.to_thread(remove_link, new)
        assert not await next_of(events, new.interface)


async def test_what_is_no_change_of_carrier_is_not_told(cable: tuple[End, End]) -> None:
    def change_mtu() -> None:
        with netlink(cable[0].namespace) as kernel:
            for mtu in (1500, 8500, 9001):
                kernel.link("set", ifname=cable[0].interface, mtu=mtu)

    async with LinkWatch(cable[0].namespace, "dxcon-") as watch:
        events = aiter(watch)
        assert await next_of(events, cable[0].interface)
        await asyncio.to_thread(change_mtu)
        await asyncio.to_thread(set_link, cable[0], up=False)
        assert not await next_of(events, cable[0].interface)


@pytest.mark.parametrize("others", range(4))
async def test_lost_messages_are_made_good(cable: tuple[End, End], others: int) -> None:
    """What was still in the full buffer is older than the inventory, and must not have the last word.

    :param others: messages before the flood, so that the buffer ends now with a lost carrier, now with a new.
    """
    marker = End(cable[0].namespace, "dxcon-marker")

    def overflow() -> None:
        with netlink(cable[0].namespace) as kernel:
            for number in range(others):
                kernel.link("set", ifname="lo", mtu=2000 + number)
        for _ in range(20):
            set_link(cable[0], up=False)
            set_link(cable[0], up=True)

    async def until_marker() -> list[LinkEvent]:
        told = []
        while (event := await anext(events)) != LinkEvent(marker.interface, True):
            told.append(event)
        return told

    async with LinkWatch(cable[0].namespace, "dxcon-") as watch, asyncio.timeout(10):
        assert watch._socket is not None
        listener = watch._socket
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        events = aiter(watch)
        assert await next_of(events, cable[0].interface)
        await asyncio.to_thread(overflow)
        reader = asyncio.create_task(until_marker())
        await asyncio.to_thread(
            eventually, lambda: not select.select([listener], [], [], 0)[0], "all is read"
        )
        await asyncio.to_thread(ensure_cable, marker, End(cable[1].namespace, marker.interface))
        carriers = [event.carrier for event in await reader if event.interface == cable[0].interface]
        assert carriers[-1:] in ([], [True])


async def test_an_interface_whose_end_was_lost_is_reported_gone(cable: tuple[End, End]) -> None:
    async with LinkWatch(cable[0].namespace, "dxcon-") as watch:
        assert watch._socket is not None
        events = aiter(watch)
        assert await next_of(events, cable[0].interface)
        watch._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        await asyncio.to_thread(remove_link, cable[0])
        assert not await next_of(events, cable[0].interface)


async def test_a_missing_namespace_is_named(prefix: str) -> None:
    with pytest.raises(NetworkError, match=f"there is no network namespace '{prefix}none'"):
        async with LinkWatch(f"{prefix}none", "dxcon-"):
            pytest.fail("opened")
