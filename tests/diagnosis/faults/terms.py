"""A customer's router in words of no vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_interface
from typing import Any

FAMILIES = (4, 6)
#: What the office announces.
NETWORKS = {4: ("172.16.0.0/16",), 6: ("2001:db8:ace::/48",)}


@dataclass(frozen=True)
class Neighbour:
    """One BGP session as the router is to be configured for it.

    :param family: 4 or 6.
    :param address: Amazon's.
    :param own: the router's address with its prefix length.
    :param key: the TCP-MD5 key, or None for none.
    :param activate: the address families that are enabled.
    :param allow: 0 for no prefix limit.
    """

    family: int
    address: str
    own: str
    remote_asn: int
    key: str | None
    activate: tuple[int, ...]
    networks: tuple[str, ...]
    configured: bool = True
    shut: bool = False
    gtsm: bool = False
    source: str = ""
    allow: int = 0
    prepend: int = 0
    next_hop: str = ""
    deny: bool = False
    policy: bool = True

    @property
    def own_ip(self) -> str:
        return str(ip_interface(self.own).ip)


@dataclass(frozen=True)
class Terms:
    """One router.

    :param tags: the 802.1Q tags of its sub-interface; none for the port itself.
    :param hold: hold time that it proposes, seconds.
    :param loopbacks: further addresses, by which it may call.
    """

    asn: int
    tags: tuple[int, ...]
    neighbours: tuple[Neighbour, ...]
    hold: int = 9
    router_id: str = "192.0.2.1"
    shut_interface: bool = False
    loopbacks: tuple[str, ...] = field(default=())

    @property
    def interface(self) -> str:
        return ".".join(["eth1", *map(str, self.tags)])


def right(vif: Mapping[str, Any]) -> Terms:
    """The terms that a virtual interface asks for, as DescribeVirtualInterfaces has it."""
    return Terms(
        asn=int(vif["asnLong"]),
        tags=(int(vif["vlan"]),),
        neighbours=tuple(_neighbour(vif, peer) for peer in vif["bgpPeers"]),
    )


def _neighbour(vif: Mapping[str, Any], peer: Mapping[str, Any]) -> Neighbour:
    family = int(peer["addressFamily"][-1])
    return Neighbour(
        family=family,
        address=str(ip_interface(peer["amazonAddress"]).ip),
        own=peer["customerAddress"],
        remote_asn=int(vif["amazonSideAsn"]),
        key=peer["authKey"],
        activate=(family,),
        networks=NETWORKS[family],
    )
