"""Topologies of a test's own: one or more offices with an FRR router each, written into the test's directory.

An office is a router with a VIF on a cable. What AWS assigns stands in its configuration by name, as in the
shipped examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

VGW = "vgw-0a1b2c3d4e5f60718"
KEY = "s3cretKey9"
ANNOUNCED = {"ipv4": "172.16.0.0/16", "ipv6": "2001:db8:ace::/48"}
ADVERTISED = {"ipv4": "10.10.0.0/16", "ipv6": "2001:db8:10::/56"}


@dataclass(frozen=True)
class Office:
    """A router, its VIF and the cable between them.

    :param hold: hold time that the router proposes, seconds.
    :param silent: the router runs, and speaks no BGP.
    :param vif_members: further members of the request for the VIF.
    :param mtu: of the VIF, and of the router's sub-interface.
    """

    router: str = "edge"
    vif: str = "office-private"
    connection: str = "office"
    vlan: int = 101
    key: str = KEY
    families: tuple[str, ...] = ("ipv4", "ipv6")
    hold: int = 90
    runtime: str = "namespace"
    silent: bool = False
    vif_members: Mapping[str, Any] | None = None
    mtu: int = 1500

    @property
    def link(self) -> dict[str, list[str]]:
        return {"endpoints": [f"dx:{self.connection}", f"{self.router}:eth1"]}

    @property
    def node(self) -> dict[str, Any]:
        # The configuration has such a sub-interface, unless a test puts another in its place.
        interfaces = {} if self.mtu == 1500 else {f"eth1.{self.vlan}": {"mtu": self.mtu}}
        config = f"{self.router}.conf"
        return {"kind": "frr", "runtime": self.runtime, "startup-config": config, "interfaces": interfaces}

    @property
    def create_vif(self) -> dict[str, Any]:
        terms = {"virtualInterfaceName": self.vif, "vlan": self.vlan, "asn": 65001, "authKey": self.key}
        members = {**terms, "mtu": self.mtu, "virtualGatewayId": VGW, **(self.vif_members or {})}
        return {
            "CreatePrivateVirtualInterface": {
                "connectionId": self.connection,
                "newPrivateVirtualInterface": members,
            }
        }

    @property
    def create_peer(self) -> dict[str, Any]:
        peer = {"addressFamily": "ipv6", "asn": 65001, "authKey": self.key}
        return {"CreateBGPPeer": {"virtualInterfaceId": self.vif, "newBGPPeer": peer}}

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [self.create_vif, *([self.create_peer] if "ipv6" in self.families else [])]

    @property
    def configuration(self) -> str:
        """The router's, in FRR's language."""
        if self.silent:
            return "hostname edge\n"
        return "\n".join(
            [
                *(f"interface eth1.{self.vlan}", *map(self._address, self.families), "exit"),
                *("router bgp 65001", " bgp router-id 192.0.2.1", " no bgp ebgp-requires-policy"),
                *(" no bgp default ipv4-unicast", " no bgp network import-check"),
                f" timers bgp {self.hold // 3} {self.hold}",
                *(f" {line}" for family in self.families for line in self._neighbour(family)),
                *(f" {line}" for family in self.families for line in self._announcement(family)),
                "exit\n",
            ]
        )

    def _address(self, family: str) -> str:
        return f" {family.replace('v4', '')} address ${{{self.vif}.{family}.customerAddress}}"

    def _neighbour(self, family: str) -> Sequence[str]:
        neighbour = f"neighbor {self._amazon(family)}"
        return (
            f"{neighbour} remote-as ${{{self.vif}.amazonSideAsn}}",
            f"{neighbour} password ${{{self.vif}.{family}.authKey}}",
            f"{neighbour} timers connect 1",
        )

    def _announcement(self, family: str) -> Sequence[str]:
        return (
            f"address-family {family} unicast",
            f" network {ANNOUNCED[family]}",
            f" neighbor {self._amazon(family)} activate",
            "exit-address-family",
        )

    def _amazon(self, family: str) -> str:
        return f"${{{self.vif}.{family}.amazonAddress.ip}}"


def write_topology(
    directory: Path,
    name: str,
    *offices: Office,
    requests: Sequence[Mapping[str, Any]] | None = None,
    unplugged: bool = False,
) -> Path:
    """A topology file and the configurations that it needs.

    :param requests: in place of those that make the offices' VIFs and peers.
    :param unplugged: without the cables.
    """
    for office in offices:
        (directory / f"{office.router}.conf").write_text(office.configuration)
    nodes = {"dx": {"kind": "aws-dx", "location": "EqDC2"}, **{each.router: each.node for each in offices}}
    document = {
        "name": name,
        "topology": {"nodes": nodes, "links": [] if unplugged else [each.link for each in offices]},
        "gateways": {VGW: {"asn": 64512, "cidrs": list(ADVERTISED.values())}},
        "requests": (
            [request for office in offices for request in office.requests]
            if requests is None
            else list(requests)
        ),
    }
    path = directory / f"{name}.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def line_of(path: Path, text: str) -> int:
    """The number of the only line that holds this text."""
    (number,) = (number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)
    return number
