"""What the texts say of a virtual interface.

A template gets everything in the form in which it writes it: keys quoted in its language, so that none can forget
to; names without any character that could end a line or a comment; prefixes as networks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_network

from lab.directconnect.model import AddressFamily, BgpPeer, Network, VirtualInterface, VirtualInterfaceType
from lab.directconnect.router_config.quoting import Quote, UnquotableError

_DEFAULT_ROUTES: dict[int, tuple[Network, ...]] = {4: (ip_network("0.0.0.0/0"),), 6: (ip_network("::/0"),)}
_STANDARD_MTU = 1500
#: Whatever a name may hold at AWS; none of it means anything to a router in a comment or a description.
_STRANGE = re.compile(r"[^A-Za-z0-9 _,/.-]")
#: Link-local addresses that are of use as router ids, where a virtual interface has no IPv4 address.
_ROUTER_IDS = IPv4Address("169.254.0.0")


class UnquotableKeyError(UnquotableError):
    """The same, of a certain peer's key."""


@dataclass(frozen=True)
class Session:
    """One BGP session, from the customer's side.

    :ivar name: tells it from every other session, such as dxvif-fg12ab34-ipv4.
    :ivar version: 4 or 6, of its addresses and of the routes that it carries.
    :ivar key: the TCP-MD5 key, as the language writes it.
    :ivar customer: the router's own address; `amazon` is its neighbour's.
    :ivar network: the subnet of both, which has the prefix length and the netmask.
    :ivar announced: what the router should announce.
    """

    name: str
    version: int
    asn: int
    key: str
    customer: str
    amazon: str
    network: Network
    announced: tuple[Network, ...]

    @property
    def customer_address(self) -> str:
        """With the prefix length."""
        return f"{self.customer}/{self.network.prefixlen}"


@dataclass(frozen=True)
class Facts:
    """A virtual interface with its sessions, IPv4 first.

    :ivar asn: the router's own ASN, that of the oldest peer. Another peer may have another one.
    :ivar hinders_typing: a key holds a character that a terminal takes for a call for help.
    """

    id: str
    name: str
    type: str
    vlan: int
    mtu: int
    amazon_asn: int
    asn: int
    router_id: str
    sessions: tuple[Session, ...]
    hinders_typing: bool

    @property
    def jumbo(self) -> bool:
        return self.mtu > _STANDARD_MTU

    @property
    def public(self) -> bool:
        return self.type == VirtualInterfaceType.PUBLIC

    @property
    def announced(self) -> tuple[Network, ...]:
        """What the router should announce, over all sessions, each once."""
        return tuple(dict.fromkeys(prefix for session in self.sessions for prefix in session.announced))

    def of(self, version: int) -> tuple[Session, ...]:
        """The sessions of one version of IP."""
        return tuple(session for session in self.sessions if session.version == version)


def facts(vif: VirtualInterface, quote: Quote) -> Facts:
    """What a language says of a virtual interface that has a peer that stands.

    :raises UnquotableKeyError: a key cannot be written in the language.
    """
    peers = vif.standing_peers
    return Facts(
        id=vif.id,
        name=_STRANGE.sub("-", vif.name),
        type=vif.type.value,
        vlan=vif.vlan,
        mtu=vif.mtu,
        amazon_asn=vif.amazon_side_asn,
        asn=peers[0].asn,
        router_id=_router_id(vif),
        sessions=tuple(_sessions(vif, quote)),
        hinders_typing=any("?" in peer.auth_key for peer in peers),
    )


def _sessions(vif: VirtualInterface, quote: Quote) -> Iterator[Session]:
    peers = sorted(vif.standing_peers, key=lambda peer: peer.customer_address.version)
    for number, peer in enumerate(peers):
        family = peer.family.value
        second = number > 0 and peers[number - 1].family is peer.family
        yield Session(
            name=f"{vif.id}-{family}{'-2' if second else ''}",
            version=peer.customer_address.version,
            asn=peer.asn,
            key=_quoted(peer, quote),
            customer=str(peer.customer_address.ip),
            amazon=str(peer.amazon_address.ip),
            network=peer.block,
            announced=_announced(vif, peer.customer_address.version),
        )


def _quoted(peer: BgpPeer, quote: Quote) -> str:
    try:
        return quote(peer.auth_key)
    except UnquotableError as error:
        raise UnquotableKeyError(f"the authKey of BGP Peer {peer.id} cannot be written: {error}") from None


def _announced(vif: VirtualInterface, version: int) -> tuple[Network, ...]:
    """A default route, as AWS's own texts have it; on a public VIF the prefixes that AWS was told of."""
    if vif.type is VirtualInterfaceType.PUBLIC:
        return tuple(prefix for prefix in vif.route_filter_prefixes if prefix.version == version)
    return _DEFAULT_ROUTES[version]


def _router_id(vif: VirtualInterface) -> str:
    """The customer's IPv4 address; where there is none, a number of four octets that is the VLAN's own."""
    for peer in vif.standing_peers:
        if peer.family is AddressFamily.IPV4:
            return str(peer.customer_address.ip)
    return str(_ROUTER_IDS + vif.vlan)
