"""Too many prefixes: Cease 6/1, then probation until the router is back within the limit."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest

from lab.bgp.events import (
    Connected,
    Established,
    PrefixLimitExceeded,
    ProbationPassed,
    SessionClosed,
    SpeakerStarted,
)
from lab.bgp.spec import Network, SpeakerSpec
from tests.bgp.daemons import Bird, Frr, bird_configuration, frr_configuration
from tests.bgp.playground import Playground
from tests.bgp.recorder import Recorder, listening, recorder
from tests.bgp.scripted import call, listen, prefixes

pytestmark = [pytest.mark.root, pytest.mark.anyio]

LIMIT = 3


def limited(ground: Playground) -> SpeakerSpec:
    return ground.spec(prefix_limit=LIMIT)


async def exceed(ground: Playground, ears: Recorder) -> bytes:
    """A session that is cut off; returns the NOTIFICATION."""
    before = len(ears.of(SessionClosed))
    with await call(ground) as router:
        await router.establish()
        await router.announce(*prefixes(LIMIT + 1))
        notification = await router.receive_notification()
    await ears.until(lambda: len(ears.of(SessionClosed)) > before, "the end")
    return notification


async def test_one_too_many_ends_the_session(ground: Playground, run_directory: Path) -> None:
    spec = limited(ground)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        # RFC 4486 section 4: IPv4 (2 octets), unicast (1), the upper bound (4).
        assert await exceed(ground, ears) == bytes([6, 1, 0, 1, 1, 0, 0, 0, LIMIT])
        assert ears.statuses(spec.peer_id) == ["down", "up", "down"]
        session = ears.sessions[spec.peer_id]
        assert session.limit_exceeded
        assert session.reason == (
            "4 prefixes received, the limit is 3; "
            "NOTIFICATION sent: Cease / Maximum Number of Prefixes Reached (6/1)"
        )


async def test_only_distinct_prefixes_that_are_held_count(ground: Playground, run_directory: Path) -> None:
    first, second, third, fourth = prefixes(LIMIT + 1)
    spec = limited(ground)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish()
            await router.announce(first, second, third)
            await router.announce(first, second, third, as_path=(65001, 65002))
            await router.announce(fourth, as_path=(65001, 64512))  # not accepted: it has passed through us
            await router.withdraw(first)
            await router.announce(fourth)
            await ears.until(lambda: str(fourth) in ears.sessions[spec.peer_id].routes, "the last one")
            assert len(ears.sessions[spec.peer_id].routes) == LIMIT
            assert not ears.of(PrefixLimitExceeded)


async def test_on_probation_nothing_is_dialled(ground: Playground, run_directory: Path) -> None:
    spec = limited(ground)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await exceed(ground, ears)
        await ears.launcher.set_link(spec.peer_id, False)
        await ears.launcher.set_link(spec.peer_id, True)
        with listen(ground) as server, pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                await asyncio.get_running_loop().sock_accept(server)


async def test_again_too_many_and_it_was_never_up(ground: Playground, run_directory: Path) -> None:
    spec = limited(ground)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        for _ in range(3):
            await exceed(ground, ears)
        assert [event.probation for event in ears.of(Established)] == [False, True, True]  # type: ignore[attr-defined]
        assert len(ears.of(PrefixLimitExceeded)) == 3
        assert ears.statuses(spec.peer_id) == ["down", "up", "down"]


@pytest.mark.parametrize(
    ("end_of_rib", "least", "most"), [(True, 0.0, 0.5), (False, 4.8, 6.0)], ids=["end-of-rib", "quiet"]
)
async def test_within_the_limit_probation_passes(
    ground: Playground, run_directory: Path, end_of_rib: bool, least: float, most: float
) -> None:
    spec = limited(ground)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await exceed(ground, ears)
        with await call(ground) as router:
            await router.establish()
            await router.announce(*prefixes(LIMIT))
            if end_of_rib:
                await router.end_of_rib()
            await ears.status(spec.peer_id, "up")
            waited = ears.of(ProbationPassed)[-1].at - ears.of(Established)[-1].at
            assert least <= waited < most
            assert not ears.sessions[spec.peer_id].limit_exceeded
        # It is over: the next session counts at once, and is dialled.
        with listen(ground):
            await ears.until(lambda: ears.of(Connected)[-1].direction == "dialled", "a dial")  # type: ignore[attr-defined]


async def test_probation_outlives_the_speaker_and_the_endpoint(
    ground: Playground, run_directory: Path
) -> None:
    spec = limited(ground)
    async with listening(run_directory) as ears:
        await ears.launcher.start(spec)
        await exceed(ground, ears)
        os.kill((await ears.launcher.speakers())[spec.peer_id].pid, signal.SIGKILL)
        await ears.until(lambda: len(ears.of(SpeakerStarted)) == 2, "the next speaker")
    async with recorder(run_directory) as ears:
        await ears.until(lambda: ears.sessions[spec.peer_id].limit_exceeded, "the snapshot")
        await exceed(ground, ears)
        assert "up" not in ears.statuses(spec.peer_id)


SURPLUS = [ip_network(f"198.18.{number}.0/24") for number in range(101)]
SURPLUS6 = [ip_network(f"2001:db8:{number:x}::/48") for number in range(0x100, 0x165)]


@pytest.mark.parametrize(("family", "surplus"), [(4, SURPLUS), (6, SURPLUS6)])
async def test_a_real_router_withdraws_and_starts_anew(
    ground: Playground, bird: Bird, run_directory: Path, family: int, surplus: Sequence[Network]
) -> None:
    """BIRD calls again by itself after Cease 6/1, again and again, until the surplus is gone."""
    spec = ground.spec(family)
    bird.start(bird_configuration(networks=surplus))
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.until(lambda: len(ears.of(PrefixLimitExceeded)) == 2, "the second time")
        assert ears.of(PrefixLimitExceeded)[0].received == 101  # type: ignore[attr-defined]
        bird.configure(bird_configuration(networks=surplus[1:]))
        await ears.status(spec.peer_id, "up")
        assert len(ears.sessions[spec.peer_id].routes) == 100
        assert ears.statuses(spec.peer_id) == ["down", "up", "down", "up"]


async def test_frr_which_sends_no_end_of_rib(ground: Playground, frr: Frr, run_directory: Path) -> None:
    spec = ground.spec(prefix_limit=2)
    frr.start(frr_configuration(networks=SURPLUS[:3]))
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.until(lambda: len(ears.of(PrefixLimitExceeded)) == 2, "the second time")
        frr.vtysh("configure terminal", "router bgp 65001", "address-family ipv4", f"no network {SURPLUS[0]}")
        mended = time.time()
        frr.vtysh("clear bgp 169.254.10.1")
        await ears.status(spec.peer_id, "up", seconds=20.0)
        assert ears.of(ProbationPassed)[-1].at - mended < 12.0
        assert ears.statuses(spec.peer_id) == ["down", "up", "down", "up"]
