"""`dxlab unplug` and `dxlab plug`: pull a connection's cable and put it back, on a lab that is up.

Nothing is told to the endpoint: it sees the light go out, as AWS would.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lab.cli.app import LabName, app, chosen_lab, err, require_root
from lab.cli.status import fetch
from lab.errors import UsageError
from lab.network.links import End, set_link
from lab.places import Places, Record

Connection = Annotated[str, typer.Argument(help="The connection's name or id.")]


@app.command()
def unplug(connection: Connection, lab: LabName = None) -> None:
    """Pull a connection's cable."""
    _set(connection, lab, up=False)


@app.command()
def plug(connection: Connection, lab: LabName = None) -> None:
    """Put a connection's cable back."""
    _set(connection, lab, up=True)


def _set(connection: str, lab: str | None, *, up: bool) -> None:
    require_root("plug" if up else "unplug")
    record = chosen_lab(lab)
    set_link(End(Places.of(record.name).namespace("dx"), _connection_id(record, connection)), up=up)
    err.print(f"{connection} is {'plugged in' if up else 'unplugged'}")


def _connection_id(record: Record, name: str) -> str:
    connections: list[dict[str, Any]] = fetch(record, "status")["connections"]
    for connection in connections:
        if name in (connection["connectionId"], connection["connectionName"]):
            return str(connection["connectionId"])
    names = ", ".join(connection["connectionName"] for connection in connections) or "none"
    raise UsageError(f"the lab '{record.name}' has no connection '{name}'; it has {names}")
