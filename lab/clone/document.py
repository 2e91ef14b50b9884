"""The topology as data, ready to be written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lab.clone.gateways import Behind, gateways
from lab.clone.names import Names, accepted, slug
from lab.clone.peers import Ends, Ledger, Terms, terms
from lab.clone.ports import Site, site
from lab.clone.records import Records, Tag, VirtualInterface
from lab.topology.load import ADDING_UP_KINDS

Members = dict[str, Any]
Request = tuple[str, Members]


@dataclass(frozen=True)
class Document:
    """A topology.

    :ivar devices: by name.
    :ivar routers: their names.
    :ivar assignments: by virtual interface name.
    :ivar drawing: the lab in a few lines.
    :ivar variables: the environment variables that have to hold keys.
    :ivar remarks: what is not as in the account, or needs the user's eye.
    """

    name: str
    kind: str
    devices: dict[str, Members]
    routers: tuple[str, ...]
    links: tuple[Members, ...]
    gateways: tuple[Behind, ...]
    assignments: dict[str, list[Ends]]
    requests: tuple[Request, ...]
    drawing: tuple[str, ...]
    variables: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Rehearsed:
    """A virtual interface with everything that is known of its part in the topology."""

    record: VirtualInterface
    name: str
    connection: str
    behind: Behind | None
    peers: list[Terms]


@dataclass(frozen=True)
class Style:
    """How the topology is to be.

    :ivar name: the lab's; None makes one of the location.
    :ivar kind: the routers'.
    :ivar region: of records that do not say it.
    :ivar redact: whether keys are left to the environment.
    """

    name: str | None = None
    kind: str = "frr"
    region: str | None = None
    redact: bool = False


def document(
    records: Records, vifs: Sequence[VirtualInterface], style: Style, remarks: Sequence[str] = ()
) -> Document:
    """The topology that rehearses these virtual interfaces.

    :param vifs: at least one.
    :param remarks: what was said of the choice.
    :raises UsageError: a location, or its region, is said nowhere; or there are several regions.
    """
    place = site(records, vifs, style.region)
    every = _rehearsed(records, vifs, place, Ledger(style.redact))
    behind = tuple({each.behind.key: each.behind for each in every if each.behind}.values())
    return Document(
        name=style.name or slug(f"clone-{place.devices[0].location}"),
        kind=style.kind,
        devices={
            each.name: _without_none({"kind": "aws-dx", "location": each.location, "region": each.region})
            for each in place.devices
        },
        routers=tuple(port.router for port in place.ports),
        links=tuple(_links(place)),
        gateways=behind,
        assignments=dict(_assignments(every)),
        requests=(*_orders(behind), *(request for each in every for request in _requests(each))),
        drawing=tuple(_drawing(place, every)),
        variables=tuple(peer.variable for each in every for peer in each.peers if peer.variable),
        remarks=(*records.remarks, *remarks, *place.remarks, *_remarks(place, every, behind, style.kind)),
    )


def _rehearsed(
    records: Records, vifs: Sequence[VirtualInterface], place: Site, ledger: Ledger
) -> list[_Rehearsed]:
    names, behind = Names(), gateways(records, vifs)
    connections = {port.connection_id: port.connection for port in place.ports}
    every = []
    for vif in vifs:
        name = names.unique(accepted(vif.virtual_interface_name, vif.virtual_interface_id))
        gateway = behind.get(vif.virtual_interface_id)
        connection = connections[vif.connection_id]
        every.append(_Rehearsed(vif, name, connection, gateway, terms(vif, name, ledger)))
    return every


def _links(place: Site) -> Iterator[Members]:
    for port in place.ports:
        yield _without_none(
            {
                "endpoints": [f"{port.device}:{port.connection}", f"{port.router}:eth1"],
                "bandwidth": port.bandwidth,
                "hasLogicalRedundancy": port.redundancy,
                **_tags(port.tags),
            }
        )


def _assignments(every: Sequence[_Rehearsed]) -> Iterator[tuple[str, list[Ends]]]:
    for vif in every:
        if assigned := [peer.assigned for peer in vif.peers if peer.assigned]:
            yield vif.name, assigned


# ===== requests =====


def _orders(behind: Sequence[Behind]) -> Iterator[Request]:
    for gateway in behind:
        if gateway.member == "directConnectGatewayId":
            members = {"directConnectGatewayName": gateway.key, "amazonSideAsn": gateway.asn}
            yield "CreateDirectConnectGateway", {**members, **_tags(gateway.tags)}


def _requests(vif: _Rehearsed) -> Iterator[Request]:
    first, *others = vif.peers
    kind = vif.record.virtual_interface_type.title()
    members = {"connectionId": vif.connection, f"new{kind}VirtualInterface": _new(vif, first)}
    yield f"Create{kind}VirtualInterface", members
    for peer in others:
        yield "CreateBGPPeer", {"virtualInterfaceId": vif.name, "newBGPPeer": peer.members}


def _new(vif: _Rehearsed, first: Terms) -> Members:
    record = vif.record
    return {
        "virtualInterfaceName": vif.name,
        "vlan": record.vlan,
        **({"mtu": record.mtu} if record.mtu else {}),
        **first.members,
        **({vif.behind.member: vif.behind.key} if vif.behind else {}),
        **_prefixes(record),
        **({"enableSiteLink": True} if record.site_link_enabled else {}),
        **_without_none(
            {
                "prefixPoolAllocatedCountIpv4": record.prefix_pool_allocated_count_ipv4,
                "prefixPoolAllocatedCountIpv6": record.prefix_pool_allocated_count_ipv6,
            }
        ),
        **_tags(record.tags),
    }


def _prefixes(record: VirtualInterface) -> Members:
    if record.virtual_interface_type != "public":
        return {}
    return {"routeFilterPrefixes": [{"cidr": prefix.cidr} for prefix in record.route_filter_prefixes]}


def _tags(tags: Sequence[Tag]) -> Members:
    """Tags but for AWS's own, which nobody can set."""
    own = [{"key": tag.key, "value": tag.value} for tag in tags if not tag.key.startswith("aws:")]
    return {"tags": own} if own else {}


def _without_none(members: Members) -> Members:
    return {name: value for name, value in members.items() if value is not None}


# ===== for the reader =====


def _remarks(place: Site, every: Sequence[_Rehearsed], behind: Sequence[Behind], kind: str) -> Iterator[str]:
    for vif in every:
        if vif.name != vif.record.virtual_interface_name:
            yield f"{vif.record.title} is called '{vif.name}' here"
        for peer in vif.peers:
            yield from peer.remarks
    for gateway in behind:
        yield from gateway.remarks
    yield from _several_asns(place, every)
    if kind not in ADDING_UP_KINDS:
        yield from _several_files(place, every, kind)


def _several_asns(place: Site, every: Sequence[_Rehearsed]) -> Iterator[str]:
    """AWS's configuration is for a router with one ASN."""
    for port in place.ports:
        own = [asn for vif in every if vif.connection == port.connection for asn in _own_asns(vif)]
        if len(different := dict.fromkeys(own)) > 1:
            listed = " and ".join(map(str, different))
            yield f"{port.router} is to have the ASNs {listed}, which 'from-aws' cannot: give its configuration"


def _several_files(place: Site, every: Sequence[_Rehearsed], kind: str) -> Iterator[str]:
    """AWS's configuration for a virtual interface is a whole file."""
    for port in place.ports:
        names = [vif.name for vif in every if vif.connection == port.connection]
        if len(names) > 1:
            yield (
                f"{port.router} is to have {len(names)} virtual interfaces, which 'from-aws' cannot for kind"
                f" '{kind}': give its configuration"
            )


def _drawing(place: Site, every: Sequence[_Rehearsed]) -> Iterator[str]:
    locations = {device.name: device.location for device in place.devices}
    for port in place.ports:
        yield f"{port.router} eth1 ======== {port.connection}  {port.device} ({locations[port.device]})"
        indent = " " * (len(port.router) + 1)
        for vif in every:
            if vif.connection == port.connection:
                yield f"{indent}eth1.{vif.record.vlan}  {vif.name}  {_asns(vif)}"


def _asns(vif: _Rehearsed) -> str:
    own = " and ".join(map(str, dict.fromkeys(_own_asns(vif))))
    return f"AS {own} -- " + (
        f"AS {vif.behind.asn} -- {vif.behind.key}" if vif.behind else "AS 7224 -- public"
    )


def _own_asns(vif: _Rehearsed) -> list[int]:
    """The customer's, of each peer."""
    return [peer.members.get("asn") or peer.members["asnLong"] for peer in vif.peers]
