"""Two connections at once (RFC 4271 section 6.8): which one lives, and that nobody sees a false `up` or `down`."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from contextlib import ExitStack
from ipaddress import ip_interface
from pathlib import Path

import pytest

from lab.bgp.events import (
    Connected,
    DialFailed,
)
from lab.bgp.session import State
from lab.network.links import ensure_addresses
from lab.network.namespaces import inside
from tests.bgp.playground import ADDRESSES, Playground
from tests.bgp.recorder import recorder
from tests.bgp.scripted import (
    KEEPALIVE,
    NOTIFICATION,
    OPEN,
    Router,
    accept,
    call,
    is_closed,
    listen,
)

pytestmark = [pytest.mark.root, pytest.mark.anyio]

COLLISION = bytes([6, 7])


async def test_a_call_takes_the_place_of_an_unanswered_dial(ground: Playground, run_directory: Path) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.until(lambda: bool(ears.of(DialFailed)), "the first dial to fail")
        with await call(ground) as router:
            await router.establish()
            await ears.status(spec.peer_id, "up")
        assert [event.direction for event in ears.of(Connected)] == ["accepted"]  # type: ignore[attr-defined]
        assert ears.statuses(spec.peer_id)[:2] == ["down", "up"]


async def test_the_session_being_opened_wins_and_the_waiting_call_is_refused(
    ground: Playground, run_directory: Path
) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        with listen(ground) as server:
            await ears.launcher.start(spec)
            with await accept(server) as dialled, await call(ground) as waiting:
                await waiting.introduce()
                await dialled.establish()
                await ears.status(spec.peer_id, "up")
                assert await is_closed(waiting) == COLLISION
                await dialled.send(KEEPALIVE)
                assert ears.statuses(spec.peer_id) == ["down", "up"]
                assert len(ears.of(Connected)) == 1


async def test_the_router_drops_the_dialled_session_for_its_own(
    ground: Playground, run_directory: Path
) -> None:
    """RFC 4271 section 6.8, decided by the router: the waiting call is answered at once, and no change is seen."""
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        with listen(ground) as server:
            await ears.launcher.start(spec)
            with await accept(server) as dialled, await call(ground) as waiting:
                await waiting.introduce()
                assert (await dialled.receive())[0] == OPEN
                await dialled.send(NOTIFICATION, COLLISION)
                dropped = time.time()
                assert (await waiting.receive())[0] == OPEN
                await waiting.send(KEEPALIVE)
                await ears.status(spec.peer_id, "up")
                assert ears.seconds_to_established(dropped) < 0.5
        assert [event.direction for event in ears.of(Connected)][:2] == ["dialled", "accepted"]  # type: ignore[attr-defined]
        assert ears.statuses(spec.peer_id)[:2] == ["down", "up"]


async def test_an_answer_and_a_call_at_the_same_moment(ground: Playground, run_directory: Path) -> None:
    """The speaker sleeps while both arrive. It takes the session that it opened, and leaves the call waiting."""
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.until(lambda: bool(ears.of(DialFailed)), "a dial that nobody answers")
        speaker = (await ears.launcher.speakers())[spec.peer_id].pid
        os.kill(speaker, signal.SIGSTOP)
        with listen(ground) as server, await accept(server) as dialled, await call(ground) as waiting:
            os.kill(speaker, signal.SIGCONT)
            await waiting.introduce()
            await dialled.establish()
            await ears.status(spec.peer_id, "up")
            assert await is_closed(waiting) == COLLISION
            assert [event.direction for event in ears.of(Connected)] == ["dialled"]  # type: ignore[attr-defined]


async def test_waiting_for_a_keepalive_costs_nothing(ground: Playground, run_directory: Path) -> None:
    """Not even after the second in which a session may hang."""
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        process = Path(f"/proc/{(await ears.launcher.speakers())[spec.peer_id].pid}")
        with await call(ground) as router:
            await router.introduce()
            await ears.state(spec.peer_id, State.OPENCONFIRM)
            before = cpu_seconds(process)
            await asyncio.sleep(2.0)  # nothing is to happen
            assert cpu_seconds(process) - before < 0.3
            await router.send(KEEPALIVE)
            await ears.status(spec.peer_id, "up")


def cpu_seconds(process: Path) -> float:
    user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def test_a_session_that_hangs_gives_way_to_a_waiting_call(
    ground: Playground, run_directory: Path
) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        with listen(ground) as server:
            await ears.launcher.start(spec)
            with await accept(server) as hanging, await call(ground) as waiting:
                called = time.time()
                await waiting.establish()
                await ears.status(spec.peer_id, "up")
                assert 0.8 < ears.seconds_to_established(called) < 2.0
                assert await is_closed(hanging) == COLLISION
        assert ears.statuses(spec.peer_id)[:2] == ["down", "up"]


async def test_a_second_call_to_an_established_session_is_refused(
    ground: Playground, run_directory: Path
) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as first:
            await first.establish()
            await ears.status(spec.peer_id, "up")
            with await call(ground) as second:
                assert await is_closed(second) == COLLISION
            await first.send(KEEPALIVE)
            assert ears.sessions[spec.peer_id].bgp_status == "up"
            assert len(ears.of(Connected)) == 1


async def test_a_stranger_is_not_spoken_to(ground: Playground, run_directory: Path) -> None:
    """Another address of the router's has no key, so the kernel lets it in; the speaker does not."""
    addresses = [ip_interface(pair[1]) for pair in ADDRESSES.values()]
    await asyncio.to_thread(ensure_addresses, ground.customer, [*addresses, ip_interface("169.254.77.2/30")])
    await asyncio.to_thread(
        ensure_addresses, ground.amazon, [ip_interface("169.254.10.1/30"), ip_interface("169.254.77.1/30")]
    )
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with ExitStack() as closing, pytest.raises((EOFError, ConnectionError)):
            stranger = closing.enter_context(await unsigned_call(ground, "169.254.77.2"))
            await stranger.receive()
        assert not ears.of(Connected)


async def unsigned_call(ground: Playground, source: str) -> Router:
    with inside(ground.customer.namespace):
        client = socket.socket()
    client.setblocking(False)
    client.bind((source, 0))
    await asyncio.get_running_loop().sock_connect(client, (str(ground.address("amazon", 4)), 179))
    return Router(client)
