"""The launcher as the endpoint knows it: lives and deaths of speakers, of the launcher, and of the endpoint."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import time
from ipaddress import ip_network
from pathlib import Path

import pytest

from lab.bgp.events import (
    Established,
    NotificationReceived,
    SessionClosed,
    Snapshot,
    SpeakerExited,
    SpeakerStarted,
)
from lab.bgp.launcher import Launcher
from lab.bgp.session import State
from lab.errors import SpeakerError
from lab.network.namespaces import processes_in
from tests.bgp.daemons import Frr, frr_configuration
from tests.bgp.playground import Playground, eventually
from tests.bgp.recorder import listening, recorder
from tests.bgp.scripted import accept, call, listen

pytestmark = [pytest.mark.root, pytest.mark.anyio]

FAMILIES = pytest.mark.parametrize("family", [4, 6])


# ---- with a real router ------------------------------------------------------------------------------------------


@FAMILIES
async def test_routes_are_exchanged_between_four_octet_asns(
    ground: Playground, frr: Frr, run_directory: Path, family: int
) -> None:
    spec = ground.spec(family, local_asn=4200000001, peer_asn=4200000002)
    frr.start(frr_configuration(asn=4200000002, amazon_asn=4200000001))
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.until(lambda: bool(ears.sessions[spec.peer_id].routes), "the router's route")
        (route,) = ears.sessions[spec.peer_id].routes.values()
        assert route.prefix == {4: "192.0.2.0/24", 6: "2001:db8:99::/48"}[family]
        assert (route.next_hop, route.as_path) == (str(spec.peer_address), (4200000002,))
        learned = json.loads(frr.vtysh(f"show bgp ipv{family} unicast {spec.announce[0]} json"))
        (path,) = learned["paths"]
        assert path["aspath"]["string"] == "4200000001"
        assert (path["origin"], path["valid"]) == ("IGP", True)
        assert path["nexthops"][0]["ip"] == str(spec.local_address)
        opened = ears.sessions[spec.peer_id].peer_open
        assert opened is not None
        assert (opened.asn, opened.router_id) == (4200000002, "169.254.10.2")


@FAMILIES
@pytest.mark.parametrize("command", ["clear", "shutdown"])
async def test_the_operator_ends_the_session_on_the_router(
    ground: Playground, frr: Frr, run_directory: Path, family: int, command: str
) -> None:
    spec = ground.spec(family)
    frr.start(frr_configuration())
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
        ended = time.time()
        if command == "clear":
            frr.vtysh(f"clear bgp {spec.local_address}")
            expected = "NOTIFICATION received: Cease / Administrative Reset (6/4)"
        else:
            line = f"neighbor {spec.local_address} shutdown message moving to rack 12"
            frr.vtysh("configure terminal", "router bgp 65001", line)
            expected = 'NOTIFICATION received: Cease / Administrative Shutdown (6/2): "moving to rack 12"'
        await ears.until(lambda: bool(ears.changes[spec.peer_id][2:]), "the end")
        assert ears.of(NotificationReceived)[0].at - ended < 1.0
        change = ears.changes[spec.peer_id][2]
        assert (change.status, change.reason) == ("down", expected)


# ---- the speaker dies --------------------------------------------------------------------------------------------


async def test_a_killed_speaker_is_started_again(ground: Playground, frr: Frr, run_directory: Path) -> None:
    spec = ground.spec()
    frr.start(frr_configuration())
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
        old = (await ears.launcher.speakers())[spec.peer_id]
        os.kill(old.pid, signal.SIGKILL)
        await ears.until(lambda: len(ears.of(Established)) == 2, "the next session")
        new = (await ears.launcher.speakers())[spec.peer_id]
        assert (new.pid != old.pid, new.fingerprint) == (True, old.fingerprint)
        assert ears.statuses(spec.peer_id) == ["down", "up", "down", "up"]
        assert ears.changes[spec.peer_id][2].reason == "speaker died (SIGKILL)"
        assert ears.of(SpeakerExited)[0].status == -signal.SIGKILL  # type: ignore[attr-defined]


async def test_the_next_speaker_knows_of_the_carrier_and_the_announcements(
    ground: Playground, run_directory: Path
) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.launcher.announce(spec.peer_id, [])
        await ears.launcher.set_link(spec.peer_id, False)
        await ears.until(lambda: "carrier" in ears.sessions[spec.peer_id].reason, "the loss")
        os.kill((await ears.launcher.speakers())[spec.peer_id].pid, signal.SIGKILL)
        await ears.until(lambda: len(ears.of(SpeakerStarted)) == 2, "the next speaker")
        with listen(ground) as server:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await asyncio.get_running_loop().sock_accept(server)
            await ears.launcher.set_link(spec.peer_id, True)
            with await accept(server) as router:
                await router.establish()
                assert (await router.receive())[1] == bytes(4)  # End-of-RIB, and no route before it


async def test_a_speaker_that_does_not_stop_is_killed(ground: Playground, run_directory: Path) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        os.kill((await ears.launcher.speakers())[spec.peer_id].pid, signal.SIGSTOP)
        await ears.launcher.stop(spec.peer_id)
        await ears.until(lambda: bool(ears.of(SpeakerExited)), "its end")
        assert await ears.launcher.speakers() == {}


# ---- the launcher dies, the endpoint dies ------------------------------------------------------------------------


async def test_speakers_do_not_outlive_the_launcher(ground: Playground, run_directory: Path) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        speaker = (await ears.launcher.speakers())[spec.peer_id].pid
        os.kill(parent_of(speaker), signal.SIGKILL)
        await asyncio.to_thread(
            eventually, lambda: speaker not in processes_in(spec.namespace), "the speaker to be gone"
        )
        with pytest.raises(SpeakerError, match=r"launcher.*gone"):
            await ears.launcher.speakers()
    assert ears.lost is not None
    async with recorder(run_directory) as ears:
        assert await ears.launcher.speakers() == {}


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@FAMILIES
async def test_an_endpoint_that_comes_back_finds_the_session_as_it_was(
    ground: Playground, frr: Frr, run_directory: Path, family: int
) -> None:
    spec = ground.spec(family)
    frr.start(frr_configuration())
    async with listening(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.until(lambda: bool(ears.sessions[spec.peer_id].routes), "the routes")
        before, running = ears.sessions[spec.peer_id], await ears.launcher.speakers()
    async with listening(run_directory) as ears:
        await ears.status(spec.peer_id, "up")
        assert isinstance(ears.events[0], Snapshot)
        assert ears.sessions[spec.peer_id] == before
        assert await ears.launcher.speakers() == running
        assert running[spec.peer_id].fingerprint == spec.fingerprint
    assert frr_drops(frr, spec.local_address) == 0
    # What happens while nobody listens is in the next snapshot.
    frr.vtysh(f"clear bgp {spec.local_address}")
    async with recorder(run_directory) as ears:
        await ears.until(lambda: ears.sessions[spec.peer_id].flaps == 1, "the snapshot")
        await ears.status(spec.peer_id, "up")


def frr_drops(frr: Frr, neighbor: object) -> int:
    known = json.loads(frr.vtysh(f"show bgp neighbors {neighbor} json"))
    return int(known[str(neighbor)]["connectionsDropped"])


async def test_an_endpoint_is_told_first_where_every_speaker_stands(
    ground: Playground, run_directory: Path
) -> None:
    specs = [ground.spec(family) for family in (4, 6)]
    async with listening(run_directory) as ears:
        for spec in specs:
            await ears.launcher.start(spec)
    async with recorder(run_directory) as ears:
        await ears.until(lambda: len(ears.sessions) == 2, "both snapshots")
        first = {event.peer_id: event for event in reversed(ears.events)}
        assert all(isinstance(event, Snapshot) for event in first.values())


async def test_a_second_endpoint_takes_the_place_of_the_first(
    ground: Playground, run_directory: Path
) -> None:
    async with listening(run_directory) as first:
        await first.launcher.start(ground.spec())
        async with recorder(run_directory) as second:
            assert list(await second.launcher.speakers()) == ["dxpeer-4"]
            with pytest.raises(SpeakerError):
                await first.launcher.speakers()


# ---- requests ----------------------------------------------------------------------------------------------------


async def test_starting_the_same_speaker_again_changes_nothing_but_its_routes(
    ground: Playground, run_directory: Path
) -> None:
    spec = ground.spec()
    other = ip_network("10.77.0.0/16")
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        before = await ears.launcher.speakers()
        await ears.launcher.start(ground.spec(announce=(other,)))
        assert await ears.launcher.speakers() == before
        with await call(ground) as router:
            await router.establish()
            _, update = await router.receive()
            assert update.endswith(bytes([16, 10, 77]))


async def test_another_spec_replaces_the_speaker(ground: Playground, run_directory: Path) -> None:
    async with recorder(run_directory) as ears:
        await ears.launcher.start(ground.spec())
        with await call(ground) as router:
            await router.establish()
            replacing = asyncio.create_task(ears.launcher.start(ground.spec(peer_asn=65002)))
            assert await router.receive_notification() == bytes([6, 6])
        await replacing
        assert len(ears.of(SpeakerStarted)) == 2
        with await call(ground) as router:
            await router.establish(asn=65002)


async def test_a_speaker_that_cannot_start_says_why(ground: Playground, run_directory: Path) -> None:
    async with recorder(run_directory) as ears:
        with pytest.raises(SpeakerError, match=r"namespace dxlab-tbgp-none: No such file"):
            await ears.launcher.start(ground.spec(namespace="dxlab-tbgp-none"))
        await ears.launcher.start(ground.spec())
        with pytest.raises(
            SpeakerError, match=r"cannot listen on 169\.254\.10\.1 .*: Address already in use"
        ):
            await ears.launcher.start(ground.spec(peer_id="dxpeer-other"))
        assert list(await ears.launcher.speakers()) == ["dxpeer-4"]


async def test_requests_about_nobody(run_directory: Path) -> None:
    async with recorder(run_directory) as ears:
        await ears.launcher.stop("dxpeer-none")
        for request in (
            ears.launcher.set_link("dxpeer-none", True),
            ears.launcher.announce("dxpeer-none", []),
        ):
            with pytest.raises(SpeakerError, match="no speaker runs for dxpeer-none; start it first"):
                await request


async def test_two_starts_at_once(ground: Playground, run_directory: Path) -> None:
    async with recorder(run_directory) as ears:
        await asyncio.gather(*(ears.launcher.start(ground.spec()) for _ in range(2)))
        await asyncio.gather(*(ears.launcher.stop("dxpeer-4") for _ in range(2)))
        assert await ears.launcher.speakers() == {}
        await asyncio.gather(ears.launcher.start(ground.spec()), ears.launcher.stop("dxpeer-4"))
        assert await ears.launcher.speakers() == {}


async def test_a_cancelled_request_harms_nobody(ground: Playground, run_directory: Path) -> None:
    async with recorder(run_directory) as ears:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await ears.launcher.start(ground.spec())
        await ears.until(lambda: bool(ears.of(SpeakerStarted)), "the start")
        assert list(await ears.launcher.speakers()) == ["dxpeer-4"]


# ---- the process -------------------------------------------------------------------------------------------------


async def test_the_socket_is_for_root_alone_and_gone_at_the_end(run_directory: Path) -> None:
    path = run_directory / "launcher.sock"
    async with recorder(run_directory):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
    assert (run_directory / "launcher.log").read_text() == ""


async def test_a_socket_that_nobody_serves_is_replaced(ground: Playground, run_directory: Path) -> None:
    async with recorder(run_directory) as ears:
        await ears.launcher.start(ground.spec())
        speaker = (await ears.launcher.speakers())["dxpeer-4"].pid
        os.kill(parent_of(speaker), signal.SIGKILL)
        await asyncio.to_thread(
            eventually, lambda: not processes_in(ground.amazon.namespace), "the speaker to be gone"
        )
        await ears.until(lambda: ears.lost is not None, "the launcher to be missed")
    assert (run_directory / "launcher.sock").exists()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(ground.spec())
        assert ears.sessions["dxpeer-4"].state in (State.CONNECT, State.IDLE)


async def test_a_launcher_that_cannot_start_says_where_to_look(run_directory: Path) -> None:
    (run_directory / "launcher.sock").mkdir()
    with pytest.raises(
        SpeakerError, match=r"does not start \(exit status 1\); see /run/dxlab-tbgp/launcher.log"
    ):
        await Launcher.open(run_directory)
    (run_directory / "launcher.sock").rmdir()


async def test_stopping_says_farewell_with_the_subcode(ground: Playground, run_directory: Path) -> None:
    async with recorder(run_directory) as ears:
        await ears.launcher.start(ground.spec())
        with await call(ground) as router:
            await router.establish()
            stopping = asyncio.create_task(ears.launcher.stop("dxpeer-4", subcode=2))
            assert await router.receive_notification() == bytes([6, 2])
        await stopping
        assert ears.of(SessionClosed)[0].reason.endswith("Cease / Administrative Shutdown (6/2)")  # type: ignore[attr-defined]
        assert ears.of(SpeakerExited)[0].reason == "speaker stopped"  # type: ignore[attr-defined]
