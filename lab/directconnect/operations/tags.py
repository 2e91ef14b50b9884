"""Operations on the tags of connections, virtual interfaces and Direct Connect gateways, which ARNs name."""

from __future__ import annotations

from lab.directconnect import answers, rules
from lab.directconnect.answers import Answer
from lab.directconnect.errors import ClientException
from lab.directconnect.identifiers import Arn
from lab.directconnect.model import (
    Connection,
    ConnectionState,
    DirectConnectGateway,
    Tag,
    VirtualInterface,
    VirtualInterfaceState,
)
from lab.directconnect.operations.registry import Context, operation
from lab.directconnect.rules import Parameters
from lab.directconnect.tags import merge_tags, parse_tags

Tagged = Connection | VirtualInterface | DirectConnectGateway


@operation("TagResource")
def tag_resource(context: Context, parameters: Parameters) -> Answer:
    """Add tags to a resource, or give those it has new values."""
    resource = _resource(context, rules.required(parameters, "resourceArn"))
    added = parse_tags(rules.required(parameters, "tags"))
    _put(context, resource, merge_tags(resource.tags, added, most=context.settings.quotas.tags))
    return {}


@operation("UntagResource")
def untag_resource(context: Context, parameters: Parameters) -> Answer:
    """Take tags off a resource; keys that it does not have are no error."""
    resource = _resource(context, rules.required(parameters, "resourceArn"))
    keys = rules.required(parameters, "tagKeys")
    _put(context, resource, tuple(tag for tag in resource.tags if tag.key not in keys))
    return {}


@operation("DescribeTags")
def describe_tags(context: Context, parameters: Parameters) -> Answer:
    """The tags of each of the resources that are asked for."""
    arns = rules.required(parameters, "resourceArns")
    return {
        "resourceTags": [
            {"resourceArn": arn, "tags": answers.tags(_resource(context, arn).tags)} for arn in arns
        ]
    }


def _resource(context: Context, text: str) -> Tagged:
    arn = Arn.parse(text)
    resource = _find(context, arn)
    account = arn.account or context.caller.account
    if resource is None or account != context.caller.account or account != resource.owner:
        raise ClientException(f"Resource {text} does not exist.")
    return resource


def _find(context: Context, arn: Arn) -> Tagged | None:
    """What an ARN names, in its region; nothing that is deleted."""
    world = context.world
    match arn.type:
        case "dxcon":
            connection = world.connections.get(arn.id)
            if connection is not None and connection.region == arn.region:
                return None if connection.state is ConnectionState.DELETED else connection
        case "dxvif":
            vif = world.virtual_interfaces.get(arn.id)
            if vif is not None and vif.region == arn.region:
                return None if vif.state is VirtualInterfaceState.DELETED else vif
        case "dx-gateway":
            return world.gateways.get(arn.id) if arn.region == "" else None
    return None


def _put(context: Context, resource: Tagged, tags: tuple[Tag, ...]) -> None:
    if tags == resource.tags:
        return
    world, update = context.world, {"tags": tags}
    match resource:
        case Connection():
            world.connections.put(resource.model_copy(update=update))
        case VirtualInterface():
            world.virtual_interfaces.put(resource.model_copy(update=update))
        case _:
            world.gateways.put(resource.model_copy(update=update))
