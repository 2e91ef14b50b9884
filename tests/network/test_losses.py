"""What is deleted in namespaces, and names of namespaces that go, told by the kernel."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_interface

import pytest

from lab.network.links import End, ensure_addresses, ensure_cable, remove_link
from lab.network.losses import Losses, Lost
from lab.network.namespaces import hold_namespace, namespace_exists, remove_namespace, restore_namespace

pytestmark = [pytest.mark.root, pytest.mark.anyio]

PATIENCE = 10.0


@pytest.fixture
def cable(namespace: Callable[[str], str]) -> tuple[End, End]:
    ends = End(namespace("here"), "one"), End(namespace("there"), "other")
    ensure_cable(*ends)
    for end, text in zip(ends, ("192.0.2.1/30", "2001:db8::2/126"), strict=True):
        ensure_addresses(end, [ip_interface(text)])
    return ends


@asynccontextmanager
async def expected(namespace: str, *whats: object) -> AsyncIterator[None]:
    """All of these are lost in the block."""
    missing = {Lost(what) for what in whats}  # type: ignore[arg-type]
    async with Losses(namespace) as losses:
        yield
        async with asyncio.timeout(PATIENCE):
            async for lost in losses:
                missing.discard(lost)
                if not missing:
                    return


async def test_an_address_at_either_end(cable: tuple[End, End]) -> None:
    async with expected(cable[0].namespace, ip_address("192.0.2.1"), ip_address("2001:db8::2")):
        for end in cable:
            await asyncio.to_thread(ensure_addresses, end, [])


async def test_an_interface_and_with_it_its_other_end(cable: tuple[End, End]) -> None:
    async with expected(cable[0].namespace, "one", "other"):
        await asyncio.to_thread(remove_link, cable[1])


async def test_a_process_that_may_not_listen_beyond_its_own(cable: tuple[End, End]) -> None:
    """As in a container with few capabilities."""
    program = (
        "import asyncio\nfrom lab.network.losses import Losses\n"
        "async def listen() -> None:\n"
        f"    async with Losses({cable[0].namespace!r}):\n        pass\n"
        "asyncio.run(listen())\n"
    )
    few = ("setpriv", "--bounding-set=-net_broadcast", "--inh-caps=-all", sys.executable, "-c", program)
    done = await asyncio.to_thread(subprocess.run, few, capture_output=True, text=True, check=False)
    assert (
        "PrivilegeError: to hear of changes in its network namespaces, the lab needs the capability"
        in done.stderr
    )


async def test_the_name_of_a_namespace(cable: tuple[End, End]) -> None:
    async with expected(cable[0].namespace, cable[1].namespace):
        await asyncio.to_thread(remove_namespace, cable[1].namespace)


def test_a_namespace_that_is_held_gets_its_name_again(namespace: Callable[[str], str]) -> None:
    name = namespace("held")
    held = hold_namespace(name)
    remove_namespace(name)
    for _ in range(2):
        restore_namespace(name, held)
        assert namespace_exists(name)
    os.close(held)
