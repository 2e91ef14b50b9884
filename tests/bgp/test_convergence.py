"""A session comes up within 3 s of both ends being ready, whatever came first, and the history shows nothing else.

FRR and BIRD behave differently where it matters here: FRR dials at once and after an end pauses for a second, and
refuses calls meanwhile; BIRD takes calls at any time, and dials after a delay.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.bgp.events import Connected, Established, SessionClosed, SpeakerExited, SpeakerStarted
from tests.bgp.daemons import Bird, Frr, bird_configuration, frr_configuration
from tests.bgp.playground import Playground
from tests.bgp.recorder import recorder

pytestmark = [pytest.mark.root, pytest.mark.anyio]

IN_TIME = 3.0
FAMILIES = pytest.mark.parametrize("family", [4, 6])


@FAMILIES
async def test_the_router_was_first(ground: Playground, frr: Frr, run_directory: Path, family: int) -> None:
    frr.start(frr_configuration())
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        ready = time.time()
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
        assert ears.seconds_to_established(ready) < IN_TIME
        assert ears.statuses(spec.peer_id) == ["down", "up"]


@FAMILIES
async def test_the_speaker_was_first(ground: Playground, frr: Frr, run_directory: Path, family: int) -> None:
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        frr.start(frr_configuration())
        ready = time.time()
        await ears.status(spec.peer_id, "up")
        assert ears.seconds_to_established(ready) < IN_TIME
        assert ears.statuses(spec.peer_id) == ["down", "up"]


@FAMILIES
async def test_bird_before_and_after_the_speaker(
    ground: Playground, bird: Bird, run_directory: Path, family: int
) -> None:
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        for _ in range(2):
            bird.start(bird_configuration())
            ready = time.time()
            await ears.status(spec.peer_id, "up")
            assert ears.seconds_to_established(ready) < IN_TIME
            bird.stop()
            await ears.status(spec.peer_id, "down")
        assert ears.statuses(spec.peer_id) == ["down", "up", "down", "up", "down"]
        assert ears.sessions[spec.peer_id].flaps == 2


@FAMILIES
async def test_a_passive_frr(ground: Playground, frr: Frr, run_directory: Path, family: int) -> None:
    frr.start(frr_configuration(extra=["passive"]))
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        ready = time.time()
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
        assert ears.seconds_to_established(ready) < IN_TIME
        assert [event.direction for event in ears.of(Connected)][-1] == "dialled"  # type: ignore[attr-defined]
        assert ears.statuses(spec.peer_id) == ["down", "up"]


@FAMILIES
async def test_a_passive_bird(ground: Playground, bird: Bird, run_directory: Path, family: int) -> None:
    bird.start(bird_configuration(extra=["passive yes;"]))
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        ready = time.time()
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
        assert ears.seconds_to_established(ready) < IN_TIME
        assert ears.statuses(spec.peer_id) == ["down", "up"]


@FAMILIES
async def test_a_router_that_only_dials(
    ground: Playground, frr_that_only_dials: Frr, run_directory: Path, family: int
) -> None:
    """Then the speaker is killed: the next one must be listening before the router has given up."""
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        frr_that_only_dials.start(frr_configuration())
        ready = time.time()
        await ears.status(spec.peer_id, "up")
        assert ears.seconds_to_established(ready) < IN_TIME
        killed = time.time()
        os.kill((await ears.launcher.speakers())[spec.peer_id].pid, signal.SIGKILL)
        await ears.until(lambda: len(ears.of(Established)) == 2, "the second speaker's session")
        assert ears.seconds_to_established(killed) < IN_TIME
        assert {event.direction for event in ears.of(Connected)} == {"accepted"}  # type: ignore[attr-defined]
        assert ears.statuses(spec.peer_id) == ["down", "up", "down", "up"]


@pytest.fixture
def frr_that_only_dials(ground: Playground, run_directory: Path) -> Iterator[Frr]:
    router = Frr(ground.customer.namespace, run_directory / "frr", listens=False)
    yield router
    router.stop()


@FAMILIES
async def test_the_router_is_killed_and_starts_again(
    ground: Playground, frr: Frr, run_directory: Path, family: int
) -> None:
    frr.start(frr_configuration())
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
        killed = time.time()
        frr.kill_bgpd()
        await ears.status(spec.peer_id, "down")
        assert ears.of(SessionClosed)[-1].at - killed < 1.0
        frr.start_bgpd()
        ready = time.time()
        await ears.status(spec.peer_id, "up")
        assert ears.seconds_to_established(ready) < IN_TIME
        assert ears.statuses(spec.peer_id) == ["down", "up", "down", "up"]


@FAMILIES
@pytest.mark.parametrize("kind", ["frr", "bird"])
async def test_the_cable_is_pulled_out_and_put_back(
    ground: Playground, frr: Frr, bird: Bird, run_directory: Path, family: int, kind: str
) -> None:
    if kind == "frr":
        frr.start(frr_configuration())
    else:
        bird.start(bird_configuration())
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
        await asyncio.to_thread(ground.plug, up=False)
        pulled = time.time()
        await ears.launcher.set_link(spec.peer_id, False)
        await ears.status(spec.peer_id, "down")
        assert ears.of(SessionClosed)[-1].at - pulled < 1.0
        assert ears.sessions[spec.peer_id].reason == "carrier lost"
        await asyncio.to_thread(ground.plug, up=True)
        ready = time.time()
        await ears.launcher.set_link(spec.peer_id, True)
        await ears.status(spec.peer_id, "up")
        assert ears.seconds_to_established(ready) < IN_TIME
        assert ears.statuses(spec.peer_id) == ["down", "up", "down", "up"]


@FAMILIES
async def test_the_key_is_corrected_on_the_router(
    ground: Playground, frr: Frr, run_directory: Path, family: int
) -> None:
    frr.start(frr_configuration(key="wrong-key"))
    spec = ground.spec(family)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        expected = f"no answer from {spec.peer_address} yet"
        await ears.until(lambda: ears.sessions[spec.peer_id].reason == expected, "the reason")
        frr.vtysh(
            "configure terminal",
            "router bgp 65001",
            f"neighbor {spec.local_address} password {spec.auth_key}",
        )
        ready = time.time()
        await ears.status(spec.peer_id, "up")
        assert ears.seconds_to_established(ready) < IN_TIME
        assert ears.statuses(spec.peer_id) == ["down", "up"]


@pytest.mark.parametrize("router_id", ["169.254.10.2", "10.0.0.1"], ids=["higher", "lower"])
async def test_twenty_restarts_with_both_ends_dialling(
    ground: Playground, frr: Frr, run_directory: Path, router_id: str
) -> None:
    """Whichever connection survives the collision, every life of the speaker has one session, and nothing else."""
    frr.start(frr_configuration(router_id=router_id, extra=["timers connect 1"]))
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        for life in range(1, 21):
            await ears.launcher.start(spec)
            await ears.status(spec.peer_id, "up")
            assert ears.seconds_to_established(ears.of(SpeakerStarted)[-1].at) < IN_TIME
            await ears.launcher.stop(spec.peer_id)
            await ears.until(lambda life=life: len(ears.of(SpeakerExited)) == life, "the speaker's end")  # type: ignore[misc]
        assert len(ears.of(Established)) == 20
        assert ears.statuses(spec.peer_id) == ["down", *["up", "down"] * 20]
