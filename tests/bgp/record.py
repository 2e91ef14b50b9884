"""Records the conformance cases anew, from real sessions: `python -m tests.bgp.record [CASE...]`, as root.

A case is a directory with `events.jsonl`, what the speakers of one lab reported, and `expect.json`, what the state
machine is to make of it. Both come from the same run; read the difference before you keep it.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from lab.bgp.events import NotificationReceived, NotificationSent, PrefixLimitExceeded, SpeakerEvent
from lab.bgp.session import Session, StatusChanged, step
from tests.bgp.daemons import Bird, Frr, bird_configuration, frr_configuration
from tests.bgp.playground import Playground, playground
from tests.bgp.recorder import Recorder, listening, recorder

CASES = Path(__file__).parent / "conformance"
RUN = Path("/run/dxlab-tbgp-record")


@dataclass(frozen=True)
class Stage:
    """What a case plays on."""

    ground: Playground
    frr: Frr
    bird: Bird
    ears: Recorder


async def frr_comes_up(stage: Stage) -> None:
    stage.frr.start(frr_configuration())
    spec = stage.ground.spec()
    await stage.ears.launcher.start(spec)
    await stage.ears.until(lambda: bool(stage.ears.sessions[spec.peer_id].routes), "the routes")


async def bird_ipv6_leaves(stage: Stage) -> None:
    stage.bird.start(bird_configuration())
    spec = stage.ground.spec(6)
    await stage.ears.launcher.start(spec)
    await stage.ears.until(lambda: bool(stage.ears.sessions[spec.peer_id].routes), "the routes")
    stage.bird.stop()
    await stage.ears.status(spec.peer_id, "down")


async def frr_is_cleared(stage: Stage) -> None:
    await frr_comes_up(stage)
    stage.frr.vtysh("clear bgp 169.254.10.1")
    await stage.ears.until(
        lambda: stage.ears.statuses("dxpeer-4") == ["down", "up", "down", "up"], "its return"
    )


async def frr_shuts_down_with_a_message(stage: Stage) -> None:
    await frr_comes_up(stage)
    line = "neighbor 169.254.10.1 shutdown message moving to rack 12"
    stage.frr.vtysh("configure terminal", "router bgp 65001", line)
    await stage.ears.status("dxpeer-4", "down")


async def wrong_asn(stage: Stage) -> None:
    stage.frr.start(frr_configuration(asn=65009))
    await stage.ears.launcher.start(stage.ground.spec())
    refusals = (NotificationSent, NotificationReceived)
    await stage.ears.until(
        lambda: sum(isinstance(event, refusals) for event in stage.ears.events) >= 3, "three"
    )


async def wrong_key_then_corrected(stage: Stage) -> None:
    stage.frr.start(frr_configuration(key="wrong-key"))
    await stage.ears.launcher.start(stage.ground.spec())
    await stage.ears.until(lambda: "no answer" in stage.ears.sessions["dxpeer-4"].reason, "the reason")
    stage.frr.vtysh("configure terminal", "router bgp 65001", "neighbor 169.254.10.1 password s3cretKey9")
    await stage.ears.status("dxpeer-4", "up")


async def bird_falls_silent(stage: Stage) -> None:
    stage.bird.start(bird_configuration(hold=3))
    await stage.ears.launcher.start(stage.ground.spec())
    await stage.ears.status("dxpeer-4", "up")
    stage.bird.pause()
    await stage.ears.status("dxpeer-4", "down")


async def bird_exceeds_the_limit(stage: Stage) -> None:
    surplus = [ip_network(f"198.18.{number}.0/24") for number in range(4)]
    stage.bird.start(bird_configuration(networks=surplus))
    await stage.ears.launcher.start(stage.ground.spec(prefix_limit=3))
    await stage.ears.until(lambda: len(stage.ears.of(PrefixLimitExceeded)) == 2, "the second time")
    stage.bird.configure(bird_configuration(networks=surplus[1:]))
    await stage.ears.status("dxpeer-4", "up")


async def cable_pulled_and_put_back(stage: Stage) -> None:
    await frr_comes_up(stage)
    await asyncio.to_thread(stage.ground.plug, up=False)
    await stage.ears.launcher.set_link("dxpeer-4", False)
    await stage.ears.status("dxpeer-4", "down")
    await asyncio.to_thread(stage.ground.plug, up=True)
    await stage.ears.launcher.set_link("dxpeer-4", True)
    await stage.ears.status("dxpeer-4", "up")


async def speaker_killed(stage: Stage) -> None:
    await frr_comes_up(stage)
    os.kill((await stage.ears.launcher.speakers())["dxpeer-4"].pid, signal.SIGKILL)
    await stage.ears.until(
        lambda: stage.ears.statuses("dxpeer-4") == ["down", "up", "down", "up"], "the next one"
    )


async def endpoint_comes_back(stage: Stage) -> None:
    """Only what the second endpoint hears is kept."""
    await frr_comes_up(stage)
    async with listening(RUN) as second:
        await second.status("dxpeer-4", "up")
        await second.launcher.stop("dxpeer-4")
        await second.status("dxpeer-4", "down")
        stage.ears.events = second.events


STORIES: list[Callable[[Stage], Awaitable[None]]] = [
    frr_comes_up,
    bird_ipv6_leaves,
    frr_is_cleared,
    frr_shuts_down_with_a_message,
    wrong_asn,
    wrong_key_then_corrected,
    bird_falls_silent,
    bird_exceeds_the_limit,
    cable_pulled_and_put_back,
    speaker_killed,
    endpoint_comes_back,
]


def expectation(events: list[SpeakerEvent]) -> dict[str, object]:
    """What `expect.json` says of a stream of events about one peer."""
    session = Session()
    changes: list[StatusChanged] = []
    for event in events:
        session, effects = step(session, event)
        changes += effects
    return {
        "changes": [[change.status, change.reason] for change in changes],
        "state": session.state.value,
        "reason": session.reason,
        "flaps": session.flaps,
        "limit_exceeded": session.limit_exceeded,
        "routes": sorted(session.routes),
    }


async def play(
    story: Callable[[Stage], Awaitable[None]], stage_of: Callable[[Recorder], Stage]
) -> list[SpeakerEvent]:
    async with listening(RUN) as ears:
        await story(stage_of(ears))
        heard = list(ears.events)
    async with recorder(RUN):
        pass
    return heard


def record(story: Callable[[Stage], Awaitable[None]]) -> None:
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir(mode=0o755)
    with playground("record") as ground:
        frr, bird = Frr(ground.customer.namespace, RUN / "frr"), Bird(ground.customer.namespace, RUN / "bird")
        try:
            events = asyncio.run(play(story, lambda ears: Stage(ground, frr, bird, ears)))
        finally:
            frr.stop()
            bird.stop()
    shutil.rmtree(RUN)
    case = CASES / story.__name__
    case.mkdir(parents=True, exist_ok=True)
    (case / "events.jsonl").write_text("".join(event.encode() + "\n" for event in events))
    (case / "expect.json").write_text(json.dumps(expectation(events), indent=2) + "\n")


if __name__ == "__main__":
    for each in STORIES:
        if not sys.argv[1:] or each.__name__ in sys.argv[1:]:
            record(each)
