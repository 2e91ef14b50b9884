"""Peers, what was seen of them, and verdicts, made up for tests of what is pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_interface
from pathlib import Path
from typing import Any

from lab.bgp.events import OpenReceived, Route
from lab.bgp.session import Session, State
from lab.diagnosis import Verdict as Diagnosis
from lab.diagnosis.evidence import Said
from lab.directconnect.model import (
    AddressFamily,
    BgpPeer,
    BgpPeerState,
    HistoryEntry,
    VirtualInterface,
    VirtualInterfaceState,
    VirtualInterfaceType,
)
from lab.errors import RefusedLine
from lab.verify.checks import AcceptedAny, Check, Status
from lab.verify.checks.base import met, not_met
from lab.verify.seen import Seen, Subject
from lab.verify.verdict import Evidence, Place, Refusal, Result, Verdict

KEY = "s3cretKey9"
#: When the routers had been started.
BEGAN = 1_800_000_000.0


def peer(family: str, number: int = 1, **changes: Any) -> BgpPeer:  # noqa: ANN401 -- members of a peer
    ends = (
        ("169.254.0.1/30", "169.254.0.2/30") if family == "ipv4" else ("2001:db8::1/125", "2001:db8::2/125")
    )
    terms: dict[str, Any] = {
        "id": f"dxpeer-{family}{number}",
        "asn": 65001,
        "auth_key": KEY,
        "family": AddressFamily(family),
        "amazon_address": ip_interface(ends[0]),
        "customer_address": ip_interface(ends[1]),
        "state": BgpPeerState.AVAILABLE,
        "since": BEGAN,
    }
    return BgpPeer(**(terms | changes))


def vif(
    *peers: BgpPeer,
    name: str = "office",
    number: int = 1,
    **changes: Any,  # noqa: ANN401 -- members of a VIF
) -> VirtualInterface:
    own = peers or (peer("ipv4"), peer("ipv6"))
    terms = own[0].model_dump(include={"asn", "auth_key", "family", "amazon_address", "customer_address"})
    members: dict[str, Any] = {
        "id": f"dxvif-fg12ab3{number}",
        "owner": "123456789012",
        "region": "us-east-1",
        "location": "EqDC2",
        "connection_id": "dxcon-fg12ab34",
        "device": "EqDC2-1",
        "type": VirtualInterfaceType.PRIVATE,
        "name": name,
        "vlan": 101,
        "mtu": 1500,
        "state": VirtualInterfaceState.AVAILABLE,
        "since": BEGAN,
        "amazon_side_asn": 64512,
        "peers": own,
    }
    return VirtualInterface(**(terms | members | changes))


def subject(family: str = "ipv4") -> Subject:
    made = vif()
    return Subject(made, next(each for each in made.peers if each.family == family))


def route(prefix: str, **changes: Any) -> Route:  # noqa: ANN401 -- members of a route
    plain = Route(prefix, "169.254.0.2", (65001,), (), None, "igp")
    return replace(plain, **changes)


def up(*routes: Route, since: float = 1.0) -> Session:
    """A session that is up since so many seconds after the routers' start."""
    return Session(
        state=State.ESTABLISHED,
        reported=True,
        since=BEGAN + since,
        reason="Established",
        peer_open=OpenReceived("dxpeer-ipv4", BEGAN + since, 65001, 90, "192.0.2.1", ()),
        routes={each.prefix: each for each in routes},
    )


def down(reason: str = "no answer from 169.254.0.2 yet", since: float = -5.0) -> Session:
    return Session(state=State.CONNECT, reported=True, since=BEGAN + since, reason=reason)


def seen(session: Session, after: float = 10.0, **found: Any) -> Seen:  # noqa: ANN401 -- members of Seen
    """What is seen so many seconds after the routers' start."""
    return Seen(at=BEGAN + after, began=BEGAN, session=session, **found)


# ----- verdicts ---------------------------------------------------------------------------------------------

FILE = Path("/office/topology.yml")
CONFIG = Path("/office/edge.conf")

EVIDENCE = Evidence(
    history=(
        HistoryEntry(at=BEGAN, kind="request", detail="office asked for an ipv4 peer"),
        HistoryEntry(at=BEGAN + 1, kind="status", detail="down", reason="NOTIFICATION sent: Bad Peer AS"),
    ),
    events=("   0.000  the speaker listens and dials", "   1.000  TCP connection accepted"),
    router="edge",
    router_log=("BGP: %NOTIFICATION: received <2/2>", "an escape \x1b[0m and a <tag>"),
    notification="NOTIFICATION sent: OPEN Message Error / Bad Peer AS",
    diagnosis=Diagnosis(
        "dxpeer-ipv41",
        "asn-mismatch-customer",
        explanation="the router says that it is AS 65002; the peer was made for AS 65001",
        fix="router bgp 65001",
        where=f"{CONFIG}:12",
        evidence=(
            Said("AWS's speaker", BEGAN + 1, OpenReceived("dxpeer-ipv41", 1.0, 65002, 90, "192.0.2.1", ())),
        ),
    ),
)


def passed(check: Check) -> Result:
    return Result(check, met("up after 1.0 s"), 1.0, Place(FILE, 20))


def failed(check: Check, config: Place | None = None) -> Result:
    words = "the session is down: NOTIFICATION sent: OPEN Message Error / Bad Peer AS"
    return Result(check, not_met(words), 30.0, Place(FILE, 20), config, EVIDENCE)


def verdict(results: Iterable[Result] = (), refusal: Refusal | None = None) -> Verdict:
    return Verdict("office", FILE, "office-abc123", BEGAN, 31.5, tuple(results), refusal)


STATUS = Status(subject("ipv4"), 30.0, 20, "up", 0.0)
ANY = AcceptedAny(subject("ipv6"), 30.0, None)
REFUSAL = Refusal(
    "edge",
    f"router 'edge' refuses the configuration:\n  {CONFIG}:7: % Unknown command: neighbour",
    (RefusedLine(CONFIG, 7, "% Unknown command: neighbour"),),
)
#: One of every sort.
VERDICTS = {
    "met": verdict([passed(STATUS), passed(ANY)]),
    "not met": verdict([failed(STATUS, Place(CONFIG, 31)), failed(ANY), passed(ANY)]),
    "refused": verdict(refusal=REFUSAL),
    "refused as a whole": verdict(refusal=Refusal("edge", "router 'edge' refuses the configuration: no")),
}
