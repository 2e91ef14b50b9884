"""Operations on dedicated connections."""

from __future__ import annotations

from lab.directconnect import answers, rules
from lab.directconnect.answers import Answer
from lab.directconnect.errors import ClientException
from lab.directconnect.identifiers import Kind, new_id, well_formed
from lab.directconnect.lifecycle import ConnectionEvent
from lab.directconnect.locations import Location, find_location, locations_in
from lab.directconnect.model import Connection, ConnectionState
from lab.directconnect.operations.pages import page
from lab.directconnect.operations.registry import Context, operation
from lab.directconnect.rules import Parameters
from lab.directconnect.transitions import advance_connection

LONGEST_NAME = 200
BILLING_MODES = ("PayAsYouGo", *(f"FlatRateTier{tier}" for tier in range(1, 6)))


@operation("CreateConnection")
def create_connection(context: Context, parameters: Parameters) -> Answer:
    """Order a port; it is `requested` until the order is processed."""
    name = rules.name("connectionName", rules.required(parameters, "connectionName"), longest=LONGEST_NAME)
    location = _location(context, rules.required(parameters, "location"))
    rules.refuse_unsimulated(parameters, "requestMACSec")
    if lag_id := parameters.get("lagId"):
        raise ClientException(f"Could not find Lag with ID {well_formed(Kind.LAG, lag_id)}")
    _check_quota(context, location)
    connection = Connection(
        id=new_id("dxcon", context.world.connections),
        number=context.world.next_number(),
        name=name,
        owner=context.caller.account,
        region=location.region,
        location=location.code,
        bandwidth=_one_of("bandwidth", rules.required(parameters, "bandwidth"), location.bandwidths),
        state=ConnectionState.REQUESTED,
        since=context.now,
        logical_redundancy=context.settings.logical_redundancy,
        provider_name=_optional_one_of("providerName", parameters, location.providers),
        billing_mode=_optional_one_of("billingMode", parameters, BILLING_MODES),
        tags=context.new_tags(parameters),
    )
    return answers.ordered_connection(context.world.connections.put(connection))


@operation("DescribeConnections")
def describe_connections(context: Context, parameters: Parameters) -> Answer:
    """One connection, or all of the caller's in the region."""
    if connection_id := parameters.get("connectionId"):
        found = [_find(context, connection_id)]
    else:
        found = [connection for connection in context.world.connections if context.owns(connection)]
    shown, token = page(found, parameters)
    return {"connections": [answers.connection(connection) for connection in shown], **token}


@operation("DeleteConnection")
def delete_connection(context: Context, parameters: Parameters) -> Answer:
    """Give a port back; one that is still `requested` is `deleted` at once."""
    connection = context.connection(rules.required(parameters, "connectionId"))
    vifs = context.world.virtual_interfaces_on(connection.id)
    if vifs:
        ids = ", ".join(vif.id for vif in vifs[:3]) + (" and others" if len(vifs) > 3 else "")
        raise ClientException(f"Connection {connection.id} has virtual interfaces: delete {ids} first.")
    advance_connection(context.world, connection.id, ConnectionEvent.DELETE, context.now)
    return answers.connection(_find(context, connection.id))


def _find(context: Context, connection_id: str) -> Connection:
    """The caller's connection of this id, listed for a while after its deletion."""
    connection = context.world.connections.get(well_formed(Kind.CONNECTION, connection_id))
    if connection is None or not context.owns(connection):
        raise ClientException(f"Could not find Connection with ID {connection_id}")
    return connection


def _location(context: Context, code: str) -> Location:
    location = find_location(code)
    if location is None or location.region != context.caller.region:
        codes = ", ".join(known.code for known in locations_in(context.caller.region))
        choice = (
            f"use {codes}" if codes else "none is known there, call the region of a location, as us-east-1"
        )
        raise ClientException(f"Location {code} is not in region {context.caller.region}: {choice}.")
    return location


def _check_quota(context: Context, location: Location) -> None:
    limit = context.settings.quotas.connections_per_location
    gone = (ConnectionState.DELETING, ConnectionState.DELETED)
    present = [
        connection
        for connection in context.world.connections
        if context.owns(connection) and connection.location == location.code and connection.state not in gone
    ]
    if len(present) >= limit:
        raise ClientException(
            f"Exceeded the maximum number of connections at {location.code}. The limit is {limit}"
        )


def _one_of(member: str, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise ClientException(f"{member} {text} is not valid here: use {', '.join(choices)}.")
    return text


def _optional_one_of(member: str, parameters: Parameters, choices: tuple[str, ...]) -> str | None:
    text = parameters.get(member)
    return None if text is None else _one_of(member, text, choices)
