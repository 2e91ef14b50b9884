"""Hand-made evidence: one peer, and what is seen of it, one item at a time."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from lab.bgp import events
from lab.diagnosis import Case, Expected
from lab.diagnosis.evidence import (
    Arp,
    Carrier,
    Counter,
    Daemons,
    Discovery,
    Evidence,
    Probe,
    RouterSession,
    Said,
    Segment,
    SessionSeen,
)
from lab.diagnosis.messages import Message

NOW = 1_000_000.0
CABLE = "cable of dxcon-fg000001"

EXPECTED = {
    4: Expected(
        peer="dxpeer-fg000004",
        vif="dxvif-fg000001",
        vif_name="office-private",
        connection="dxcon-fg000001",
        vlan=101,
        amazon="169.254.10.1/30",
        customer="169.254.10.2/30",
        amazon_asn=64512,
        customer_asn=65001,
        advertised=("10.10.0.0/16",),
        vlans=((101, "dxvif-fg000001"), (102, "dxvif-fg000002")),
    ),
    6: Expected(
        peer="dxpeer-fg000006",
        vif="dxvif-fg000001",
        vif_name="office-private",
        connection="dxcon-fg000001",
        vlan=101,
        amazon="2001:db8:1::1/125",
        customer="2001:db8:1::6/125",
        amazon_asn=64512,
        customer_asn=65001,
        advertised=("2001:db8:10::/56",),
        vlans=((101, "dxvif-fg000001"), (102, "dxvif-fg000002")),
    ),
}


def case(
    *evidence: Evidence,
    family: int = 4,
    at: float = NOW,
    starting: bool = False,
    **changes: Any,  # noqa: ANN401
) -> Case:
    """A case; `changes` are those of the terms."""
    expected = Expected(**{**vars(EXPECTED[family]), **changes})
    return Case(expected, evidence, at, starting)


def arp(
    sender: str = "169.254.10.2",
    target: str = "169.254.10.1",
    *,
    tags: tuple[int, ...] = (101,),
    reply: bool = False,
    inbound: bool = True,
    ago: float = 1.0,
) -> Arp:
    return Arp(CABLE, NOW - ago, inbound, tags, reply, sender, "02:00:00:00:00:02", target)


def discovery(
    sender: str = "2001:db8:1::6",
    target: str = "2001:db8:1::1",
    *,
    tags: tuple[int, ...] = (101,),
    reply: bool = False,
    inbound: bool = True,
    ago: float = 1.0,
) -> Discovery:
    return Discovery(CABLE, NOW - ago, inbound, tags, reply, sender, target)


def segment(
    flags: str = "S",
    *messages: Message,
    inbound: bool = True,
    family: int = 4,
    ago: float = 1.0,
    **changes: Any,  # noqa: ANN401
) -> Segment:
    """A segment between the two right addresses, rightly signed, unless it is said otherwise."""
    expected = EXPECTED[family]
    ends = (expected.customer_ip, expected.amazon_ip)
    sender, receiver = ends if inbound else ends[::-1]
    values: dict[str, Any] = {
        "source": CABLE,
        "at": NOW - ago,
        "inbound": inbound,
        "tags": (101,),
        "sender": sender,
        "receiver": receiver,
        "sender_port": 40000 if inbound else 179,
        "receiver_port": 179 if inbound else 40000,
        "flags": flags,
        "ttl": 1,
        "sequence": 1,
        "acknowledgement": 0,
        "length": 19 * len(messages),
        "signature": "right",
        "messages": messages,
    }
    return Segment(**values | changes)


def answers(family: int = 4) -> Evidence:
    """The customer's address answers where it should."""
    ip = EXPECTED[family].customer_ip
    return arp(ip, reply=True) if ip_address(ip).version == 4 else discovery(target=ip, reply=True)


def probe(name: str, outcome: str, ago: float = 0.5) -> Probe:
    return Probe("probe", NOW - ago, name, outcome)


def session(status: str = "down", since: float = 60.0, **changes: Any) -> SessionSeen:  # noqa: ANN401
    values: dict[str, Any] = {
        "source": "session",
        "at": NOW,
        "state": "Established" if status == "up" else "Idle",
        "status": status,
        "since": NOW - since,
        "reason": "not connected yet",
        "limit_exceeded": False,
        "routes": 0,
    }
    return SessionSeen(**values | changes)


def said(kind: type[events.SpeakerEvent], *details: Any, ago: float = 1.0) -> Said:  # noqa: ANN401
    return Said("AWS's speaker", NOW - ago, kind("dxpeer-fg000004", NOW - ago, *details))


def opened(asn: int = 65001, hold: int = 90, ago: float = 1.0) -> Said:
    return said(events.OpenReceived, asn, hold, "192.0.2.1", (), ago=ago)


def ended(code: int, subcode: int, text: str = "", *, by_router: bool = True, ago: float = 0.9) -> Said:
    kind = events.NotificationReceived if by_router else events.NotificationSent
    return said(kind, code, subcode, text, ago=ago)


def counter(name: str, *, ours: bool = True, growth: int = 1) -> Counter:
    return Counter("TCP", NOW, ours, name, 5, growth)


def light(
    interface: str = "dxcon-fg000001", *, enabled: bool = True, carrier: bool = True, stub: bool = False
) -> Carrier:
    return Carrier(f"dx/{interface}", NOW, interface, enabled, carrier, stub)


def daemons(running: bool = True, *, answering: bool = True) -> Daemons:
    return Daemons("router edge", NOW, running, answering)


def known(address: str = "169.254.10.1", **changes: Any) -> RouterSession:  # noqa: ANN401
    values: dict[str, Any] = {
        "source": "router edge",
        "at": NOW,
        "address": address,
        "asn": 64512,
        "state": "Active",
        "last_reset": "",
    }
    return RouterSession(**values | changes)
