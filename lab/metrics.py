"""What a lab looks like to Prometheus, `GET /metrics`.

Two sorts of metrics. Those under AWS's own CloudWatch names (namespace AWS/DX) have AWS's dimensions as labels, so that
what is written for a real account needs no other names here. Those that begin with `dxlab_` are the lab's own.

No label is text that a customer or a router chooses: ids are the lab's, states are AWS's and the RFC's words, reasons
and NOTIFICATIONs come from fixed tables, operations and errors from AWS's model.

A scrape has two parts. What the cloud world and the sessions are is copied on the event loop, where they live; the
counters of the interfaces are read and the text is written in a thread. Nothing is done while nobody asks, and scrapes
within a second of each other get the same text.

A bit rate needs two looks. It is the mean over the last minute of scrapes, or since the last scrape where that is
longer ago, and absent at the first one. https://docs.aws.amazon.com/directconnect/latest/UserGuide/monitoring-cloudwatch.html
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from lab import __version__
from lab.bgp.reasons import Why
from lab.bgp.session import Session, State
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import BgpStatus, ConnectionState, VirtualInterface, VirtualInterfaceState
from lab.network.traffic import Traffic, traffic
from lab.places import Places

#: Seconds for which a text serves.
FRESH = 1.0
#: Seconds over which a rate is taken, and that lie between the looks that are kept for it.
WINDOW, APART = 60.0, 5.0

_LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_CONNECTION = ("ConnectionId",)
_VIF = ("ConnectionId", "VirtualInterfaceId")
_FAMILY = (*_VIF, "IpAddressFamily")

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """What a lab was at one moment.

    :param links: the label values of each connection and each VIF, to the namespace of its interface.
    :param status: by VIF and family, whether one of the sessions is up; without those that nobody has seen yet.
    """

    connections: Mapping[Labels, bool]
    links: Mapping[Labels, str]
    status: Mapping[Labels, bool]
    accepted: Mapping[Labels, int]
    advertised: Mapping[Labels, int]
    vif_states: Mapping[str, int]
    session_states: Mapping[str, int]
    transitions: Mapping[tuple[str, Why], int]
    unstored: bool


@dataclass
class Rates:
    """The counters as they were lately, for the rates."""

    clock: Callable[[], float] = time.monotonic
    _looks: deque[tuple[float, Mapping[Labels, Traffic]]] = field(default_factory=deque)

    def since(self, now: Mapping[Labels, Traffic]) -> Iterator[tuple[Labels, Traffic, Traffic, float]]:
        """For each link that was there a while ago: it, its counters now and then, and the seconds between."""
        moment = self.clock()
        while len(self._looks) > 1 and moment - self._looks[1][0] >= WINDOW:
            self._looks.popleft()
        if self._looks:
            at, then = self._looks[0]
            for labels, counted in now.items():
                # An interface that was made anew meanwhile counts from nothing.
                if labels in then and counted.egress_octets >= then[labels].egress_octets:
                    yield labels, counted, then[labels], moment - at
        if not self._looks or moment - self._looks[-1][0] >= APART:
            self._looks.append((moment, now))


@dataclass
class Metrics:
    """One lab's metrics.

    :param sessions: by the id of the peer.
    :param transitions: how often `bgpStatus` became what, and why.
    """

    places: Places
    cloud: Cloud
    sessions: Mapping[str, Session]
    transitions: Callable[[], Mapping[tuple[str, Why], int]]

    def __post_init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._latency = Histogram(
            "dxlab_api_request_duration_seconds",
            "How long requests for an operation of the API took",
            ("operation", "result"),
            buckets=_LATENCIES,
            registry=self._registry,
        )
        self._lab = _Lab(Rates())
        self._registry.register(self._lab)
        self._writing = asyncio.Lock()
        self._written: tuple[float, bytes] | None = None

    def request(self, operation: str, result: str, seconds: float) -> None:
        """A request for an operation was answered.

        :param result: AWS's name of the error, or `success`.
        """
        self._latency.labels(operation, result).observe(seconds)

    async def text(self) -> bytes:
        """The text of all metrics, at most a second old."""
        async with self._writing:
            if self._written is None or time.monotonic() - self._written[0] > FRESH:
                text = await asyncio.to_thread(self._write, self._look())
                self._written = time.monotonic(), text
            return self._written[1]

    def _write(self, snapshot: Snapshot) -> bytes:
        self._lab.snapshot = snapshot
        return generate_latest(self._registry)

    def _look(self) -> Snapshot:
        alive = [vif for vif in self.cloud.virtual_interfaces() if _alive(vif)]
        ports = [each for each in self.cloud.connections() if each.state is not ConnectionState.DELETED]
        device = self.places.namespace("dx")
        peers = [
            ((vif.connection_id, vif.id, p.family.value), vif, p) for vif in alive for p in vif.standing_peers
        ]
        seen = {(key, p.status) for key, _, p in peers if p.status is not BgpStatus.UNKNOWN}
        accepted: Counter[Labels] = Counter()
        for key, _, peer in peers:
            accepted[key] += len(self.sessions.get(peer.id, Session()).routes)
        return Snapshot(
            connections={(each.id,): each.state is ConnectionState.AVAILABLE for each in ports},
            links={
                **{(each.id,): device for each in ports},
                **{(vif.connection_id, vif.id): self.places.namespace(vif.id) for vif in alive},
            },
            status={key: (key, BgpStatus.UP) in seen for key, _ in seen},
            accepted=accepted,
            advertised={key: len(self.cloud.advertised_prefixes(vif, p.family)) for key, vif, p in peers},
            vif_states=Counter(vif.state.value for vif in alive),
            session_states=Counter(session.state.value for session in self.sessions.values()),
            transitions=dict(self.transitions()),
            unstored=self.cloud.unstored is not None,
        )


def _alive(vif: VirtualInterface) -> bool:
    return vif.state is not VirtualInterfaceState.DELETED


class _Lab(Collector):
    """A lab's present state as metric families."""

    def __init__(self, rates: Rates) -> None:
        self.snapshot: Snapshot | None = None
        self._rates = rates

    def collect(self) -> Iterable[Metric]:
        if self.snapshot is not None:
            yield from _own(self.snapshot)
            yield from _cloudwatch(self.snapshot)
            counted = dict(_counted(self.snapshot.links))
            yield from _totals(counted)
            yield from _rates(list(self._rates.since(counted)))


def _own(lab: Snapshot) -> Iterator[Metric]:
    yield InfoMetricFamily("dxlab", "The version of dxlab", {"version": __version__})
    states: dict[Labels, int] = {(state.value,): lab.session_states.get(state.value, 0) for state in State}
    yield _gauge("dxlab_bgp_sessions", "BGP sessions by their state in RFC 4271", ("state",), states)
    vifs: dict[Labels, int] = {
        (state.value,): lab.vif_states.get(state.value, 0) for state in VirtualInterfaceState
    }
    yield _gauge("dxlab_virtual_interfaces", "Virtual interfaces by their state", ("state",), vifs)
    changes = CounterMetricFamily(
        "dxlab_bgp_status_transitions",
        "How often bgpStatus of a peer became another",
        labels=("status", "reason", "notification"),
    )
    for (status, why), times in lab.transitions.items():
        changes.add_metric((status, why.reason.value, why.notification), times)
    yield changes
    words = "1 while what happened cannot be written to the state directory"
    yield GaugeMetricFamily("dxlab_state_unwritten", words, value=lab.unstored)


def _cloudwatch(lab: Snapshot) -> Iterator[Metric]:
    yield _gauge("ConnectionState", "1 while the connection is up, else 0", _CONNECTION, lab.connections)
    words = "1 while a BGP session of the family is up, else 0"
    yield _gauge("VirtualInterfaceBgpStatus", words, _FAMILY, lab.status)
    words = "Prefixes that AWS accepted from the router"
    yield _gauge("VirtualInterfaceBgpPrefixesAccepted", words, _FAMILY, lab.accepted)
    words = "Prefixes that AWS advertises to the router"
    yield _gauge("VirtualInterfaceBgpPrefixesAdvertised", words, _FAMILY, lab.advertised)


def _counted(links: Mapping[Labels, str]) -> Iterator[tuple[Labels, Traffic]]:
    """The counters of every link that there is. A link's interface bears the last of its ids as its name."""
    read: dict[str, Mapping[str, Traffic]] = {}
    for labels, namespace in links.items():
        if namespace not in read:
            read[namespace] = traffic(namespace)
        if labels[-1] in read[namespace]:
            yield labels, read[namespace][labels[-1]]


def _totals(counted: Mapping[Labels, Traffic]) -> Iterator[Metric]:
    for unit in ("octets", "packets"):
        family = CounterMetricFamily(
            f"dxlab_virtual_interface_{'bytes' if unit == 'octets' else unit}",
            f"Layer 2 {unit} of a virtual interface, as AWS's side sees them",
            labels=(*_VIF, "direction"),
        )
        for labels, each in counted.items():
            if len(labels) == len(_VIF):
                for direction in ("egress", "ingress"):
                    family.add_metric((*labels, direction), getattr(each, f"{direction}_{unit}"))
        yield family


def _rates(looks: list[tuple[Labels, Traffic, Traffic, float]]) -> Iterator[Metric]:
    for resource, names in (("Connection", _CONNECTION), ("VirtualInterface", _VIF)):
        mine = [look for look in looks if len(look[0]) == len(names)]
        for quantity, unit, factor in (("Bps", "octets", 8), ("Pps", "packets", 1)):
            for direction in ("Egress", "Ingress"):
                member = f"{direction.lower()}_{unit}"
                rates = {
                    labels: (getattr(now, member) - getattr(then, member)) * factor / seconds
                    for labels, now, then, seconds in mine
                }
                words = (
                    f"{'Bits' if factor == 8 else 'Packets'} per second, {direction.lower()} as AWS sees it"
                )
                yield _gauge(f"{resource}{quantity}{direction}", words, names, rates)


def _gauge(name: str, words: str, labels: Labels, samples: Mapping[Labels, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=labels)
    for values, value in samples.items():
        family.add_metric(values, value)
    return family
