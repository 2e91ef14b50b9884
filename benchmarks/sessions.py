"""From a request to a session that is up, in turn with the same by hand; then what the sessions cost.

    1. CreatePrivateVirtualInterface with an IPv4 peer: namespace, sub-interface, address, speaker;
       in turn with a session by hand
    2. memory, with one peer on each virtual interface
    3. CreateBGPPeer, a second IPv4 peer on the same virtual interface: address, speaker;
       in turn with a session by hand
    4. memory, with two peers on each
    5. idle for longer than one keepalive interval (30 s at a hold time of 90 s)

A session is up when DescribeVirtualInterfaces says so to a client that asks every 2 ms; time runs from
before the request is sent until that answer has arrived.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from benchmarks.bird import Session
from benchmarks.by_hand import Attempt, ByHand
from benchmarks.client import Connection
from benchmarks.endpoint import Endpoint, running_endpoint
from benchmarks.figures import Spread
from benchmarks.processes import parent_of, processor_time, proportional_memory
from benchmarks.progress import counted, tell, wait_for
from benchmarks.router import add_vlan, sessions, start_waiting
from benchmarks.steps import history_of, medians
from lab.network.namespaces import ensure_namespace
from lab.network.vlan import vlan_driver

VIRTUAL_INTERFACES = 50
IDLE_SECONDS = 32.0
_FIRST_VLAN = 100
#: AWS attaches at most 30 virtual interfaces to one gateway.
_PER_GATEWAY = 25


@dataclass(frozen=True)
class Idle:
    """Processor time of an idle lab, as percent of one core.

    :ivar speakers: of all speakers and their launcher.
    """

    peers: int
    seconds: float
    speakers: float
    endpoint: float

    @property
    def per_100_peers(self) -> float:
        return (self.speakers + self.endpoint) / self.peers * 100


@dataclass(frozen=True)
class Sessions:
    """What was measured; durations in milliseconds, memory in MB (10^6 bytes) a peer, by number of peers.

    :ivar by_hand_worked: without BIRD's own wait before it dials.
    :ivar steps: of CreateBGPPeer, the median time from the request to the end of each.
    """

    create_bgp_peer: Spread
    create_virtual_interface: Spread
    by_hand: Spread
    by_hand_worked: Spread
    steps: dict[str, float]
    memory: dict[int, float]
    idle: Idle


def measure(name: str) -> Sessions:
    """All of it, in a lab of this name."""
    tell("sessions: starting an endpoint and two routers that wait")
    with running_endpoint(name) as endpoint, closing(endpoint.connect()) as connection:
        return _Run(endpoint, connection).measure()


class _Run:
    """One lab's measurements, one after the other."""

    def __init__(self, endpoint: Endpoint, connection: Connection) -> None:
        self._endpoint = endpoint
        self._connection = connection
        self._first = sessions("first", 16, VIRTUAL_INTERFACES)
        self._second = sessions("second", 17, VIRTUAL_INTERFACES)
        self._manual = sessions("hand", 18, 2 * VIRTUAL_INTERFACES)
        self._vif_ids: list[str] = []
        self._by_hand = self._prepare_by_hand()
        self._prepare_router()

    def _prepare_by_hand(self) -> ByHand:
        places = self._endpoint.places
        router = places.namespace("handrouter")
        ensure_namespace(router)
        start_waiting(router, places.run / "handrouter", self._manual)
        return ByHand(places, router)

    def _prepare_router(self) -> None:
        trunk = self._endpoint.routers[0]
        driver = vlan_driver()
        for number, on_it in enumerate(zip(self._first, self._second, strict=True)):
            add_vlan(driver, trunk, _FIRST_VLAN + number, on_it)
        start_waiting(trunk.namespace, self._endpoint.places.run / "router", (*self._first, *self._second))

    def measure(self) -> Sessions:
        whole, by_hand = self._in_turn("CreatePrivateVirtualInterface", self._create_vif, self._manual[::2])
        memory = {VIRTUAL_INTERFACES: self._memory(VIRTUAL_INTERFACES)}
        added, more = self._in_turn("CreateBGPPeer", self._create_peer, self._manual[1::2])
        peers = 2 * VIRTUAL_INTERFACES
        memory[peers] = self._memory(peers)
        attempts = by_hand + more
        return Sessions(
            create_bgp_peer=_milliseconds(added),
            create_virtual_interface=_milliseconds(whole),
            by_hand=_milliseconds([attempt.total for attempt in attempts]),
            by_hand_worked=_milliseconds([attempt.worked for attempt in attempts]),
            steps=medians(history_of(self._endpoint.address), self._added_peers()),
            memory=memory,
            idle=self._idle(peers),
        )

    def _in_turn(
        self, operation: str, create: Callable[[int], str], manual: list[Session]
    ) -> tuple[list[float], list[Attempt]]:
        """Seconds of each request, and the attempts by hand between them."""
        times, attempts = [], []
        for number in counted(f"sessions: {operation}, and by hand", VIRTUAL_INTERFACES):
            times.append(self._timed(create, number))
            attempts.append(self._by_hand.set_up(manual[number]))
        return times, attempts

    def _timed(self, create: Callable[[int], str], number: int) -> float:
        started = time.perf_counter()
        vif_id = create(number)
        wait_for(lambda: self._is_up(vif_id), f"every peer of {vif_id} to be up")
        return time.perf_counter() - started

    def _create_vif(self, number: int) -> str:
        vif = self._connection.call(
            "CreatePrivateVirtualInterface",
            connectionId=self._endpoint.connection_ids[0],
            newPrivateVirtualInterface={
                "virtualInterfaceName": f"bench-{number}",
                "vlan": _FIRST_VLAN + number,
                "virtualGatewayId": f"vgw-{number // _PER_GATEWAY:017x}",
                **self._first[number].members(),
            },
        )
        self._vif_ids.append(vif["virtualInterfaceId"])
        return self._vif_ids[-1]

    def _create_peer(self, number: int) -> str:
        vif_id = self._vif_ids[number]
        peer = self._second[number].members()
        self._connection.call("CreateBGPPeer", virtualInterfaceId=vif_id, newBGPPeer=peer)
        return vif_id

    def _is_up(self, vif_id: str) -> bool:
        answer = self._connection.call("DescribeVirtualInterfaces", virtualInterfaceId=vif_id)
        (vif,) = answer["virtualInterfaces"]
        return all(peer["bgpStatus"] == "up" for peer in vif["bgpPeers"])

    def _added_peers(self) -> list[str]:
        """The peers that CreateBGPPeer made."""
        addresses = {str(session.customer) for session in self._second}
        return [
            peer["bgpPeerId"]
            for vif in self._connection.call("DescribeVirtualInterfaces")["virtualInterfaces"]
            for peer in vif["bgpPeers"]
            if peer["customerAddress"] in addresses
        ]

    def _memory(self, peers: int) -> float:
        tell(f"sessions: memory of {peers} peers")
        return proportional_memory(self._speakers_and_launcher(peers)) / peers / 1e6

    def _idle(self, peers: int) -> Idle:
        tell(f"sessions: idle for {IDLE_SECONDS:.0f} s with {peers} peers")
        speakers = self._speakers_and_launcher(peers)
        before = processor_time(speakers), processor_time([self._endpoint.pid])
        started = time.perf_counter()
        time.sleep(IDLE_SECONDS)
        seconds = time.perf_counter() - started
        after = processor_time(speakers), processor_time([self._endpoint.pid])
        share = [(late - early) / seconds * 100 for early, late in zip(before, after, strict=True)]
        return Idle(peers, seconds, *share)

    def _speakers_and_launcher(self, peers: int) -> list[int]:
        speakers = self._endpoint.speakers(self._vif_ids)
        if len(speakers) != peers:
            raise RuntimeError(f"{len(speakers)} speakers run for {peers} peers")
        return [*speakers, parent_of(speakers[0])]


def _milliseconds(seconds: list[float]) -> Spread:
    return Spread.of([second * 1000 for second in seconds])
