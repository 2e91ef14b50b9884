"""`dxlab status`: connections, VIFs, peers, and what the AWS API has no words for: since when, and why.

Of a session that is down, the reason is what was last heard of it, and the cause what a diagnosis makes of it. The
endpoint examines the first few such peers within a few seconds; where all are up, nobody waits.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from typing import Annotated, Any

import typer
from rich.table import Table

from lab.cli.app import app, err, out
from lab.errors import UsageError
from lab.places import Places, Record, known_labs, record_of

Document = dict[str, Any]

#: Seconds that an endpoint has to examine some peers.
_EXAMINATION = 30.0
#: The endpoint is on this machine, whatever proxy the environment names.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
    following: Annotated[
        bool, typer.Option("--watch", help="Follow along until Ctrl-C; in a pipe, a line for each change.")
    ] = False,
    why: Annotated[
        bool, typer.Option("--why/--no-why", help="Look for the cause where a session is down: some seconds.")
    ] = True,
) -> None:
    """Show every lab on this machine: connections, VIFs, peers, bgpStatus, since when and why."""
    if following:
        from lab.cli.watching import watch  # it takes a while to import, and nobody else needs it

        watch(as_json=as_json, why=why)
        return
    labs = [view(name) for name in known_labs()]
    left = _explain(labs) if why else 0
    if as_json:
        out.print(json.dumps({"labs": labs}, indent=2))
        return
    if not labs:
        err.print("no lab is up; 'dxlab up TOPOLOGY' brings one up")
    for part in (part for lab in labs for part in in_words(lab)):
        out.print(part)
    if left:
        err.print(f"of {left} more peers that are not up, the cause was not looked for; see 'dxlab diagnose'")


def _explain(labs: list[Document]) -> int:
    """Note the causes of sessions that are down; how many were left out."""
    ill = [lab for lab in labs if any(down_peers(lab))]
    waiting = err.status("asking why sessions are down") if ill and err.is_terminal else nullcontext()
    with waiting, ThreadPoolExecutor() as pool:
        return sum(pool.map(_explain_one, ill))


def _explain_one(lab: Document) -> int:
    record = record_of(lab["lab"])
    with suppress(UsageError):
        if record is not None:
            found = fetch(record, "causes", _EXAMINATION)
            for peer in down_peers(lab):
                peer["cause"] = found["causes"].get(peer["bgpPeerId"])
            return int(found["unexplained"])
    return 0


def peers_of(lab: Document) -> Iterator[tuple[Document, Document]]:
    """Every peer of a lab, with its virtual interface."""
    for connection in lab.get("connections", ()):
        for vif in connection["virtualInterfaces"]:
            for peer in vif["bgpPeers"]:
                yield vif, peer


def down_peers(lab: Document) -> Iterator[Document]:
    """The peers of a lab that are not up and ought to be."""
    leaving = ("deleting", "deleted")
    for _, peer in peers_of(lab):
        if peer["bgpStatus"] != "up" and peer["bgpPeerState"] not in leaving:
            yield peer


def view(name: str) -> Document:
    """A lab's own account of itself, or what can be said of one that does not answer."""
    record = record_of(name)
    with suppress(UsageError):
        if record is not None:
            return told_by(record, fetch(record, "status"))
    alive = Places.of(name).holder() is not None
    endpoint = {"endpoint": record.url} if record else {}
    return {"lab": name, "answers": False, "alive": alive, **endpoint, "connections": []}


def told_by(record: Record, status: Document) -> Document:
    """A lab that answers, with the status that it gave."""
    return {"answers": True, "alive": True, "endpoint": record.url, **status}


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


def in_words(lab: Document) -> list[str | Table]:
    """A lab for a reader: lines, and a table of its peers."""
    if not lab["answers"]:
        alive = "does not answer: it is on its way up or down, or hangs" if lab["alive"] else "was killed"
        return [f"{lab['lab']}: its endpoint {alive}; 'dxlab down {lab['lab']}' cleans up"]
    parts: list[str | Table] = [f"{lab['lab']}  {lab['endpoint']}"]
    if lab["unstored"]:
        parts.append(f"  {lab['unstored']}; what is seen is shown, and stored as soon as that is possible")
    for connection in lab["connections"]:
        summary = "{connectionName}  {connectionId}  {location}  {connectionState}".format(**connection)
        port = f"  host:{connection['hostInterface']}" if connection["hostInterface"] else ""
        parts.append(f"  {summary}{port}")
    if any(connection["virtualInterfaces"] for connection in lab["connections"]):
        parts.append(_peers(lab))
    return parts


def _peers(lab: Document) -> Table:
    """The causes have a column where there is one to name."""
    causes = any(peer["cause"] for _, peer in peers_of(lab))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    headings = ("VIF", "VLAN", "state", "peer", "Amazon", "customer", "bgpStatus", "since", "reason")
    for heading in (*headings, *(("cause",) if causes else ())):
        table.add_column(heading, overflow="fold")
    for vif, peer in peers_of(lab):
        table.add_row(*_row(vif, peer), *((peer["cause"] or "-",) if causes else ()))
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
