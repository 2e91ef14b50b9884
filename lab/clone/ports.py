"""The physical half: the location, a cable for each connection or LAG, and a router at the end of each cable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.clone.names import Names, accepted
from lab.clone.records import Connection, Records, VirtualInterface
from lab.directconnect.locations import HOSTED_BANDWIDTHS, Location, located
from lab.errors import UsageError

_DEFAULT_BANDWIDTH = "1Gbps"
#: What a topology takes as a region, and what it does not take in a location's code.
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
_NO_CODE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Port:
    """A cable.

    :ivar connection: the connection's name in the topology.
    :ivar bandwidth: None is the topology's default, likewise for `redundancy`.
    """

    connection_id: str
    connection: str
    router: str
    bandwidth: str | None = None
    redundancy: str | None = None


@dataclass(frozen=True)
class Site:
    """Where the virtual interfaces are.

    :ivar region: None where the lab knows the location's.
    """

    location: str
    region: str | None
    ports: tuple[Port, ...]
    remarks: tuple[str, ...]


def site(records: Records, vifs: Sequence[VirtualInterface], region: str | None) -> Site:
    """The location and the ports of these virtual interfaces, which are all at one place.

    :param region: of records that do not say it.
    :raises UsageError: the location, or its region, is said nowhere.
    """
    ids = list(dict.fromkeys(vif.connection_id for vif in vifs))
    known = {id_: records.connection(id_) for id_ in ids}
    said: list[VirtualInterface | Connection] = [*vifs, *filter(None, known.values())]
    code = next((each.location for each in said if each.location), "")
    place = _place(code, next((each.region for each in said if each.region), None), region)
    names = Names()
    routers = ["edge"] if len(ids) == 1 else [f"edge-{number}" for number in range(1, len(ids) + 1)]
    ports = tuple(
        _port(names, id_, known[id_], router, place, [vif for vif in vifs if vif.connection_id == id_])
        for id_, router in zip(ids, routers, strict=True)
    )
    listed = located(place.code, None)
    return Site(
        place.code,
        None if listed and listed.region == place.region else place.region,
        ports,
        tuple(remark for port in ports for remark in _remarks(port, known[port.connection_id])),
    )


def _place(code: str, own: str | None, otherwise: str | None) -> Location:
    """The location of a code in the region that its records say, else in the listed one, else in another."""
    if not code:
        raise UsageError("no record says at which location this is; give describe-connections too")
    for region in filter(None, (own, otherwise)):
        if not _REGION.fullmatch(region):
            raise UsageError(f"'{region}' is no AWS Region; one is called such as eu-central-1")
    code = _NO_CODE.sub("-", code)
    place = located(code, own) or located(code, otherwise)
    if place is None:
        raise UsageError(f"no record says in which region {code} is; give describe-connections, or --region")
    return place


def _port(
    names: Names,
    id_: str,
    connection: Connection | None,
    router: str,
    place: Location,
    vifs: Sequence[VirtualInterface],
) -> Port:
    own = connection.connection_name if connection else ""
    # An id would name a connection of the lab's own; it gives that one another.
    name = names.unique(accepted(own, id_.removeprefix("dx") or "connection"))
    bandwidth = connection.bandwidth if connection else ""
    offered = bandwidth in (*place.bandwidths, *HOSTED_BANDWIDTHS) and bandwidth != _DEFAULT_BANDWIDTH
    return Port(id_, name, router, bandwidth if offered else None, _redundancy(connection, vifs))


def _redundancy(connection: Connection | None, vifs: Sequence[VirtualInterface]) -> str | None:
    """What the connection says, but `yes` where two peers of one family are there to prove it."""
    if any(max(Counter(peer.address_family for peer in vif.standing_peers).values()) > 1 for vif in vifs):
        return "yes"
    said = connection.has_logical_redundancy if connection else "unknown"
    return said if said in ("yes", "no") else None


def _remarks(port: Port, connection: Connection | None) -> Iterator[str]:
    if connection is None:
        yield f"{port.connection_id} is called '{port.connection}' here: no record says its name"
        return
    if connection.connection_name != port.connection:
        yield f"{port.connection_id} '{connection.connection_name}' is called '{port.connection}' here"
    if connection.bandwidth not in ("", _DEFAULT_BANDWIDTH, port.bandwidth):
        yield f"{port.connection_id} has {connection.bandwidth}, the lab's has {_DEFAULT_BANDWIDTH}"
    if connection.tags:
        yield f"{port.connection_id} has tags: a cable has none, left out"
