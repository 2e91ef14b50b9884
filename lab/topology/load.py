"""A topology file, read and checked from top to bottom.

First the schema has its say (keys, types, kinds), then come the checks that span several places: ends of
cables that name existing nodes and free ports, networks that are networks, configurations that exist,
operations that AWS has. Every refusal is a TopologyError with the file and the line. Nothing is asked of the
machine or of the lab.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from botocore.loaders import create_loader

from lab.errors import TopologyError
from lab.topology.assignments import assignments
from lab.topology.expectations import expectations
from lab.topology.images import image_of
from lab.topology.interfaces import INTERFACE, commands_of, interfaces_of
from lab.topology.model import HOST, PUBLIC, Device, Endpoint, Gateway, Link, Request, RouterNode, Topology
from lab.topology.networks import network
from lab.topology.refusals import check_schema, known, meant
from lab.topology.source import Place, Source, read

DEVICE_KIND = "aws-dx"
#: The kind of routers that are container images with their own start command.
IMAGE_KIND = "linux"
#: In the place of a router's configuration: what AWS has for its kind, if it is one of these.
FROM_AWS, FROM_AWS_KINDS = "from-aws", ("bird", "frr", "gobgp", "openbgpd")
#: Of these, those whose texts may be put one behind the other, one for each virtual interface.
ADDING_UP_KINDS = ("frr",)
#: What a topology's file is called in a folder of its own.
FILE_NAME = "topology.yml"

#: What AWS accepts as a connection's name.
_CONNECTION = re.compile(r"[\w ,/-]{1,100}", re.ASCII)
_VIRTUAL_GATEWAY = re.compile(r"vgw-([0-9a-f]{8}|[0-9a-f]{17})")
#: Parts of a lab that have a network namespace beside the routers: the device, and each virtual interface.
_RESERVED = re.compile(r"dx|dxvif-.*")


def load(path: Path) -> Topology:
    """The topology in this file, or in the file `topology.yml` of this folder.

    :raises TopologyError: (with file and line) it cannot be read or is wrong.
    """
    source = read(_where_it_lies(path))
    check_schema(source)
    routers = tuple(_routers(source))
    links = tuple(_links(source, {HOST, *(router.name for router in routers)}))
    _demand_cables(source, routers, links)
    return Topology(
        name=source.data["name"],
        path=source.path.absolute(),
        devices=tuple(_devices(source)),
        routers=routers,
        links=links,
        gateways=dict(_gateways(source)),
        assignments=assignments(source),
        requests=tuple(_requests(source)),
        expect=tuple(expectations(source)),
    )


def _where_it_lies(path: Path) -> Path:
    """The file itself: `topology.yml` of a folder, what a symbolic link leads to. What it names is beside it."""
    real = path.resolve()
    if real != path.absolute():
        here = Path.cwd()
        path = real.relative_to(here) if real.is_relative_to(here) else real
    if not real.is_dir():
        return path
    if not (path / FILE_NAME).is_file():
        below = sorted(found.parent.name for found in path.glob(f"*/{FILE_NAME}"))
        hint = f"; these folders in it have one: {', '.join(below)}" if below else ""
        raise TopologyError(f"there is no {FILE_NAME} in this folder{hint}", path)
    return path / FILE_NAME


# ----- nodes ------------------------------------------------------------------------------------------------


def _devices(source: Source) -> Iterator[Device]:
    """The Direct Connect devices, one for each location."""
    nodes: Mapping[str, Any] = source.data["topology"]["nodes"]
    if HOST in nodes:
        sentence = f"'{HOST}' cannot name a node: it is this machine, whose interfaces a cable may end at"
        raise source.error(sentence, ("topology", "nodes", HOST))
    devices = [name for name, node in nodes.items() if node["kind"] == DEVICE_KIND]
    if not devices:
        raise source.error(f"a lab needs a node of kind '{DEVICE_KIND}'", ("topology", "nodes"))
    for name in devices:
        line = source.line("topology", "nodes", name, "location")
        yield Device(name=name, location=nodes[name]["location"], line=line, region=nodes[name].get("region"))


def _routers(source: Source) -> Iterator[RouterNode]:
    for name, node in source.data["topology"]["nodes"].items():
        if node["kind"] != DEVICE_KIND:
            yield _router(source, name, node)


def _router(source: Source, name: str, node: Mapping[str, Any]) -> RouterNode:
    place = ("topology", "nodes", name)
    if _RESERVED.fullmatch(name):
        raise source.error(
            f"a router cannot be called '{name}': that is a part of the Direct Connect device", place
        )
    is_image = node["kind"] == IMAGE_KIND
    return RouterNode(
        name=name,
        kind=node["kind"],
        startup_config=_startup_config(source, node, (*place, "startup-config")),
        line=source.line(*place, "startup-config"),
        runtime=node.get("runtime", "docker" if is_image else "namespace"),
        image=node.get("image"),
        interfaces=tuple(interfaces_of(source, node, place)),
        commands=tuple(commands_of(source, node, place)),
        run=image_of(source, node, place) if is_image else None,
    )


def _startup_config(source: Source, node: Mapping[str, Any], place: Place) -> Path | None:
    """The file, or None where AWS is asked."""
    if node["startup-config"] == FROM_AWS:
        if node["kind"] not in FROM_AWS_KINDS:
            kinds = ", ".join(FROM_AWS_KINDS)
            raise source.error(
                f"AWS has no configuration for kind '{node['kind']}'; it has for: {kinds}", place
            )
        return None
    config: Path = (source.path.parent / node["startup-config"]).absolute()
    if not config.is_file():
        raise source.error(f"there is no file {config}", place)
    return config


# ----- links ------------------------------------------------------------------------------------------------


def _links(source: Source, routers: set[str]) -> Iterator[Link]:
    taken: dict[Endpoint, int] = {}
    for index, link in enumerate(source.data["topology"].get("links", ())):
        place = ("topology", "links", index)
        port, router = _ends(source, link, place, routers)
        for end in (port, router):
            if end in taken:
                raise source.error(f"{end} has a cable already, in line {taken[end]}", place)
            taken[end] = source.line(*place)
        yield Link(
            port=port,
            router=router,
            line=source.line(*place),
            logical_redundancy=_api_word(link.get("hasLogicalRedundancy")),
            bandwidth=link.get("bandwidth"),
            tags=tuple(link.get("tags", ())),
        )


def _demand_cables(source: Source, routers: Sequence[RouterNode], links: Sequence[Link]) -> None:
    """What AWS has for a router depends on where its cables lead."""
    reached = {link.router.node for link in links}
    for router in routers:
        if router.startup_config is None and router.name not in reached:
            sentence = f"'{FROM_AWS}' needs a cable that ends at '{router.name}'; add a link"
            raise source.error(sentence, ("topology", "nodes", router.name, "startup-config"))


def _api_word(value: object) -> str | None:
    """The API's word, of which YAML has made a boolean where a bare `yes` or `no` stood."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def _ends(
    source: Source, link: Mapping[str, Any], place: Place, routers: set[str]
) -> tuple[Endpoint, Endpoint]:
    """The Direct Connect end and the router's (or this machine's), in whichever order the file has them."""
    one, other = (
        _endpoint(source, text, (*place, "endpoints", index), routers)
        for index, text in enumerate(link["endpoints"])
    )
    if (one.node in routers) == (other.node in routers):
        joins = f"a cable joins an {DEVICE_KIND} node and a router (or '{HOST}')"
        raise source.error(f"{joins}, not {one} and {other}", place)
    return (other, one) if one.node in routers else (one, other)


def _endpoint(source: Source, text: str, place: Place, routers: set[str]) -> Endpoint:
    node, _, interface = text.partition(":")
    nodes = {*source.data["topology"]["nodes"], HOST}
    if node not in nodes:
        raise source.error(f"'{text}' names no node; {known(node, nodes)}", place)
    if node in routers and (interface == "lo" or not INTERFACE.fullmatch(interface)):
        wanted = "up to 15 characters without space, '/' and ':', and not 'lo'"
        raise source.error(f"'{interface}' cannot name an interface: use {wanted}", place)
    if node not in routers and not _CONNECTION.fullmatch(interface):
        wanted = "up to 100 letters, digits, spaces, hyphens, underscores, commas and slashes"
        raise source.error(f"'{interface}' cannot name a connection: use {wanted}", place)
    return Endpoint(node=node, interface=interface)


# ----- gateways ---------------------------------------------------------------------------------------------


def _gateways(source: Source) -> Iterator[tuple[str, Gateway]]:
    for name, gateway in source.data.get("gateways", {}).items():
        place = ("gateways", name)
        if name.startswith("vgw-") and not _VIRTUAL_GATEWAY.fullmatch(name):
            wanted = "'vgw-' and 8 or 17 hexadecimal digits"
            raise source.error(f"'{name}' is no virtual private gateway's id: {wanted}", place)
        if "asn" in gateway and not name.startswith("vgw-"):
            raise source.error(f"{_whose_asn(name)}; leave 'asn' out", (*place, "asn"))
        cidrs = enumerate(gateway.get("cidrs", ()))
        networks = (network(source, text, (*place, "cidrs", index)) for index, text in cidrs)
        yield name, Gateway(asn=gateway.get("asn"), cidrs=tuple(networks), line=source.line(*place))


def _whose_asn(name: str) -> str:
    if name == PUBLIC:
        return "AWS's public network has its own ASN"
    return f"'{name}' has the ASN that CreateDirectConnectGateway gives it (amazonSideAsn)"


# ----- requests ---------------------------------------------------------------------------------------------


def _requests(source: Source) -> Iterator[Request]:
    for index, request in enumerate(source.data.get("requests", ())):
        [(operation, parameters)] = request.items()
        place = ("requests", index, operation)
        if operation not in operations():
            hint = meant(operation, operations()) or "'aws directconnect help' lists them"
            raise source.error(f"AWS Direct Connect has no operation '{operation}'; {hint}", place)
        yield Request(operation=operation, parameters=parameters or {}, line=source.line(*place))


@cache
def operations() -> frozenset[str]:
    """The operations of the Direct Connect API, from botocore's service model."""
    model = create_loader().load_service_model("directconnect", "service-2")
    return frozenset(model["operations"])
