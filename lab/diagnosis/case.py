"""What the rules are given: what AWS expects of the router, and everything that is known of it.

A `Case` is one peer at one moment. The questions that several rules ask of the evidence are its methods; they
see frames of the last few minutes only, for what a router sent before somebody mended it proves nothing now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from ipaddress import ip_address, ip_interface
from typing import Any, TypeVar

from lab.bgp import events
from lab.diagnosis.evidence import (
    Evidence,
    Frame,
    InterfaceAddress,
    Probe,
    RouterSession,
    Said,
    Segment,
    SessionSeen,
)
from lab.diagnosis.evidence.lines import from_json, to_json
from lab.diagnosis.messages import Message

#: Seconds for which a frame counts: a router that dials every two minutes is heard at least once.
MEMORY = 180.0
#: Seconds of silence before silence means something: a first dial, or ARP, may need so long.
PATIENCE = 3.0
#: Ports of the lab's own unsigned probes; what answers them is unsigned by nature.
PROBE_PORTS = range(61100, 61200)
#: Cease / Connection Collision Resolution: part of every good start.
_COLLISION = (6, 7)

E = TypeVar("E", bound=Evidence)


@dataclass(frozen=True)
class Expected:
    """The peer as AWS has it.

    :param amazon: Amazon's address with its prefix length; likewise `customer`.
    :param siblings: addresses of the same family that other peers use on the same VLAN.
    :param vlans: every VLAN of the connection, by the VIF that has it.
    :param advertised: the prefixes that AWS announces.
    :param mtu: of the virtual interface.
    :param kind: the router's kind, or `unknown` for a router that the lab does not run.
    :param router: its node's name, or empty.
    """

    peer: str
    vif: str
    vif_name: str
    connection: str
    vlan: int
    amazon: str
    customer: str
    amazon_asn: int
    customer_asn: int
    prefix_limit: int = 100
    advertised: tuple[str, ...] = ()
    mtu: int = 1500
    siblings: tuple[str, ...] = ()
    vlans: tuple[tuple[int, str], ...] = ()
    kind: str = "unknown"
    router: str = ""

    @property
    def amazon_ip(self) -> str:
        return str(ip_interface(self.amazon).ip)

    @property
    def customer_ip(self) -> str:
        return str(ip_interface(self.customer).ip)

    @property
    def family(self) -> int:
        """4 or 6."""
        return ip_interface(self.customer).version

    @property
    def prefix_length(self) -> int:
        return ip_interface(self.customer).network.prefixlen

    def owner_of(self, vlan: int) -> str:
        """The VIF of the connection that has this VLAN, or empty."""
        return dict(self.vlans).get(vlan, "")


@dataclass(frozen=True)
class Spoken:
    """A BGP message with the evidence of it."""

    message: Message
    evidence: Evidence


@dataclass(frozen=True)
class Case:
    """One peer at one moment.

    :param at: when the question was asked, epoch seconds.
    :param starting: the lab's routers are still being started.
    """

    expected: Expected
    evidence: tuple[Evidence, ...]
    at: float
    starting: bool = False

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """The evidence of a kind, oldest first."""
        return tuple(sorted((each for each in self.evidence if isinstance(each, kind)), key=_when))

    # ----- frames ------------------------------------------------------------------------------------------

    @cached_property
    def inbound(self) -> tuple[Frame, ...]:
        """What the router sent lately."""
        return tuple(each for each in self.of(Frame) if each.inbound and each.at >= self.at - MEMORY)

    @cached_property
    def outbound(self) -> tuple[Frame, ...]:
        """What AWS sent lately."""
        return tuple(each for each in self.of(Frame) if not each.inbound and each.at >= self.at - MEMORY)

    @cached_property
    def own(self) -> tuple[Frame, ...]:
        """What the router sent on this VLAN in this address family, from an address of its own."""
        return tuple(each for each in self.inbound if each.tags == (self.expected.vlan,) and self._ours(each))

    @cached_property
    def answers(self) -> tuple[Frame, ...]:
        """The frames in which the customer's address speaks where it should."""
        return tuple(each for each in self.own if each.speaker == self.expected.customer_ip)

    @cached_property
    def neighbour_answers(self) -> bool:
        """Whether the customer's address answers now: by the probe where there is one, else by its frames."""
        probes = [each.outcome for each in self.of(Probe) if each.name == "arp"]
        return probes[-1] == "answered" if probes else bool(self.answers)

    def segments(self, *, inbound: bool = True) -> tuple[Segment, ...]:
        """The peer's own TCP segments, those of probes apart."""
        frames = self.own if inbound else self.outbound
        ends = {self.expected.amazon_ip, self.expected.customer_ip}
        return tuple(
            each
            for each in frames
            if isinstance(each, Segment)
            and set(each.addresses) == ends
            and each.sender_port not in PROBE_PORTS
            and each.receiver_port not in PROBE_PORTS
        )

    def calls(self, *, inbound: bool = True) -> tuple[Segment, ...]:
        """The segments of connections begun since the session fell; the router may go on with the old one for a
        while, which says nothing of why there is no new one.
        """
        old = {each.connection for each in self.segments(inbound=inbound) if each.at <= self.fell_at}
        return tuple(each for each in self.segments(inbound=inbound) if each.connection not in old)

    def speaks_of_us(self, frame: Frame) -> bool:
        """Whether a frame has one of the peer's addresses in it."""
        return not {self.expected.amazon_ip, self.expected.customer_ip}.isdisjoint(frame.addresses)

    def _ours(self, frame: Frame) -> bool:
        return bool(frame.speaker) and ip_address(frame.speaker).version == self.expected.family

    # ----- the session -------------------------------------------------------------------------------------

    @property
    def session(self) -> SessionSeen | None:
        """The session as last seen; None where only a capture is known."""
        seen = self.of(SessionSeen)
        return seen[-1] if seen else None

    @property
    def is_up(self) -> bool:
        return self.session is not None and self.session.status == "up"

    @cached_property
    def said(self) -> tuple[events.SpeakerEvent, ...]:
        """What AWS's speaker reported, oldest first."""
        return tuple(each.event for each in self.of(Said))

    def talk(self, name: str, *, inbound: bool) -> tuple[Spoken, ...]:
        """The messages of one name, oldest first; a NOTIFICATION that settles a collision is none."""
        found = sorted((*self._reported(inbound), *self._seen(inbound)), key=lambda each: each.evidence.at)
        return tuple(
            each
            for each in found
            if each.message.name == name and (each.message.code, each.message.subcode) != _COLLISION
        )

    def _reported(self, inbound: bool) -> Iterator[Spoken]:
        for item in self.of(Said):
            message = _message(item.event, inbound)
            if message is not None:
                yield Spoken(message, item)

    def _seen(self, inbound: bool) -> Iterator[Spoken]:
        for segment in self.segments(inbound=inbound):
            if segment.signature != "wrong":
                yield from (Spoken(message, segment) for message in segment.messages)

    @property
    def disturbed_at(self) -> float:
        """When something last began anew, so that silence since then means little."""
        fresh = (events.SpeakerStarted, events.LinkChanged)
        begun = [event.at for event in self.said if isinstance(event, fresh)]
        fell = [at for at, _ in self.session.falls] if self.session else []
        return max((*begun, *fell), default=0.0)

    @property
    def fell_at(self) -> float:
        """Since when the session is down; what the router sent before may have been mended, or broken, since."""
        return self.session.since if self.session and not self.is_up else 0.0

    @property
    def silence_counts(self) -> bool:
        """Whether what is missing has had the time to be there."""
        return not self.starting and self.at - self.disturbed_at >= PATIENCE

    # ----- the router --------------------------------------------------------------------------------------

    @property
    def router_session(self) -> RouterSession | None:
        """The peer as the router has it."""
        found = [each for each in self.of(RouterSession) if each.address == self.expected.amazon_ip]
        return found[-1] if found else None

    def router_addresses(self) -> tuple[InterfaceAddress, ...]:
        """The router's addresses of the peer's family."""
        family = self.expected.family
        return tuple(
            each for each in self.of(InterfaceAddress) if ip_interface(each.address).version == family
        )

    # ----- JSON --------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Everything, for a file from which the case can be judged again."""
        return {
            "expected": asdict(self.expected),
            "at": self.at,
            "starting": self.starting,
            "evidence": [to_json(item) for item in self.evidence],
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Case:
        """Read back what `to_json` wrote."""
        expected = Expected(
            **record["expected"]
            | {
                "siblings": tuple(record["expected"]["siblings"]),
                "advertised": tuple(record["expected"]["advertised"]),
                "vlans": tuple((int(vlan), vif) for vlan, vif in record["expected"]["vlans"]),
            }
        )
        evidence = tuple(from_json(item) for item in record["evidence"])
        return cls(expected, evidence, record["at"], record["starting"])


def _when(item: Evidence) -> float:
    return item.at


def _message(event: events.SpeakerEvent, inbound: bool) -> Message | None:
    """What a speaker reported of a message, in the form in which it is seen on the wire."""
    match event:
        case events.OpenReceived() if inbound:
            return Message("OPEN", asn=event.asn, hold_time=event.hold_time, router_id=event.router_id)
        case events.OpenSent() if not inbound:
            return Message("OPEN", asn=event.asn, hold_time=event.hold_time, router_id=event.router_id)
        case events.NotificationReceived() if inbound:
            return Message("NOTIFICATION", code=event.code, subcode=event.subcode, text=event.text)
        case events.NotificationSent() if not inbound:
            return Message("NOTIFICATION", code=event.code, subcode=event.subcode, text=event.text)
    return None
