"""Topologies whose routers take AWS's configuration as it is, over every kind of virtual interface.

The cases below are pairs of everything with everything: each type with each family, each ASN length and each sort of
key, and so for every two of these four.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

VGW = "vgw-0a1b2c3d4e5f60718"
ASNS = {2: 65001, 4: 4200000001}
FILTERS = {"ipv4": "198.51.100.0/24", "ipv6": "2001:db8:ace::/48"}
DEFAULT_ROUTES = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}
#: What AWS has behind each type, by family.
BEHIND = {
    "private": {"ipv4": "10.10.0.0/16", "ipv6": "2001:db8:10::/56"},
    "transit": {"ipv4": "10.20.0.0/16", "ipv6": "2001:db8:20::/56"},
    "public": {"ipv4": "192.0.2.0/24", "ipv6": "2001:db8:30::/48"},
}
#: Whatever means something in some language.
SYMBOLS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


@dataclass(frozen=True)
class Case:
    """One virtual interface.

    :param number: its VLAN is 100 more.
    :param asn_length: octets of the customer's ASN.
    :param key: None for one that AWS makes.
    :param asn_of_ipv6: where it is not the router's own.
    """

    number: int
    type: str
    families: tuple[str, ...]
    asn_length: int
    key: str | None = None
    mtu: int = 1500
    asn_of_ipv6: int | None = None

    @property
    def name(self) -> str:
        return f"{self.type}-{self.number}"

    @property
    def announced(self) -> dict[str, tuple[int, ...]]:
        """The prefixes that AWS should hear, with their AS paths."""
        every = FILTERS if self.type == "public" else DEFAULT_ROUTES
        return {every[family]: (self.asn(family),) for family in self.families}

    @property
    def advertised(self) -> dict[str, str]:
        """What the router should hear, by family."""
        return {family: BEHIND[self.type][family] for family in self.families}

    def asn(self, family: str) -> int:
        """The customer's, in the session of this family."""
        return (family == "ipv6" and self.asn_of_ipv6) or ASNS[self.asn_length]

    def requests(self, connection: str) -> list[dict[str, Any]]:
        """The virtual interface with its first peer, and then the other."""
        first, *others = self.families
        kind, vlan = self.type.capitalize(), 100 + self.number
        members = {**self._terms(first), **self._attachment, "virtualInterfaceName": self.name, "vlan": vlan}
        new = {"connectionId": connection, f"new{kind}VirtualInterface": members}
        peers = ({"virtualInterfaceId": self.name, "newBGPPeer": self._terms(family)} for family in others)
        return [{f"Create{kind}VirtualInterface": new}, *({"CreateBGPPeer": peer} for peer in peers)]

    def _terms(self, family: str) -> dict[str, Any]:
        terms: dict[str, Any] = {"addressFamily": family, "asnLong": self.asn(family)}
        if self.key:
            terms["authKey"] = self.key
        if self.type == "public" and family == "ipv4":
            addresses = {"amazonAddress": 4 * self.number + 1, "customerAddress": 4 * self.number + 2}
            terms |= {member: f"203.0.113.{host}/30" for member, host in addresses.items()}
        return terms

    @property
    def _attachment(self) -> dict[str, Any]:
        if self.type == "public":
            return {"routeFilterPrefixes": [{"cidr": FILTERS[family]} for family in self.families]}
        gateway = {"virtualGatewayId": VGW} if self.type == "private" else {"directConnectGatewayId": "hub"}
        return {**gateway, "mtu": self.mtu}


def cases(symbols: str = SYMBOLS) -> tuple[Case, ...]:
    """Every two of type, family, ASN length and sort of key. No two keys begin or end with the same symbol; and the
    last has neither quotation marks nor backslashes, for whose sake a language may write a key in another way.

    :param symbols: what the nasty keys are made of.
    """
    v4, v6, both = ("ipv4",), ("ipv6",), ("ipv4", "ipv6")
    shift = len(symbols) // 5
    nasty = [symbols[place:] + symbols[:place] for place in range(0, 5 * shift, shift)]
    plain = nasty[4].translate(dict.fromkeys(map(ord, "\"'\\")))
    return (
        Case(1, "private", v4, 2),
        Case(2, "private", v6, 4, nasty[0]),
        Case(3, "private", both, 4, mtu=9001),
        Case(4, "public", v4, 4, nasty[1]),
        Case(5, "public", v6, 2),
        Case(6, "public", both, 2, nasty[2]),
        Case(7, "transit", v4, 2, nasty[3]),
        Case(8, "transit", v6, 4, mtu=8500),
        Case(9, "transit", both, 2, plain, asn_of_ipv6=4200000002),
    )


def write_from_aws(directory: Path, name: str, kind: str, routers: Sequence[Sequence[Case]]) -> Path:
    """A topology with a router, and a cable, for each list of cases."""
    names = [f"{kind}-{number}" for number, _ in enumerate(routers)]
    nodes = {each: {"kind": kind, "startup-config": "from-aws"} for each in names}
    gateway = {"directConnectGatewayName": "hub", "amazonSideAsn": 4200000000}
    requests = [
        request
        for each, there in zip(names, routers, strict=True)
        for case in there
        for request in case.requests(f"to-{each}")
    ]
    document = {
        "name": name,
        "topology": {
            "nodes": {"dx": {"kind": "aws-dx", "location": "EqDC2"}, **nodes},
            "links": [{"endpoints": [f"dx:to-{each}", f"{each}:eth1"]} for each in names],
        },
        "gateways": {
            VGW: {"asn": 64512, "cidrs": list(BEHIND["private"].values())},
            "hub": {"cidrs": list(BEHIND["transit"].values())},
            "public": {"cidrs": list(BEHIND["public"].values())},
        },
        "requests": [{"CreateDirectConnectGateway": gateway}, *requests],
    }
    path = directory / f"{name}.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path
