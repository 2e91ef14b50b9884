"""What stands behind the virtual interfaces, and so what AWS advertises on them.

EC2 is not simulated, so the topology declares it: for a virtual private gateway its ASN and the CIDRs of its
VPC, for a Direct Connect gateway (by id or name) the CIDRs that its associations allow, and under the name
`public` the prefixes of Amazon's public services. A virtual private gateway that nobody declared has Amazon's
default ASN and advertises nothing.

What is advertised where: the user guide on routing policies and on allowed prefixes.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from lab.directconnect.identifiers import Kind
from lab.directconnect.model import (
    AddressFamily,
    GatewayDeclaration,
    Network,
    VirtualInterface,
    VirtualInterfaceType,
)
from lab.directconnect.world import World

#: Amazon's ASN on public VIFs.
PUBLIC_ASN = 7224
#: Amazon's ASN where a gateway's owner names none.
DEFAULT_ASN = 64512
#: The name under which the prefixes of public VIFs are declared.
PUBLIC = "public"
#: A few of Amazon's public prefixes, from its published address ranges; the real list has thousands.
PUBLIC_PREFIXES: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "3.5.0.0/19",
        "13.248.0.0/16",
        "15.177.0.0/18",
        "52.94.0.0/22",
        "52.216.0.0/15",
        "54.239.0.0/17",
        "2600:1f00::/24",
        "2600:9000::/28",
        "2a05:d000::/25",
    )
)
#: Accepted prefixes per session and family, where the customer chose no other number.
PREFIX_LIMIT, PUBLIC_PREFIX_LIMIT = 100, 1000


def virtual_gateway_asn(world: World, gateway_id: str) -> int:
    """Amazon's ASN on VIFs of a virtual private gateway."""
    declared = world.declarations.get(gateway_id)
    return DEFAULT_ASN if declared is None or declared.asn is None else declared.asn


def virtual_gateways(world: World) -> list[GatewayDeclaration]:
    """The virtual private gateways that were declared."""
    return [declared for declared in world.declarations if Kind.VIRTUAL_GATEWAY.matches(declared.id)]


def virtual_interfaces_behind(world: World, declared: str) -> list[VirtualInterface]:
    """The VIFs on which the CIDRs of a declaration are advertised."""
    return [vif for vif in world.virtual_interfaces if declared in _names(world, vif)]


def advertised_prefixes(world: World, vif: VirtualInterface, family: AddressFamily) -> tuple[Network, ...]:
    """What AWS advertises on a VIF's session of this family, in the order of declaration, nothing twice."""
    declarations = [world.declarations.get(name) for name in _names(world, vif)]
    prefixes: Iterable[Network] = (cidr for declared in declarations if declared for cidr in declared.cidrs)
    if vif.type is VirtualInterfaceType.PUBLIC and not any(declarations):
        prefixes = PUBLIC_PREFIXES
    version = 4 if family is AddressFamily.IPV4 else 6
    return tuple(dict.fromkeys(prefix for prefix in prefixes if prefix.version == version))


def prefix_limit(vif: VirtualInterface, family: AddressFamily) -> int:
    """How many prefixes AWS accepts on a VIF's session of this family."""
    if vif.type is VirtualInterfaceType.PUBLIC:
        return PUBLIC_PREFIX_LIMIT
    chosen = vif.prefix_limit_ipv4 if family is AddressFamily.IPV4 else vif.prefix_limit_ipv6
    return PREFIX_LIMIT if chosen is None else chosen


def accepted_within(vif: VirtualInterface, family: AddressFamily) -> tuple[Network, ...] | None:
    """The prefixes within which AWS accepts routes on a VIF's session of this family; None where it accepts any.

    "Routing policies and BGP communities" of the user guide: on a public VIF the customer's own prefixes, which are the
    VIF's `routeFilterPrefixes`.
    """
    if vif.type is not VirtualInterfaceType.PUBLIC:
        return None
    version = 4 if family is AddressFamily.IPV4 else 6
    return tuple(prefix for prefix in vif.route_filter_prefixes if prefix.version == version)


def _names(world: World, vif: VirtualInterface) -> list[str]:
    """The names under which the things behind a VIF may have been declared."""
    if vif.type is VirtualInterfaceType.PUBLIC:
        return [PUBLIC]
    gateway = world.gateways.get(vif.direct_connect_gateway_id)
    if gateway is None:
        return [vif.virtual_gateway_id]
    return [gateway.id, gateway.name]
