"""Operations on Direct Connect gateways and virtual private gateways."""

from __future__ import annotations

from lab.directconnect import answers, rules
from lab.directconnect.answers import Answer
from lab.directconnect.errors import ClientException
from lab.directconnect.gateways import DEFAULT_ASN, virtual_gateways
from lab.directconnect.identifiers import Kind, new_gateway_id, well_formed
from lab.directconnect.model import (
    DirectConnectGateway,
    GatewayState,
    VirtualInterface,
    VirtualInterfaceState,
)
from lab.directconnect.operations.pages import page
from lab.directconnect.operations.registry import Context, operation
from lab.directconnect.rules import Parameters
from lab.directconnect.world import World

LONGEST_NAME = 100


@operation("CreateDirectConnectGateway")
def create_direct_connect_gateway(context: Context, parameters: Parameters) -> Answer:
    """Make a gateway; it is `available` at once, as in AWS's recorded answer."""
    member = "directConnectGatewayName"
    asn = parameters.get("amazonSideAsn")
    gateway = DirectConnectGateway(
        id=new_gateway_id(),
        number=context.world.next_number(),
        name=rules.name(member, rules.required(parameters, member), longest=LONGEST_NAME),
        owner=context.caller.account,
        amazon_side_asn=DEFAULT_ASN if asn is None else rules.gateway_asn(asn),
        state=GatewayState.AVAILABLE,
        tags=context.new_tags(parameters),
    )
    limit = context.settings.quotas.gateways
    if len(_gateways(context)) >= limit:
        raise ClientException(f"Exceeded the maximum number of Direct Connect Gateways. The limit is {limit}")
    return {"directConnectGateway": answers.gateway(context.world.gateways.put(gateway))}


@operation("DescribeDirectConnectGateways")
def describe_direct_connect_gateways(context: Context, parameters: Parameters) -> Answer:
    """One gateway, or all of the caller's; an unknown id gives an empty list."""
    found = _gateways(context)
    if gateway_id := parameters.get("directConnectGatewayId"):
        well_formed(Kind.DIRECT_CONNECT_GATEWAY, gateway_id)
        found = [gateway for gateway in found if gateway.id == gateway_id]
    shown, token = page(found, parameters)
    return {"directConnectGateways": [answers.gateway(gateway) for gateway in shown], **token}


@operation("DeleteDirectConnectGateway")
def delete_direct_connect_gateway(context: Context, parameters: Parameters) -> Answer:
    """Delete a gateway that no virtual interface is attached to; it is not listed any more."""
    gateway = context.gateway(rules.required(parameters, "directConnectGatewayId"))
    attached = virtual_interfaces_on_gateway(context.world, gateway.id)
    if attached:
        raise ClientException(
            f"Direct Connect Gateway {gateway.id} has virtual interfaces attached:"
            f" delete {', '.join(vif.id for vif in attached[:3])} first."
        )
    context.world.gateways.remove(gateway.id)
    deleting = gateway.model_copy(update={"state": GatewayState.DELETING})
    return {"directConnectGateway": answers.gateway(deleting)}


@operation("DescribeVirtualGateways")
def describe_virtual_gateways(context: Context, _: Parameters) -> Answer:
    """The virtual private gateways that the topology declares: EC2, which has them, is not simulated."""
    return {
        "virtualGateways": [
            {"virtualGatewayId": declared.id, "virtualGatewayState": "available"}
            for declared in virtual_gateways(context.world)
        ]
    }


def virtual_interfaces_on_gateway(world: World, gateway_id: str) -> list[VirtualInterface]:
    """The VIFs attached to a Direct Connect gateway, deleted ones left out."""
    return [
        vif
        for vif in world.virtual_interfaces
        if vif.direct_connect_gateway_id == gateway_id and vif.state is not VirtualInterfaceState.DELETED
    ]


def _gateways(context: Context) -> list[DirectConnectGateway]:
    return [gateway for gateway in context.world.gateways if gateway.owner == context.caller.account]
