"""Operations on private, public and transit virtual interfaces.

The three kinds differ in what they lead to (`Attachment`) and in which members a request may have; all else
is one path. A new VIF gets its first peer from the same members that the VIF repeats for ever after.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.directconnect import rules
from lab.directconnect.address_rules import route_filter_prefix
from lab.directconnect.answers import Answer
from lab.directconnect.errors import ClientException
from lab.directconnect.gateways import PUBLIC_ASN, virtual_gateway_asn
from lab.directconnect.identifiers import Kind, new_id, well_formed
from lab.directconnect.lifecycle import VifEvent
from lab.directconnect.model import (
    Connection,
    ConnectionState,
    Network,
    SessionTerms,
    VirtualInterface,
    VirtualInterfaceState,
    VirtualInterfaceType,
)
from lab.directconnect.operations.gateways import virtual_interfaces_on_gateway
from lab.directconnect.operations.pages import page
from lab.directconnect.operations.registry import Context, operation
from lab.directconnect.peering import new_peer
from lab.directconnect.rules import Parameters
from lab.directconnect.transitions import advance_vif

LONGEST_NAME = 100
DEFAULT_MTU = 1500


@dataclass(frozen=True)
class Attachment:
    """What a virtual interface leads to, and with which ASN Amazon speaks there."""

    amazon_side_asn: int
    virtual_gateway_id: str = ""
    direct_connect_gateway_id: str = ""
    route_filter_prefixes: tuple[Network, ...] = ()


@operation("CreatePrivateVirtualInterface")
def create_private_virtual_interface(context: Context, parameters: Parameters) -> Answer:
    """A VIF to one VPC's gateway, or through a Direct Connect gateway."""
    wanted = rules.required(parameters, "newPrivateVirtualInterface")
    vif = _create(context, parameters, wanted, VirtualInterfaceType.PRIVATE, _private(context, wanted))
    return context.answer_vif(vif)


@operation("CreatePublicVirtualInterface")
def create_public_virtual_interface(context: Context, parameters: Parameters) -> Answer:
    """A VIF to Amazon's public services; `verifying` at first."""
    wanted = rules.required(parameters, "newPublicVirtualInterface")
    attachment = Attachment(PUBLIC_ASN, route_filter_prefixes=_route_filter_prefixes(wanted))
    vif = _create(context, parameters, wanted, VirtualInterfaceType.PUBLIC, attachment)
    return context.answer_vif(vif)


@operation("CreateTransitVirtualInterface")
def create_transit_virtual_interface(context: Context, parameters: Parameters) -> Answer:
    """A VIF through a Direct Connect gateway to transit gateways."""
    wanted = rules.required(parameters, "newTransitVirtualInterface")
    gateway_id = rules.required(wanted, "directConnectGatewayId")
    attachment = _direct_connect_gateway(context, gateway_id, VirtualInterfaceType.TRANSIT)
    vif = _create(context, parameters, wanted, VirtualInterfaceType.TRANSIT, attachment)
    return {"virtualInterface": context.answer_vif(vif)}


@operation("DescribeVirtualInterfaces")
def describe_virtual_interfaces(context: Context, parameters: Parameters) -> Answer:
    """The caller's VIFs in the region, lately deleted ones among them; unknown ids give an empty list."""
    vif_id, connection_id = parameters.get("virtualInterfaceId"), parameters.get("connectionId")
    if connection_id and not Kind.LAG.matches(connection_id):
        well_formed(Kind.CONNECTION, connection_id)
    if vif_id:
        vif = context.world.virtual_interfaces.get(well_formed(Kind.VIRTUAL_INTERFACE, vif_id))
        candidates = [] if vif is None else [vif]
    else:
        candidates = list(context.world.virtual_interfaces)
    found = (
        vif for vif in candidates if context.owns(vif) and connection_id in (None, "", vif.connection_id)
    )
    shown, token = page(found, parameters)
    return {"virtualInterfaces": [context.answer_vif(vif) for vif in shown], **token}


@operation("DeleteVirtualInterface")
def delete_virtual_interface(context: Context, parameters: Parameters) -> Answer:
    """Delete a VIF with its peers; asking twice is no error."""
    vif = context.virtual_interface(rules.required(parameters, "virtualInterfaceId"))
    advance_vif(context.world, vif.id, VifEvent.DELETE, context.now)
    return {"virtualInterfaceState": context.virtual_interface(vif.id).state.value}


# ===== making one =====


def _create(
    context: Context,
    parameters: Parameters,
    wanted: Parameters,
    type_: VirtualInterfaceType,
    attachment: Attachment,
) -> VirtualInterface:
    connection = _usable_connection(context, rules.required(parameters, "connectionId"))
    rules.refuse_unsimulated(wanted, "rateLimit")
    member = "virtualInterfaceName"
    name = rules.name(member, rules.required(wanted, member), longest=LONGEST_NAME)
    _check_quota(context, connection, type_)
    peer = new_peer(
        context, wanted, vif_type=type_, amazon_side_asn=attachment.amazon_side_asn, vif_name=name
    )
    terms = {field: getattr(peer, field) for field in SessionTerms.model_fields}
    public = type_ is VirtualInterfaceType.PUBLIC
    vif = VirtualInterface(
        id=new_id("dxvif", context.world.virtual_interfaces),
        number=context.world.next_number(),
        owner=context.caller.account,
        region=connection.region,
        location=connection.location,
        connection_id=connection.id,
        device=connection.device or "",
        type=type_,
        name=name,
        vlan=_free_vlan(context, connection, rules.required(wanted, "vlan")),
        mtu=rules.mtu(type_, wanted.get("mtu", DEFAULT_MTU)),
        state=VirtualInterfaceState.VERIFYING if public else VirtualInterfaceState.PENDING,
        since=context.now,
        site_link=_site_link(wanted, attachment),
        prefix_limit_ipv4=_prefix_limit(wanted, "prefixPoolAllocatedCountIpv4"),
        prefix_limit_ipv6=_prefix_limit(wanted, "prefixPoolAllocatedCountIpv6"),
        peers=(peer,),
        tags=context.new_tags(wanted),
        **terms,
        **vars(attachment),
    )
    return context.world.virtual_interfaces.put(vif)


def _usable_connection(context: Context, connection_id: str) -> Connection:
    connection = context.connection(connection_id)
    if connection.state not in (ConnectionState.AVAILABLE, ConnectionState.DOWN):
        raise ClientException(
            f"The specified Connection ID is not available. {connection.id} is in state {connection.state}."
        )
    return connection


def _free_vlan(context: Context, connection: Connection, number: int) -> int:
    """A VLAN of a deleted VIF is free; one of a VIF that is still being deleted is not."""
    vlan = rules.vlan(number)
    for vif in context.world.virtual_interfaces_on(connection.id):
        if vif.vlan == vlan:
            raise ClientException(f"VLAN {vlan} is already in use on Connection {connection.id} by {vif.id}.")
    return vlan


def _check_quota(context: Context, connection: Connection, type_: VirtualInterfaceType) -> None:
    quotas = context.settings.quotas
    present = [vif.type for vif in context.world.virtual_interfaces_on(connection.id)]
    transit = present.count(VirtualInterfaceType.TRANSIT)
    if type_ is VirtualInterfaceType.TRANSIT:
        kind, count, limit = "transit virtual interfaces", transit, quotas.transit_vifs
    else:
        kind, count, limit = "virtual interfaces", len(present) - transit, quotas.private_and_public_vifs
    if len(present) >= quotas.vifs:
        kind, count, limit = "virtual interfaces", len(present), quotas.vifs
    if count >= limit:
        raise ClientException(
            f"Exceeded the maximum number of {kind} on {connection.id}. The limit is {limit}"
        )


def _site_link(wanted: Parameters, attachment: Attachment) -> bool:
    site_link = bool(wanted.get("enableSiteLink"))
    if site_link and not attachment.direct_connect_gateway_id:
        raise ClientException("enableSiteLink needs a directConnectGatewayId.")
    return site_link


def _prefix_limit(wanted: Parameters, member: str) -> int | None:
    return rules.prefix_limit(member, wanted.get(member))


# ===== what it leads to =====


def _private(context: Context, wanted: Parameters) -> Attachment:
    virtual_gateway, gateway = wanted.get("virtualGatewayId"), wanted.get("directConnectGatewayId")
    if bool(virtual_gateway) == bool(gateway):
        raise ClientException("Exactly one of virtualGatewayId and directConnectGatewayId is required.")
    if gateway:
        return _direct_connect_gateway(context, gateway, VirtualInterfaceType.PRIVATE)
    well_formed(Kind.VIRTUAL_GATEWAY, str(virtual_gateway))
    asn = virtual_gateway_asn(context.world, str(virtual_gateway))
    return Attachment(asn, virtual_gateway_id=str(virtual_gateway))


def _direct_connect_gateway(context: Context, gateway_id: str, type_: VirtualInterfaceType) -> Attachment:
    """A Direct Connect gateway carries private or transit VIFs, never both."""
    gateway = context.gateway(gateway_id)
    attached = virtual_interfaces_on_gateway(context.world, gateway.id)
    other = [vif for vif in attached if vif.type is not type_]
    if other:
        raise ClientException(
            f"Direct Connect Gateway {gateway.id} cannot take a {type_} virtual interface:"
            f" it has the {other[0].type} one {other[0].id}. Use another gateway."
        )
    limit = context.settings.quotas.vifs_per_gateway
    if len(attached) >= limit:
        raise ClientException(
            f"Exceeded the maximum number of virtual interfaces on {gateway.id}. The limit is {limit}"
        )
    return Attachment(gateway.amazon_side_asn, direct_connect_gateway_id=gateway.id)


def _route_filter_prefixes(wanted: Parameters) -> tuple[Network, ...]:
    given = [str(rules.required(item, "cidr")) for item in wanted.get("routeFilterPrefixes") or ()]
    if not given:
        raise ClientException("routeFilterPrefixes is required: name the prefixes that you will advertise.")
    prefixes = tuple(route_filter_prefix(text) for text in given)
    twice = next((prefix for prefix in prefixes if prefixes.count(prefix) > 1), None)
    if twice is not None:
        raise ClientException(f"Route filter prefix {twice} is given more than once.")
    return prefixes
