"""The speaker against a router that follows a script: what a well-behaved router never does."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from lab.bgp.events import (
    DialFailed,
    Established,
    NotificationReceived,
    NotificationSent,
    OpenReceived,
    OpenSent,
    SessionClosed,
    SpeakerExited,
    UpdateReceived,
)
from lab.bgp.session import State
from tests.bgp.playground import Playground
from tests.bgp.recorder import Recorder, recorder
from tests.bgp.scripted import (
    KEEPALIVE,
    MARKER,
    NOTIFICATION,
    OPEN,
    ROUTE_REFRESH,
    UPDATE,
    Router,
    accept,
    call,
    is_closed,
    listen,
    prefixes,
    read_update,
)

pytestmark = [pytest.mark.root, pytest.mark.anyio]


# ---- what the speaker says ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("family", "number"), [(4, 1), (6, 2)])
async def test_the_open_offers_one_family_four_octets_and_refresh(
    ground: Playground, run_directory: Path, family: int, number: int
) -> None:
    spec = ground.spec(family, local_asn=4200000001)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground, family) as router:
            kind, opened = await router.receive()
    assert kind == OPEN
    version, asn, hold_time, identifier, length = struct.unpack("!BHH4sB", opened[:10])
    assert (version, asn, hold_time, ip_address(identifier)) == (4, 23456, 90, spec.router_id)
    assert length == len(opened) - 10
    capabilities = [
        bytes([1, 4, 0, number, 0, 1]),
        bytes([65, 4]) + (4200000001).to_bytes(4),
        bytes([2, 0]),
        bytes([70, 0]),
    ]
    assert opened[10:] == b"".join(bytes([2, len(one)]) + one for one in capabilities)


async def test_it_announces_with_itself_as_next_hop_and_ends_the_rib(
    ground: Playground, run_directory: Path
) -> None:
    spec = ground.spec(announce=(ip_network("10.10.0.0/16"), ip_network("10.20.0.0/17")))
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish()
            _, update = await router.receive()
            withdrawn, attributes, announced = read_update(update)
            assert (withdrawn, set(announced)) == ([], set(spec.announce))
            origin_igp, path_64512 = (
                bytes.fromhex("40010100"),
                bytes.fromhex("400206020100") + b"\x00\xfc\x00",
            )
            assert attributes == origin_igp + path_64512 + b"\x40\x03\x04" + spec.local_address.packed
            assert await router.receive() == (UPDATE, bytes(4))


async def test_announcements_change_on_a_running_session(ground: Playground, run_directory: Path) -> None:
    old, new = ip_network("10.10.0.0/16"), ip_network("10.30.0.0/16")
    spec = ground.spec(announce=(old,))
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish()
            while await router.receive() != (UPDATE, bytes(4)):
                pass
            await ears.launcher.announce(spec.peer_id, [new])
            updates = [read_update((await router.receive())[1]) for _ in range(2)]
            assert [update[0] for update in updates if update[0]] == [[old]]
            assert [update[2] for update in updates if update[2]] == [[new]]
            # A route refresh brings the new set alone.
            await router.send(ROUTE_REFRESH, bytes([0, 1, 0, 1]))
            assert read_update((await router.receive(skip=(KEEPALIVE, ROUTE_REFRESH)))[1])[2] == [new]
        assert ears.sessions[spec.peer_id].flaps == 0
        with await call(ground) as router:
            await router.establish()
            assert read_update((await router.receive())[1])[2] == [new]


async def test_it_speaks_to_a_router_without_any_capability(ground: Playground, run_directory: Path) -> None:
    """RFC 4271 as of 2006: two octets for an ASN, and IPv4 unicast goes without saying."""
    spec = ground.spec(local_asn=4200000001)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish(capabilities=b"")
            _, update = await router.receive()
            _, attributes, announced = read_update(update)
            assert announced == list(spec.announce)
            assert bytes.fromhex("40020402015ba0") in attributes  # AS_PATH: AS_TRANS
            assert bytes([0xC0, 17, 6, 2, 1]) + (4200000001).to_bytes(4) in attributes  # AS4_PATH
            await router.announce(*prefixes(1), octets=2)
            await ears.until(lambda: len(ears.sessions[spec.peer_id].routes) == 1, "the route")


# ---- what the speaker hears --------------------------------------------------------------------------------------


async def test_routes_are_read_replaced_withdrawn_and_gone_with_the_session(
    ground: Playground, run_directory: Path
) -> None:
    one, two = prefixes(2)
    spec = ground.spec(peer_asn=4200000002)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish(asn=4200000002)
            extra = (
                bytes.fromhex("80040400000032")
                + bytes([0xC0, 8, 8])
                + struct.pack("!HHHH", 7224, 7100, 65535, 65281)
            )
            await router.announce(one, two, as_path=(4200000002, 65010), extra=extra)
            await ears.until(lambda: len(ears.sessions[spec.peer_id].routes) == 2, "the routes")
            route = ears.sessions[spec.peer_id].routes[str(one)]
            assert (route.next_hop, route.as_path) == ("169.254.10.2", (4200000002, 65010))
            assert (route.communities, route.med, route.origin) == (("7224:7100", "no-export"), 50, "igp")
            await router.announce(one, as_path=(4200000002,))
            await router.withdraw(two)
            await ears.until(lambda: len(ears.sessions[spec.peer_id].routes) == 1, "the withdrawal")
            assert ears.sessions[spec.peer_id].routes[str(one)].as_path == (4200000002,)
        await ears.status(spec.peer_id, "down")
        assert not ears.sessions[spec.peer_id].routes


async def test_a_route_that_has_passed_through_us_is_not_accepted(
    ground: Playground, run_directory: Path
) -> None:
    one, two = prefixes(2)
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish()
            await router.announce(one, as_path=(65001, 64512))
            await router.announce(two)
            await ears.until(lambda: str(two) in ears.sessions[spec.peer_id].routes, "the other route")
            assert len(ears.of(UpdateReceived)) == 1
            await router.announce(two, as_path=(65001, 64512, 65002))
            await ears.until(
                lambda: not ears.sessions[spec.peer_id].routes, "the accepted one to be replaced"
            )


@pytest.mark.parametrize("hold_time", [0, 1, 2])
async def test_hold_times_that_aws_does_not_take(
    ground: Playground, run_directory: Path, hold_time: int
) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.introduce(hold_time=hold_time)
            assert await is_closed(router) == bytes([2, 6])
        await ears.until(lambda: bool(ears.of(SessionClosed)), "the end")
        reason = "NOTIFICATION sent: OPEN Message Error / Unacceptable Hold Time (2/6)"
        assert ears.sessions[spec.peer_id].reason == reason
        assert ears.statuses(spec.peer_id) == ["down"]


async def test_silence_for_the_hold_time(ground: Playground, run_directory: Path) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish(hold_time=3)
            assert await is_closed(router) == bytes([4, 0])
        await ears.status(spec.peer_id, "down")
        silent = ears.of(SessionClosed)[-1].at - ears.of(Established)[-1].at
        assert 2.9 < silent < 3.5
        assert ears.sessions[spec.peer_id].reason == "hold timer expired"


async def test_keepalives_are_sent_and_keep_the_session(ground: Playground, run_directory: Path) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish(hold_time=3)
            for _ in range(4):
                kind, _ = await router.receive(skip=(UPDATE,))
                assert kind == KEEPALIVE
                await router.send(KEEPALIVE)
        await ears.status(spec.peer_id, "down")
        assert ears.statuses(spec.peer_id) == ["down", "up", "down"]
        assert ears.of(SessionClosed)[-1].at - ears.of(Established)[-1].at > 3.0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (bytes([6, 3]), "NOTIFICATION received: Cease / Peer De-configured (6/3)"),
        (
            bytes([6, 2, 200]) + b"m" * 200,
            f'NOTIFICATION received: Cease / Administrative Shutdown (6/2): "{"m" * 200}"',
        ),
        (bytes([6, 99]), "NOTIFICATION received: Cease / unknown subcode (6/99)"),
    ],
    ids=["de-configured", "shutdown", "unknown"],
)
async def test_the_routers_notification_is_the_reason(
    ground: Playground, run_directory: Path, data: bytes, sentence: str
) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish()
            await ears.status(spec.peer_id, "up")
            sent = time.time()
            await router.send(NOTIFICATION, data)
            await ears.status(spec.peer_id, "down")
            assert ears.of(SessionClosed)[-1].at - sent < 1.0
        assert ears.sessions[spec.peer_id].reason == sentence


async def test_a_reset_and_a_close_are_told_apart(ground: Playground, run_directory: Path) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        for abrupt, sentence in (
            (True, "connection reset by the router"),
            (False, "connection closed by the router"),
        ):
            with await call(ground) as router:
                await router.establish()
                await ears.status(spec.peer_id, "up")
                linger = struct.pack("ii", int(abrupt), 0)
                router.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                # What is unread would turn a close into a reset.
                while await router.receive() != (UPDATE, bytes(4)):
                    pass
            await ears.status(spec.peer_id, "down")
            assert ears.sessions[spec.peer_id].reason == sentence


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (b"\0" * 19, bytes([1, 1])),
        (MARKER + struct.pack("!HB", 18, KEEPALIVE), bytes([1, 2])),
        (MARKER + struct.pack("!HB", 5000, UPDATE), bytes([1, 2])),
        (MARKER + struct.pack("!HB", 19, 77), bytes([1, 3])),
        (MARKER + struct.pack("!HB", 23, UPDATE) + b"\0\xff\0\0", bytes([3, 1])),
        (MARKER + struct.pack("!HB", 25, UPDATE) + b"\0\0\0\0\x21\x0a", bytes([3, 10])),
    ],
    ids=["marker", "short", "long", "type", "withdrawn-length", "mask"],
)
async def test_nonsense_is_answered_and_survived(
    ground: Playground, run_directory: Path, message: bytes, answer: bytes
) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.establish()
            await router.send_raw(message)
            assert await is_closed(router) == answer
        await ears.status(spec.peer_id, "down")
        assert not ears.of(SpeakerExited)
        with await call(ground) as router:
            await router.establish()
            await ears.status(spec.peer_id, "up")


# ---- dialling ----------------------------------------------------------------------------------------------------


async def refusals(ears: Recorder, server: socket.socket, count: int) -> list[float]:
    """Refuse so many OPENs with Bad Peer AS; returns when each came."""
    instants = []
    for attempt in range(1, count + 1):
        with await accept(server) as router:
            assert (await router.receive())[0] == OPEN
            instants.append(time.monotonic())
            await router.send(NOTIFICATION, bytes([2, 2]))
            await ears.until(lambda: len(ears.of(SessionClosed)) == attempt, "its end")  # noqa: B023
    return instants


async def test_a_router_that_refuses_is_asked_less_and_less_often(
    ground: Playground, run_directory: Path
) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        with listen(ground) as server:
            await ears.launcher.start(spec)
            first, second, third = await refusals(ears, server, 3)
        assert 0.9 < second - first < 1.5
        assert 1.9 < third - second < 2.5
        assert ears.statuses(spec.peer_id) == ["down"]
        reason = "NOTIFICATION received: OPEN Message Error / Bad Peer AS (2/2)"
        assert ears.sessions[spec.peer_id].reason == reason


async def test_a_router_with_another_asn_is_refused(ground: Playground, run_directory: Path) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        with await call(ground) as router:
            await router.introduce(asn=65009)
            assert await is_closed(router) == bytes([2, 2])
        await ears.until(lambda: bool(ears.of(SessionClosed)), "the end")
        assert ears.of(OpenReceived)[0].asn == 65009  # type: ignore[attr-defined]
        assert len(ears.of(OpenSent)) == len(ears.of(NotificationSent)) == 1
        assert not ears.of(NotificationReceived)
        assert ears.statuses(spec.peer_id) == ["down"]
        assert ears.sessions[spec.peer_id].state in (State.IDLE, State.CONNECT)


async def test_without_carrier_nothing_is_dialled(ground: Playground, run_directory: Path) -> None:
    spec = ground.spec()
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.until(lambda: bool(ears.of(DialFailed)), "a dial")
        await ears.launcher.set_link(spec.peer_id, False)
        await ears.until(lambda: "carrier" in ears.sessions[spec.peer_id].reason, "the loss")
        with listen(ground) as server:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.5):
                    await asyncio.get_running_loop().sock_accept(server)
            await ears.launcher.set_link(spec.peer_id, True)
            back = time.time()
            with await accept(server) as router:
                await router.establish()
                await ears.status(spec.peer_id, "up")
                assert ears.seconds_to_established(back) < 0.5


async def test_the_farewell_arrives(ground: Playground, run_directory: Path) -> None:
    """Also before the session is Established, and with routes unread."""
    async with recorder(run_directory) as ears:
        for established, state in ((True, State.ESTABLISHED), (False, State.OPENSENT)):
            spec = ground.spec()
            await ears.launcher.start(spec)
            with await call(ground) as router:
                if established:
                    await router.establish()
                await ears.state(spec.peer_id, state)
                await asyncio.gather(ears.launcher.stop(spec.peer_id), told(router, bytes([6, 3])))


async def told(router: Router, wanted: bytes) -> None:
    assert await is_closed(router) == wanted
    router.connection.close()


async def test_the_process_is_nobodys_and_hides_its_memory(ground: Playground, run_directory: Path) -> None:
    async with recorder(run_directory) as ears:
        spec = ground.spec(auth_key="find-me-if-you-can")
        await ears.launcher.start(spec)
        pid = (await ears.launcher.speakers())[spec.peer_id].pid
        process = Path(f"/proc/{pid}")
        status = dict(
            line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line
        )
        assert status["Uid"].split() == status["Gid"].split() == ["65534"] * 4
        assert (status["CapEff"], status["CapPrm"]) == ("0" * 16, "0" * 16)
        assert status["NoNewPrivs"] == "1"
        assert status["Groups"].split() == []
        assert (process / "environ").stat().st_uid == 0  # not dumpable: its files in /proc are root's
        for public in ("cmdline", "environ"):
            assert spec.auth_key.encode() not in (process / public).read_bytes()
        descriptors = {str(entry.readlink()) for entry in (process / "fd").iterdir()}
        assert sum(target.startswith("socket:") for target in descriptors) <= 3  # orders, listener, a dial
    assert spec.auth_key not in (run_directory / "launcher.log").read_text()
    assert spec.auth_key not in repr(spec)
