"""What is known beside the wire: the kernel, the session, the router's own view, and active probes."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.bgp import events
from lab.bgp.notifications import describe
from lab.diagnosis.evidence.base import Evidence

# ---- the kernel -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Carrier(Evidence):
    """The state of an interface.

    :param interface: its name.
    :param enabled: it is administratively up.
    :param carrier: there is light.
    :param stub: of a port: no cable was ever plugged in.
    """

    interface: str
    enabled: bool
    carrier: bool
    stub: bool = False

    def __str__(self) -> str:
        state = "up" if self.carrier else "no carrier" if self.enabled else "shut"
        return f"{self.interface} is {state}" + (", no cable was ever plugged in" if self.stub else "")


@dataclass(frozen=True)
class Missing(Evidence):
    """Something that the lab itself should have made is not there."""

    what: str

    def __str__(self) -> str:
        return f"{self.what} is missing"


@dataclass(frozen=True)
class Counter(Evidence):
    """A counter of a namespace's TCP (TcpExt of /proc/net/netstat, `nstat -az`).

    :param ours: of the virtual interface's namespace, not the router's.
    :param growth: by how much it grew while we watched.
    """

    ours: bool
    name: str
    value: int
    growth: int = 0

    def __str__(self) -> str:
        return f"TcpExt{self.name} is {self.value}" + (
            f", {self.growth} more than before" * bool(self.growth)
        )


@dataclass(frozen=True)
class Neighbour(Evidence):
    """An entry of the neighbour table of the virtual interface.

    :param state: the kernel's word: `reachable`, `stale`, `failed`, `incomplete`, ...
    """

    address: str
    mac: str
    state: str

    def __str__(self) -> str:
        return f"neighbour {self.address} lladdr {self.mac or '-'} {self.state.upper()}"


@dataclass(frozen=True)
class NeighbourTable(Evidence):
    """The machine's neighbour table of a family, which all network namespaces share.

    :param limit: `gc_thresh3`.
    :param refused: how many entries it had no room for (`table_fulls`).
    :param growth: by how much that grew while we watched.
    """

    family: int
    entries: int
    limit: int
    refused: int
    growth: int = 0

    def __str__(self) -> str:
        return (
            f"IPv{self.family} neighbour table: {self.entries} entries, the limit is {self.limit}; table_fulls is "
            f"{self.refused}" + f", {self.growth} more than before" * bool(self.growth)
        )


@dataclass(frozen=True)
class InterfaceAddress(Evidence):
    """An address on an interface of a router that the lab runs.

    :param address: with its prefix length.
    """

    interface: str
    address: str

    def __str__(self) -> str:
        return f"{self.interface} has {self.address}"


@dataclass(frozen=True)
class FilterRule(Evidence):
    """A packet filter's rule, in the router that the lab runs, that drops or rejects BGP."""

    rule: str

    def __str__(self) -> str:
        return f"filter rule: {self.rule}"


# ---- the session ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said(Evidence):
    """What AWS's speaker reported."""

    event: events.SpeakerEvent

    def __str__(self) -> str:
        return _words_of(self.event)


@dataclass(frozen=True)
class SessionSeen(Evidence):
    """The session as the endpoint has it.

    :param since: when `status` last changed.
    :param next_hops: the next hops of the routes that AWS accepted.
    :param falls: when it went from `up` to `down` lately, and why.
    """

    state: str
    status: str
    since: float
    reason: str
    limit_exceeded: bool
    routes: int
    next_hops: tuple[str, ...] = ()
    falls: tuple[tuple[float, str], ...] = ()

    def __str__(self) -> str:
        return f"session {self.state}, bgpStatus {self.status}: {self.reason}; {self.routes} routes accepted"


# ---- the router's own view --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Daemons(Evidence):
    """Whether the router's daemons run.

    :param answering: whether they say what they know; not while they start, nor while they hang.
    """

    running: bool
    answering: bool = True

    def __str__(self) -> str:
        silent = "" if self.answering else ", but do not answer"
        return f"its routing daemons {'run' if self.running else 'do not run'}{silent}"


@dataclass(frozen=True)
class RouterSession(Evidence):
    """A BGP neighbour as the router sees it.

    :param asn: the one that the router expects of it; 0 where that is not known.
    :param shut: administratively down.
    :param policy_missing: nothing goes out for want of a policy, RFC 8212.
    :param originates: how many routes the router has that it could announce; None where that is not known.
    """

    address: str
    asn: int
    state: str
    last_reset: str
    advertised: int = 0
    shut: bool = False
    policy_missing: bool = False
    originates: int | None = None

    def __str__(self) -> str:
        extra = ", administratively shut" * self.shut + ", no policy (RFC 8212)" * self.policy_missing
        reset = f", last reset: {self.last_reset}" if self.last_reset else ""
        return f"neighbor {self.address} AS {self.asn} is {self.state}{extra}{reset}, {self.advertised} sent"


@dataclass(frozen=True)
class ConfigLine(Evidence):
    """Where a router's configuration speaks of something. Its text stays out: it may hold a key.

    :param topic: see `lab.diagnosis.configuration`.
    """

    topic: str
    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line} ({self.topic})"


# ---- active probes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Probe(Evidence):
    """Something that the lab did in order to see what happens.

    :param name: `arp`, `ping`, `unsigned SYN`, `SYN to a closed port`, ...
    :param outcome: one word: `answered`, `silent`, `refused`, `open`, `closed`, `prohibited`.
    """

    name: str
    outcome: str
    detail: str = ""
    active: bool = field(default=True, kw_only=True)

    def __str__(self) -> str:
        return f"probe {self.name}: {self.outcome}" + (f" ({self.detail})" if self.detail else "")


def _words_of(event: events.SpeakerEvent) -> str:
    match event:
        case events.NotificationReceived():
            return f"NOTIFICATION received: {describe(event.code, event.subcode, event.text)}"
        case events.NotificationSent():
            return f"NOTIFICATION sent: {describe(event.code, event.subcode, event.text)}"
        case events.OpenReceived() | events.OpenSent():
            verb = "received" if isinstance(event, events.OpenReceived) else "sent"
            return f"OPEN {verb}: AS {event.asn}, hold time {event.hold_time} s, id {event.router_id}"
        case events.PrefixLimitExceeded():
            return f"{event.received} prefixes received, the limit is {event.limit}"
        case events.DialFailed() | events.SessionClosed() | events.SpeakerExited():
            return event.reason
        case events.Connected():
            return f"TCP connection {event.direction}"
    return type(event).__name__
