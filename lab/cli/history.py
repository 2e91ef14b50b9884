"""`dxlab history`: what happened to a peer: each `bgpStatus`, with its reason, and the steps on the way there."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer
from rich.table import Table

from lab.cli.app import LabName, app, chosen_lab, out
from lab.cli.peers import One, peers_named
from lab.cli.status import fetch


@app.command()
def history(
    who: One,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
    lab: LabName = None,
) -> None:
    """Show what happened to a peer, oldest first: each bgpStatus with the reason of the change, and the steps."""
    record = chosen_lab(lab)
    pages = fetch(record, "history")
    named = peers_named(record, who)
    if as_json:
        out.print(json.dumps({peer.id: pages.get(peer.id, []) for peer in named}, indent=2))
        return
    for peer in named:
        out.print(f"{peer.id}  {peer.title}")
        out.print(_table(pages.get(peer.id, [])))


def _table(entries: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("when", "what", "", "reason"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        day = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry["at"]))
        when = f"{day}.{int(entry['at'] % 1 * 1000):03d}"
        table.add_row(when, entry["kind"], entry["detail"], entry["reason"])
    return table
