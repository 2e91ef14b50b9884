"""`dxlab status`: connections, VIFs, peers, and what the AWS API has no words for: since when, and why."""

from __future__ import annotations

import json
import time
import urllib.request
from contextlib import suppress
from typing import Annotated, Any

import typer
from rich.table import Table

from lab.cli.app import app, err, out
from lab.errors import UsageError
from lab.places import Places, Record, known_labs, record_of

Document = dict[str, Any]

#: The endpoint is on this machine, whatever proxy the environment names.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
) -> None:
    """Show every lab on this machine: connections, VIFs, peers, bgpStatus, since when and why."""
    labs = [_view(name) for name in known_labs()]
    if as_json:
        out.print(json.dumps({"labs": labs}, indent=2))
        return
    if not labs:
        err.print("no lab is up; 'dxlab up TOPOLOGY' brings one up")
    for lab in labs:
        _show(lab)


def _view(name: str) -> Document:
    """A lab's own account of itself, or what can be said of one that does not answer."""
    record = record_of(name)
    with suppress(UsageError):
        if record is not None:
            return {"answers": True, "alive": True, "endpoint": record.url, **fetch(record, "status")}
    alive = Places.of(name).holder() is not None
    endpoint = {"endpoint": record.url} if record else {}
    return {"lab": name, "answers": False, "alive": alive, **endpoint, "connections": []}


def fetch(record: Record, page: str, patience: float = 10.0) -> Document:
    """One of a lab's own pages.

    :param patience: seconds that the endpoint has for its answer.

    :raises UsageError: the endpoint does not answer: it was killed, or is still on its way up.
    """
    try:
        with _DIRECT.open(f"{record.url}/lab/{page}", timeout=patience) as answer:
            document: Document = json.load(answer)
    except (OSError, ValueError):
        sentence = f"the endpoint of the lab '{record.name}' does not answer; see 'dxlab status'"
        raise UsageError(sentence) from None
    return document


def _show(lab: Document) -> None:
    if not lab["answers"]:
        alive = "does not answer: it is on its way up or down, or hangs" if lab["alive"] else "was killed"
        out.print(f"{lab['lab']}: its endpoint {alive}; 'dxlab down {lab['lab']}' cleans up")
        return
    out.print(f"{lab['lab']}  {lab['endpoint']}")
    if lab["unstored"]:
        out.print(f"  {lab['unstored']}; what is seen is shown, and stored as soon as that is possible")
    for connection in lab["connections"]:
        summary = "{connectionName}  {connectionId}  {location}  {connectionState}".format(**connection)
        port = f"  host:{connection['hostInterface']}" if connection["hostInterface"] else ""
        out.print(f"  {summary}{port}")
    if any(connection["virtualInterfaces"] for connection in lab["connections"]):
        out.print(_peers(lab))


def _peers(lab: Document) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("VIF", "VLAN", "state", "peer", "Amazon", "customer", "bgpStatus", "since", "reason"):
        table.add_column(heading, overflow="fold")
    for connection in lab["connections"]:
        for vif in connection["virtualInterfaces"]:
            for peer in vif["bgpPeers"]:
                table.add_row(*_row(vif, peer))
    return table


def _row(vif: Document, peer: Document) -> tuple[str, ...]:
    since = time.strftime("%H:%M:%S", time.localtime(peer["since"])) if peer["since"] else "-"
    return (
        vif["virtualInterfaceName"],
        str(vif["vlan"]),
        vif["virtualInterfaceState"],
        peer["bgpPeerId"],
        peer["amazonAddress"],
        peer["customerAddress"],
        peer["bgpStatus"],
        since,
        peer["reason"],
    )
