"""One lab of so many virtual interfaces, and everything that is measured of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_interface

from benchmarks.bird import AUTH_KEY, CUSTOMER_ASN, Session
from benchmarks.client import Answer, Connection
from benchmarks.endpoint import Endpoint, running_endpoint
from benchmarks.figures import Spread, percentile
from benchmarks.processes import parent_of, processor_time, proportional_memory
from benchmarks.progress import tell, wait_for
from benchmarks.router import sessions
from benchmarks.scale.flood import FLOOD_CABLE, flooding
from benchmarks.scale.site import FULL, PREFIXES, Site, prefixes

#: Longer than one keepalive interval (30 s at a hold time of 90 s).
IDLE_SECONDS = 32.0
DESCRIPTIONS = 100
MOST_MORE = 20
#: Seconds after which a whole lab is taken not to come up.
PATIENCE = 600.0
#: Seconds between two looks at a lab that is on its way.
PAUSE = 0.05
#: AWS attaches at most 30 virtual interfaces to one gateway.
_PER_GATEWAY = 25


@dataclass(frozen=True)
class Cost:
    """What a lab of so many sessions takes.

    :ivar ramp: seconds from the first request until a client has seen every session `up`.
    :ivar memory: MB (10^6 bytes) of endpoint, launcher and speakers, for each session.
    :ivar idle: their processor time while nothing happens, percent of one core.
    :ivar down: seconds from SIGTERM until the endpoint is gone with everything that it made.
    """

    vifs: int
    sessions: int
    ramp: float
    memory: float
    idle: float
    down: float


@dataclass(frozen=True)
class Point(Cost):
    """The rest, which one shape is enough for.

    :ivar one_more: milliseconds from CreateBGPPeer to `up`, with the others standing.
    :ivar flooded: the same, while another router sends 100,000 prefixes again and again.
    :ivar describe: milliseconds from a DescribeVirtualInterfaces of all to the answer's last byte, the 99th percentile.
    :ivar routes: seconds until 100 prefixes on each session are accepted.
    :ivar memory_with_routes: as `memory`, with these.
    """

    one_more: Spread
    flooded: Spread
    describe: float
    routes: float
    memory_with_routes: float


def measure(name: str, count: int) -> Point:
    """A lab of this name with so many virtual interfaces, each with one IPv4 session."""
    ends = [*FULL.cables(count), FLOOD_CABLE]
    with running_endpoint(name, ends) as endpoint, closing(endpoint.connect()) as connection:
        return _Crowd(endpoint, connection, count).measure()


def measure_dual(name: str, count: int) -> Cost:
    """A lab of this name with so many virtual interfaces, each with an IPv4 and an IPv6 session."""
    with running_endpoint(name, FULL.cables(count)) as endpoint, closing(endpoint.connect()) as connection:
        return _Crowd(endpoint, connection, count).measure_dual()


class _Crowd:
    """The lab of one point."""

    def __init__(self, endpoint: Endpoint, connection: Connection, count: int) -> None:
        self._endpoint = endpoint
        self._connection = connection
        self._count = count
        self._first = sessions("first", 16, count)
        self._more = sessions("more", 17, min(count, MOST_MORE))
        self._vif_ids: list[str] = []
        waiting = [[session] for session in self._first]
        for on_it, session in zip(waiting, self._more, strict=False):
            on_it.append(session)
        self._site = Site(endpoint, waiting)

    def measure(self) -> Point:
        self._build("IPv4")
        ramp = self._ramp()
        memory, idle = self._memory(self._count), self._idle()
        one_more, describe, routes = self._one_more(), self._describe(), self._routes()
        with_routes = self._memory(self._count)
        with flooding(self._endpoint, self._connection):
            flooded = self._one_more()
        return Point(
            *(self._count, self._count, ramp, memory, idle, self._down()),
            *(one_more, flooded, describe, routes, with_routes),
        )

    def measure_dual(self) -> Cost:
        self._build("dual-stack")
        ramp, total = self._ramp_dual(), 2 * self._count
        return Cost(self._count, total, ramp, self._memory(total), self._idle(), self._down())

    def _build(self, what: str) -> None:
        tell(f"scale: {self._count} {what} virtual interfaces: building the customers' side")
        self._site.build()

    # ---- the way up ----------------------------------------------------------------------------------------

    def _ramp(self) -> float:
        tell("scale: the way up")
        with _stopwatch() as elapsed:
            for number in range(self._count):
                self._create(number)
            tell(f"scale:   all requests answered after {elapsed():.1f} s")
            self._until_all_up()
            total = elapsed()
        self._confirm(self._count)
        return total

    def _ramp_dual(self) -> float:
        """Without the time in which the routers are told of the addresses that AWS has assigned meanwhile."""
        tell("scale: the way up")
        with _stopwatch() as elapsed:
            assigned = [self._create_dual(number) for number in range(self._count)]
            requests = elapsed()
        for number, session in enumerate(assigned):
            self._site.add(number, session)
        with _stopwatch() as elapsed:
            self._site.tell()
            self._until_all_up()
            total = requests + elapsed()
        self._confirm(2 * self._count)
        return total

    def _create(self, number: int) -> str:
        position = FULL.position(number)
        vif = self._connection.call(
            "CreatePrivateVirtualInterface",
            connectionId=self._endpoint.connection_ids[position.cable],
            newPrivateVirtualInterface={
                "virtualInterfaceName": f"scale-{number}",
                "vlan": position.vlan,
                "virtualGatewayId": f"vgw-{number // _PER_GATEWAY:017x}",
                **self._first[number].members(),
            },
        )
        self._vif_ids.append(str(vif["virtualInterfaceId"]))
        return self._vif_ids[-1]

    def _create_dual(self, number: int) -> Session:
        """The IPv6 session, with AWS's addresses."""
        vif_id = self._create(number)
        wanted = {"addressFamily": "ipv6", "asn": CUSTOMER_ASN, "authKey": AUTH_KEY}
        answer = self._connection.call("CreateBGPPeer", virtualInterfaceId=vif_id, newBGPPeer=wanted)
        peer = answer["virtualInterface"]["bgpPeers"][-1]
        ends = (ip_interface(peer[member]) for member in ("amazonAddress", "customerAddress"))
        return Session(f"six{number}", *ends)

    def _until_all_up(self) -> None:
        for vif_id in self._vif_ids:
            _patiently(partial(self._is_up, vif_id), f"every peer of {vif_id} to be up")

    def _confirm(self, expected: int) -> None:
        """That none fell while the others came up."""
        states = [peer["bgpStatus"] for vif in self._all() for peer in vif["bgpPeers"]]
        if states.count("up") != expected:
            raise RuntimeError(f"of {expected} sessions, {states.count('up')} stayed up")

    def _is_up(self, vif_id: str) -> bool:
        answer = self._connection.call("DescribeVirtualInterfaces", virtualInterfaceId=vif_id)
        (vif,) = answer["virtualInterfaces"]
        return all(peer["bgpStatus"] == "up" for peer in vif["bgpPeers"])

    def _all(self) -> list[Answer]:
        found: list[Answer] = self._connection.call("DescribeVirtualInterfaces")["virtualInterfaces"]
        return found

    # ---- what it costs -------------------------------------------------------------------------------------

    def _memory(self, session_count: int) -> float:
        tell("scale: memory")
        return proportional_memory(self._processes()) / session_count / 1e6

    def _idle(self) -> float:
        tell(f"scale: idle for {IDLE_SECONDS:.0f} s")
        processes = self._processes()
        before, started = processor_time(processes), time.perf_counter()
        time.sleep(IDLE_SECONDS)
        return (processor_time(processes) - before) / (time.perf_counter() - started) * 100

    def _processes(self) -> list[int]:
        speakers = self._endpoint.speakers(self._vif_ids)
        return [*speakers, parent_of(speakers[0]), self._endpoint.pid]

    def _down(self) -> float:
        tell("scale: down")
        with _stopwatch() as elapsed:
            self._endpoint.end()
            return elapsed()

    # ---- how it answers ------------------------------------------------------------------------------------

    def _one_more(self) -> Spread:
        tell(f"scale: CreateBGPPeer, {len(self._more)} times")
        return Spread.of([self._timed(number, session) for number, session in enumerate(self._more)])

    def _timed(self, number: int, session: Session) -> float:
        """Milliseconds."""
        vif_id = self._vif_ids[number]
        with _stopwatch() as elapsed:
            self._connection.call("CreateBGPPeer", virtualInterfaceId=vif_id, newBGPPeer=session.members())
            wait_for(lambda: self._is_up(vif_id), f"every peer of {vif_id} to be up")
            took = elapsed() * 1000
        asked = {"virtualInterfaceId": vif_id, "asn": CUSTOMER_ASN, "customerAddress": str(session.customer)}
        self._connection.call("DeleteBGPPeer", **asked)
        wait_for(lambda: self._sessions_of(vif_id) == 1, f"the second peer of {vif_id} to be gone")
        return took

    def _sessions_of(self, vif_id: str) -> int:
        answer = self._connection.call("DescribeVirtualInterfaces", virtualInterfaceId=vif_id)
        return len(answer["virtualInterfaces"][0]["bgpPeers"])

    def _describe(self) -> float:
        tell(f"scale: DescribeVirtualInterfaces, {DESCRIPTIONS} times")
        times = []
        for _ in range(DESCRIPTIONS):
            with _stopwatch() as elapsed:
                self._connection.ask("DescribeVirtualInterfaces")
                times.append(elapsed() * 1000)
        return percentile(times, 99)

    def _routes(self) -> float:
        tell(f"scale: {PREFIXES} prefixes on every session")
        with _stopwatch() as elapsed:
            self._site.tell("all", prefixes(PREFIXES))
            _patiently(self._has_all_routes, "every route to be accepted")
            return elapsed()

    def _has_all_routes(self) -> bool:
        return all(peer["acceptedPrefixes"] == PREFIXES for peer in self._endpoint.peers())


@contextmanager
def _stopwatch() -> Iterator[Callable[[], float]]:
    """A function that tells the seconds since the block began."""
    started = time.perf_counter()
    yield lambda: time.perf_counter() - started


#: Waits for a whole lab, without keeping it busy.
_patiently = partial(wait_for, patience=PATIENCE, pause=PAUSE)
