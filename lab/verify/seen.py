"""What was observed of one BGP peer at one moment: the ground on which an expectation is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from lab.bgp.session import Session
from lab.directconnect.model import BgpPeer, Network, VirtualInterface

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Subject:
    """The BGP peer of which something is expected."""

    vif: VirtualInterface
    peer: BgpPeer

    def __str__(self) -> str:
        return f"{self.vif.name}.{self.peer.family}"

    @property
    def version(self) -> int:
        """4 or 6: the family of the session's addresses."""
        return self.peer.customer_address.version


@dataclass(frozen=True)
class Echo:
    """What became of an ICMP echo request.

    :ivar sent: VLAN ids with which the request was seen to leave AWS's port; None is an untagged frame.
    :ivar returned: likewise of the answer's arrival there.
    :ivar answered: the answer got back to the Amazon address.
    :ivar problem: why nothing could be sent; empty where it could.
    """

    sent: frozenset[int | None] = frozenset()
    returned: frozenset[int | None] = frozenset()
    answered: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Applied:
    """What the router runs, as far as it can be told; None where it cannot.

    :ivar vlan: of the sub-interface that has the customer's address.
    :ivar addresses: everything that the router's interfaces on the cable have, as `ADDRESS/LENGTH`.
    :ivar amazon_asn: the AS in which the router takes the Amazon address to be.
    :ivar asn: the router's own.
    :ivar key: whether it signs with the key that AWS has.
    """

    vlan: int | None = None
    addresses: tuple[str, ...] = ()
    amazon_asn: int | None = None
    asn: int | None = None
    key: bool | None = None
    problem: str = ""


@dataclass(frozen=True)
class Seen:
    """Everything known of a peer; what a judgement does not need may be left out.

    :ivar at: the moment, epoch seconds.
    :ivar began: when the routers had been started, epoch seconds.
    :ivar flaps: how often the session went from up to down since then.
    :ivar quiet_since: when the session last changed, or a route of it, epoch seconds.
    :ivar advertised: what AWS sends on this session.
    :ivar table: what the router has installed from BGP; None while nobody asked it.
    """

    at: float
    began: float
    session: Session = field(default_factory=Session)
    flaps: int = 0
    quiet_since: float = 0.0
    advertised: frozenset[Network] = frozenset()
    table: frozenset[Network] | None = None
    echo: Echo | None = None
    applied: Applied | None = None

    @property
    def elapsed(self) -> float:
        return self.at - self.began

    @property
    def is_up(self) -> bool:
        return self.session.bgp_status == "up"
