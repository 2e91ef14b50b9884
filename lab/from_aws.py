"""`startup-config: from-aws`: a router that is told what AWS has for it, word for word.

Every virtual interface whose cable ends at the router has a text of its own (DescribeRouterConfiguration, for the
router's kind), asked for over the API as anybody would. The texts of an FRR follow one another: their statements
add up. Those of other kinds are whole files, and so are for routers with one virtual interface.

What a text leaves to the machine, the lab does as an engineer would who reads it: the 802.1Q sub-interface, called
as the text calls it whichever port the cable is in; its addresses, unless the text gives them to the daemon; and the
commands behind `# run:`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_interface

from lab.customer import Customer, Record
from lab.errors import LabError, TopologyError
from lab.routers import KINDS, Interface
from lab.routers.kinds.base import Argv
from lab.topology import RouterNode, Topology
from lab.topology.load import ADDING_UP_KINDS

_GONE = ("deleting", "deleted")
_RUN = "# run: "


@dataclass(frozen=True)
class Setup:
    """What a router is started with, see `Router.start`."""

    text: str
    interfaces: Sequence[Interface]
    commands: Sequence[Argv]


def from_aws(node: RouterNode, topology: Topology, customer: Customer) -> Setup:
    """What AWS has for a router.

    :raises TopologyError: (with file and line) no virtual interface leads to the router, or more do than its kind
        can be told of; AWS has no text.
    """
    ports = _ports(node, topology, customer.connection_ids())
    vifs = [
        vif
        for vif in customer.virtual_interfaces()
        if vif["connectionId"] in ports and vif["virtualInterfaceState"] not in _GONE
    ]
    _check(node, topology, vifs)
    text = "".join(_texts(node, topology, customer, vifs))
    held = {each.name for each in KINDS[node.kind].sub_interfaces(text)}
    interfaces = (_interface(vif, ports, f"{topology.path}:{node.line}") for vif in vifs)
    return Setup(
        text=text,
        interfaces=[replace(each, addresses=None) if each.name in held else each for each in interfaces],
        commands=[
            tuple(shlex.split(line.removeprefix(_RUN))) for line in text.splitlines() if line.startswith(_RUN)
        ],
    )


def _ports(node: RouterNode, topology: Topology, ids: Mapping[str, str]) -> dict[str, str]:
    """The router's ports by the id of the connection whose cable is in them."""
    links = (link for link in topology.links if link.router.node == node.name)
    return {ids.get(link.connection, link.connection): link.router.interface for link in links}


def _check(node: RouterNode, topology: Topology, vifs: Sequence[Record]) -> None:
    names = " and ".join(f"'{vif['virtualInterfaceName']}'" for vif in vifs)
    if not vifs:
        wrong = "no virtual interface leads to it; let the 'requests' make one"
    elif len(vifs) > 1 and node.kind not in ADDING_UP_KINDS:
        wrong = (
            f"{names} lead to it, but AWS's text for kind '{node.kind}' is a whole file; write one for both"
        )
    elif len({vif["asnLong"] for vif in vifs}) > 1:
        wrong = f"{names} want it to have different ASNs; give it another router, or write its configuration"
    elif len({vif["vlan"] for vif in vifs}) < len(vifs):
        wrong = (
            f"of {names} some have the same VLAN, but AWS's texts know of one port; write its configuration"
        )
    else:
        return
    raise TopologyError(
        f"router '{node.name}' cannot be configured from AWS: {wrong}", topology.path, node.line
    )


def _texts(node: RouterNode, topology: Topology, customer: Customer, vifs: Sequence[Record]) -> Iterator[str]:
    router_type = KINDS[node.kind].aws_router_type
    try:
        for vif in vifs:
            yield customer.router_configuration(vif["virtualInterfaceId"], router_type)
    except LabError as error:
        raise TopologyError(f"router '{node.name}' from AWS: {error}", topology.path, node.line) from None


def _interface(vif: Record, ports: Mapping[str, str], origin: str) -> Interface:
    """The sub-interface of a virtual interface, with the addresses of the peers that stand."""
    standing = (peer for peer in vif["bgpPeers"] if peer["bgpPeerState"] not in _GONE)
    return Interface(
        name=f"eth1.{vif['vlan']}",
        origin=origin,
        link=ports[vif["connectionId"]],
        vlan=vif["vlan"],
        mtu=vif["mtu"],
        addresses=tuple(ip_interface(peer["customerAddress"]) for peer in standing),
    )
