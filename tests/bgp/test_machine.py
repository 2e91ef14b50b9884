"""ExaBGP's machine with a scripted router at the other end of a loopback connection: no namespace, no waiting."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest

from lab.bgp import reports
from lab.bgp.events import Established, SessionClosed, SpeakerEvent
from lab.bgp.machine import Machine
from lab.bgp.session import Session, State, step
from lab.bgp.sockets import Wire
from tests.bgp.scripted import KEEPALIVE, NOTIFICATION, OPEN, UPDATE, Router, prefixes
from tests.bgp.test_spec import SPEC

pytestmark = pytest.mark.anyio

ASN = SPEC.peer_asn


class Bench:
    """A machine, its events, and the router."""

    def __init__(self, *, on_probation: bool = False) -> None:
        self.session = Session(limit_exceeded=on_probation)
        self.events: list[SpeakerEvent] = []
        self.machine = Machine(replace(SPEC, prefix_limit=3), self._say, on_probation=on_probation)
        self.connect()

    def connect(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            theirs = socket.create_connection(server.getsockname())
            ours, _ = server.accept()
        theirs.setblocking(False)
        theirs.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what was sent can be read at once
        self.router = Router(theirs)
        self.machine.take(Wire.adopt(ours), "dialled")

    def _say(self, kind: type[SpeakerEvent], *details: object) -> Session:
        event = kind(SPEC.peer_id, time.time(), *details)
        self.events.append(event)
        self.session, _ = step(self.session, event)
        return self.session

    def status(self) -> str:
        return self.session.bgp_status

    async def establish(self, hold_time: int = 90) -> None:
        await self.router.introduce(asn=ASN, hold_time=hold_time)
        await self.router.send(KEEPALIVE)
        self.machine.turn()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.machine.drop("the test is over")
    made.router.connection.close()


@pytest.fixture
def wary() -> Iterator[Bench]:
    """On probation."""
    made = Bench(on_probation=True)
    yield made
    made.machine.drop("the test is over")
    made.router.connection.close()


async def test_without_a_connection_there_is_nothing_to_do(bench: Bench) -> None:
    bench.machine.drop("gone")
    events = len(bench.events)
    assert bench.machine.patience() is None
    bench.machine.turn()
    bench.machine.notify(6, 3)
    bench.machine.drop("gone again")
    assert len(bench.events) == events


@pytest.mark.parametrize(("hold_time", "patience"), [(90, 3.0), (3, 0.1), (30, 1.0)])
async def test_an_idle_session_is_looked_after_thirty_times_in_its_hold_time(
    bench: Bench, hold_time: int, patience: float
) -> None:
    await bench.establish(hold_time)
    assert bench.machine.established
    assert bench.machine.patience() == patience


async def test_while_it_waits_for_a_keepalive_it_does_not_spin(bench: Bench) -> None:
    """ExaBGP asks to go on at once in OpenConfirm, though there is nothing to do."""
    await bench.router.introduce(asn=ASN)
    bench.machine.turn()
    assert bench.session.state is State.OPENCONFIRM
    patience = bench.machine.patience()
    assert patience is not None
    assert patience >= 0.01


async def test_the_hold_timer_needs_no_whole_second(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.establish(3)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 2.95)
    bench.machine.turn()
    patience = bench.machine.patience()
    assert patience is not None
    assert patience <= 0.051
    monkeypatch.setattr(time, "monotonic", lambda: now + 3.01)
    bench.machine.turn()
    assert bench.session.reason == "hold timer expired"
    assert await bench.router.receive_notification() == bytes([4, 0])


async def test_what_has_arrived_is_read_before_the_clock_is_heeded(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.establish(3)
    await bench.router.send(KEEPALIVE)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60.0)
    bench.machine.turn()
    assert bench.machine.established


@pytest.mark.parametrize("state", [State.OPENSENT, State.OPENCONFIRM, State.ESTABLISHED])
async def test_a_notification_can_be_sent_in_every_state(bench: Bench, state: State) -> None:
    if state is not State.OPENSENT:
        await bench.router.introduce(asn=ASN)
    if state is State.ESTABLISHED:
        await bench.router.send(KEEPALIVE)
    bench.machine.turn()
    assert bench.session.state is state
    bench.machine.notify(6, 3)
    assert not bench.machine.active
    assert await bench.router.receive_notification() == bytes([6, 3])
    assert bench.session.reason == "NOTIFICATION sent: Cease / Peer De-configured (6/3)"


async def test_dropping_says_nothing(bench: Bench) -> None:
    await bench.establish()
    bench.machine.drop("carrier lost")
    assert bench.session.reason == "carrier lost"
    with pytest.raises(EOFError):
        while True:
            kind, _ = await bench.router.receive(skip=())
            assert kind in (OPEN, KEEPALIVE, UPDATE)


async def test_it_takes_one_connection_after_another(bench: Bench) -> None:
    for _ in range(3):
        await bench.establish()
        assert bench.session.bgp_status == "up"
        await bench.router.send(NOTIFICATION, bytes([6, 4]))
        bench.machine.turn()
        bench.router.connection.close()
        bench.connect()
    closings = [event for event in bench.events if isinstance(event, SessionClosed)]
    assert len(closings) == 3


async def test_a_router_that_closes_in_the_middle_of_a_message(bench: Bench) -> None:
    await bench.establish()
    await bench.router.send_raw(b"\xff" * 10)
    bench.machine.turn()
    assert bench.machine.established
    bench.router.connection.close()
    bench.machine.turn()
    assert bench.session.reason in ("connection closed by the router", "connection reset by the router")


async def test_announcements_follow_each_other_without_waiting(bench: Bench) -> None:
    """Everything is on the wire when `announce` returns, End-of-RIB included."""
    await bench.establish()
    bench.machine.announce([ip_network("10.99.0.0/16")])
    bench.router.connection.shutdown(socket.SHUT_WR)
    bench.machine.turn()
    bodies = []
    with pytest.raises(EOFError):
        while True:
            kind, body = await bench.router.receive()
            bodies += [body] if kind == UPDATE else []
    assert bytes(4) in bodies
    assert bodies[-1].endswith(bytes([16, 10, 99]))


async def test_probation_passes_after_a_quiet_while(wary: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await wary.establish()
    assert [event.probation for event in wary.events if isinstance(event, Established)] == [True]
    await wary.router.announce(*prefixes(3), as_path=(ASN,))
    wary.machine.turn()
    assert wary.status() == "down"
    assert wary.machine.on_probation
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + reports.QUIET - 0.5)
    wary.machine.turn()
    assert wary.status() == "down"
    patience = wary.machine.patience()
    assert patience is not None
    assert patience <= 0.5
    monkeypatch.setattr(time, "monotonic", lambda: now + reports.QUIET)
    wary.machine.turn()
    assert wary.status() == "up"


async def test_end_of_rib_ends_probation_at_once(wary: Bench) -> None:
    await wary.establish()
    await wary.router.announce(*prefixes(3), as_path=(ASN,))
    await wary.router.end_of_rib()
    wary.machine.turn()
    assert wary.session.bgp_status == "up"


async def test_the_surplus_is_noticed_before_the_end_of_rib_behind_it(wary: Bench) -> None:
    await wary.establish()
    await wary.router.announce(*prefixes(4), as_path=(ASN,))
    await wary.router.end_of_rib()
    wary.machine.turn()
    assert wary.session.flaps == 0
    assert wary.session.limit_exceeded
    assert not wary.machine.active
