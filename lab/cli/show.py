"""`dxlab show`: what a customer router says of its neighbours and routes, in the same words for every kind."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from lab.cli.app import LabName, app, chosen_lab, out, require_root
from lab.cli.exec_ import router_of
from lab.errors import RouterError
from lab.routers import Neighbour, RouterRoute

Record = dict[str, Any]


class What(StrEnum):
    """What can be asked."""

    NEIGHBOURS = "neighbours"
    ROUTES = "routes"


@app.command()
def show(
    node: Annotated[str, typer.Argument(help="The router's name in the topology.")],
    what: Annotated[What, typer.Argument(help="Its BGP neighbours, or the routes that it uses.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
    lab: LabName = None,
) -> None:
    """Show a customer router's BGP neighbours or the routes that it uses, whatever its kind."""
    require_root("show")
    router = router_of(chosen_lab(lab), node)
    if not router.is_running():
        raise RouterError(f"router '{node}' does not run")
    if what is What.NEIGHBOURS:
        records = [_neighbour(each) for each in router.neighbours()]
    else:
        records = [_route(each) for each in router.routes()]
    out.print(json.dumps({"node": node, what.value: records}, indent=2) if as_json else _table(records))


def _neighbour(neighbour: Neighbour) -> Record:
    return {
        "address": str(neighbour.address),
        "asn": neighbour.asn,
        "state": neighbour.state,
        "since": neighbour.since,
        "accepted": neighbour.accepted,
        "advertised": neighbour.advertised,
        "lastReset": neighbour.last_reset,
    }


def _route(route: RouterRoute) -> Record:
    hops = [str(hop) for hop in route.next_hops]
    return {"prefix": str(route.prefix), "protocol": route.protocol, "nextHops": hops}


def _table(records: Sequence[Record]) -> Table:
    """A column for each member."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in records[0] if records else ():
        table.add_column({"lastReset": "last reset", "nextHops": "next hops"}.get(heading, heading))
    for record in records:
        table.add_row(*(_shown(name, value) for name, value in record.items()))
    return table


def _shown(name: str, value: object) -> str:
    if isinstance(value, float) and name == "since":
        return time.strftime("%H:%M:%S", time.localtime(value))
    if isinstance(value, list):
        return " ".join(value) or "-"
    return "-" if value in (None, "") else str(value)
