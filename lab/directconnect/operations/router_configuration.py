"""DescribeRouterConfiguration: what the customer puts into his router."""

from __future__ import annotations

from lab.directconnect import rules
from lab.directconnect.answers import Answer
from lab.directconnect.errors import ClientException
from lab.directconnect.identifiers import Kind, well_formed
from lab.directconnect.model import VirtualInterface, VirtualInterfaceState
from lab.directconnect.operations.registry import Context, operation
from lab.directconnect.router_config.facts import UnquotableKeyError
from lab.directconnect.router_config.router_types import ROUTER_TYPES, RouterType
from lab.directconnect.router_config.text import router_config
from lab.directconnect.rules import Parameters


@operation("DescribeRouterConfiguration")
def describe_router_configuration(context: Context, parameters: Parameters) -> Answer:
    """The text for one type of router; the service model calls the type optional, but AWS fails without it."""
    vif = _virtual_interface(context, rules.required(parameters, "virtualInterfaceId"))
    router = _router_type(parameters.get("routerTypeIdentifier") or "")
    try:
        text = router_config(vif, router)
    except UnquotableKeyError as error:
        raise ClientException(
            f"{router.identifier} cannot be given {vif.id}: {error}. Delete and create the peer with another key."
        ) from None
    return {
        "customerRouterConfig": text,
        "router": {
            "vendor": router.vendor,
            "platform": router.platform,
            "software": router.software,
            "xsltTemplateName": router.xslt,
            "xsltTemplateNameForMacSec": router.xslt_for_macsec,
            "routerTypeIdentifier": router.identifier,
        },
        "virtualInterfaceId": vif.id,
        "virtualInterfaceName": vif.name,
    }


def _virtual_interface(context: Context, vif_id: str) -> VirtualInterface:
    """A virtual interface on a connection of the caller's, whoever owns the virtual interface: the owner of a hosted
    one does not get the text.
    """
    vif = context.world.virtual_interfaces.get(well_formed(Kind.VIRTUAL_INTERFACE, vif_id))
    connection = None if vif is None else context.world.connections.get(vif.connection_id)
    if vif is None or connection is None or not context.owns(connection):
        raise ClientException(f"Virtual Interface {vif_id} does not exist.")
    if vif.state in (VirtualInterfaceState.DELETING, VirtualInterfaceState.DELETED):
        raise ClientException(f"Virtual Interface {vif_id} is {vif.state}: it has no configuration any more.")
    return vif


def _router_type(identifier: str) -> RouterType:
    if identifier not in ROUTER_TYPES:
        wrong = (
            f"routerTypeIdentifier {identifier} is not known"
            if identifier
            else "routerTypeIdentifier is required"
        )
        raise ClientException(f"{wrong}: use {', '.join(ROUTER_TYPES)}.")
    return ROUTER_TYPES[identifier]
