"""`dxlab exec`: run a command inside a customer router."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lab.bringup import routers_of
from lab.cli.app import LabName, app, chosen_lab, require_root
from lab.errors import UsageError
from lab.places import Places, Record
from lab.routers import Router
from lab.topology import load


@app.command("exec")
def exec_(
    node: Annotated[str, typer.Argument(help="The router's name in the topology.")],
    command: Annotated[list[str], typer.Argument(help="What to run; put it behind '--'.")],
    lab: LabName = None,
) -> None:
    """Run a command inside a customer router, for example: dxlab exec edge -- vtysh -c 'show bgp summary'."""
    require_root("exec")
    argv = router_of(chosen_lab(lab), node).command(
        command, terminal=sys.stdin.isatty() and sys.stdout.isatty()
    )
    os.execvp(argv[0], argv)


def router_of(record: Record, node: str) -> Router:
    """A lab's customer router by its name.

    :raises UsageError: it has none of that name.
    """
    if record.topology is None:
        raise UsageError(f"the lab '{record.name}' has no routers: it was started with 'dxlab serve'")
    routers = routers_of(load(Path(record.topology)), Places.of(record.name, Path(record.state_directory)))
    if node not in routers:
        raise UsageError(
            f"the lab '{record.name}' has no router '{node}'; it has {', '.join(sorted(routers)) or 'none'}"
        )
    return routers[node]
