"""`dxlab down`: take a lab down, alive or killed, so that nothing of it is left."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lab.cli.app import app, err, require_root
from lab.errors import UsageError
from lab.network.namespaces import namespaces
from lab.places import Places, known_labs, record_of
from lab.remains import remove_remains, remove_state
from lab.routers.processes import end_processes

#: Seconds that an endpoint has to take its lab down in good order before it is killed.
FAREWELL = 20.0


@app.command()
def down(
    name: Annotated[str | None, typer.Argument(help="The lab; needed where several are up.")] = None,
) -> None:
    """Take a lab down; also cleans up after a killed one."""
    require_root("down")
    places = _places(name or _only_lab())
    if not places.run.exists() and not namespaces(places.namespace_prefix):
        raise UsageError(f"there is no lab '{places.name}'; see 'dxlab status'")
    endpoint = places.holder()
    if endpoint is not None:
        end_processes([endpoint], patience=FAREWELL)
    remove_remains(places)
    remove_state(places)
    kept = "" if places.owns_state else f"; its resources are kept in {places.state}"
    err.print(f"{places.name} is down{kept}")


def _places(name: str) -> Places:
    record = record_of(name)
    return Places.of(name, Path(record.state_directory) if record else None)


def _only_lab() -> str:
    names = known_labs()
    if not names:
        raise UsageError("no lab is up")
    if len(names) > 1:
        raise UsageError(f"several labs are up ({', '.join(names)}): say which, 'dxlab down NAME'")
    return names[0]
