"""The physical half: a device at each location, a cable for each connection or LAG, a router at the cable's end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lab.clone.names import Names, accepted
from lab.clone.records import Connection, Records, Tag, VirtualInterface
from lab.directconnect.locations import HOSTED_BANDWIDTHS, Location, located
from lab.errors import UsageError

_DEFAULT_BANDWIDTH = "1Gbps"
#: What a topology takes as a region, and what it does not take in a location's code.
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
_NO_CODE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Port:
    """A cable.

    :ivar device: the Direct Connect device's name in the topology.
    :ivar connection: the connection's name in the topology.
    :ivar bandwidth: None is the topology's default, likewise for `redundancy`.
    """

    connection_id: str
    device: str
    connection: str
    router: str
    bandwidth: str | None = None
    redundancy: str | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True)
class Device:
    """A Direct Connect device.

    :ivar region: None where the lab knows the location's.
    """

    name: str
    location: str
    region: str | None


@dataclass(frozen=True)
class Site:
    """Where the virtual interfaces are."""

    devices: tuple[Device, ...]
    ports: tuple[Port, ...]
    remarks: tuple[str, ...]


def site(records: Records, vifs: Sequence[VirtualInterface], region: str | None) -> Site:
    """The devices and the ports of these virtual interfaces.

    :param region: of records that do not say it.
    :raises UsageError: a location, or its region, is said nowhere; or there are several regions.
    """
    on: dict[str, list[VirtualInterface]] = {}
    for vif in vifs:
        on.setdefault(vif.connection_id, []).append(vif)
    known = {id_: records.connection(id_) for id_ in on}
    places = {id_: _place_of(known[id_], its, region) for id_, its in on.items()}
    _check_one_region(list(places.values()))
    devices = _devices(dict.fromkeys(places.values()))
    names, routers = Names(), iter(_numbered("edge", len(on)))
    ports = tuple(
        _port(names, known[id_], next(routers), devices[places[id_]].name, places[id_], its)
        for id_, its in on.items()
    )
    remarks = tuple(remark for port in ports for remark in _remarks(port, known[port.connection_id]))
    return Site(tuple(devices.values()), ports, remarks)


def _devices(places: Iterable[Location]) -> dict[Location, Device]:
    places = list(places)
    return {
        place: _device(name, place) for name, place in zip(_numbered("dx", len(places)), places, strict=True)
    }


def _device(name: str, place: Location) -> Device:
    listed = located(place.code, None)
    return Device(name, place.code, None if listed and listed.region == place.region else place.region)


def _numbered(name: str, count: int) -> list[str]:
    """The name itself where one is needed."""
    return [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]


def _check_one_region(places: Sequence[Location]) -> None:
    codes: dict[str, list[str]] = {}
    for place in places:
        codes.setdefault(place.region, []).append(place.code)
    if len(codes) > 1:
        listed = "; ".join(f"{region}: {', '.join(dict.fromkeys(its))}" for region, its in codes.items())
        raise UsageError(
            f"the virtual interfaces are in several regions, and a lab is in one ({listed});"
            " choose with --location, --connection or --vif"
        )


def _place_of(
    connection: Connection | None, vifs: Sequence[VirtualInterface], region: str | None
) -> Location:
    """Where a connection is, as its virtual interfaces or its own record say."""
    said: list[VirtualInterface | Connection] = [*vifs, *([connection] if connection else [])]
    code = next((each.location for each in said if each.location), "")
    return _place(code, next((each.region for each in said if each.region), None), region)


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
    connection: Connection | None,
    router: str,
    device: str,
    place: Location,
    vifs: Sequence[VirtualInterface],
) -> Port:
    id_, own = vifs[0].connection_id, connection.connection_name if connection else ""
    # An id would name a connection of the lab's own; it gives that one another.
    name = names.unique(accepted(own, id_.removeprefix("dx") or "connection"))
    bandwidth = connection.bandwidth if connection else ""
    offered = bandwidth in (*place.bandwidths, *HOSTED_BANDWIDTHS) and bandwidth != _DEFAULT_BANDWIDTH
    tags = connection.tags if connection else ()
    return Port(
        id_, device, name, router, bandwidth if offered else None, _redundancy(connection, vifs), tags
    )


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
