"""`dxlab demo`: bring a topology up, wait for every session, show what happened, take it down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.table import Table

from lab.cli.app import Topology, app, become_an_endpoint, err, out, run_until_signalled
from lab.customer import client_for
from lab.directconnect.model import HistoryEntry
from lab.lab import Lab, RunningLab
from lab.places import Places
from lab.remains import remove_remains, remove_state
from lab.topology import load

#: The steps of a session's way up, as the timeline shows them.
_STEPS = {
    "request": "request",
    "address": "address",
    "vlan": "VLAN",
    "speaker": "speaker",
    "open": "OPEN",
    "established": "Established",
}


@app.command()
def demo(
    topology: Topology,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the sessions.", min=1)] = 60.0,
) -> None:
    """Bring a topology up, wait until every peer is up, show timeline, API answer and routes, take it down.

    Exit status 0 only if every peer came up.
    """
    become_an_endpoint("demo")
    loaded = load(topology)
    places = Places.of(loaded.name)
    if places.holder() is None:
        remove_remains(places)
        remove_state(places)
    if not run_until_signalled(_demonstrate(Lab(places, topology=loaded, tell=err.print), timeout)):
        raise typer.Exit(1)


async def _demonstrate(lab: Lab, patience: float) -> bool:
    async with lab.running() as running:
        err.print("waiting for the sessions")
        all_up = await running.wait_until_up(patience) and await running.wait_for_routes(patience)
        await asyncio.to_thread(_show, running)
        return all_up


def _show(running: RunningLab) -> None:
    for heading, part in (
        ("Timeline, in milliseconds since the request", _timelines(running)),
        ("DescribeVirtualInterfaces", _description(running)),
        ("Routes", _routes(running)),
    ):
        out.print(f"\n{heading}\n")
        out.print(part)


def _timelines(running: RunningLab) -> Table:
    table = _table("peer", "family", "step", "ms", "what")
    for vif in running.cloud.virtual_interfaces():
        for peer in vif.peers:
            for step, milliseconds, detail in _steps(running.cloud.history(peer.id)):
                table.add_row(peer.id, peer.family.value, step, f"{milliseconds:.0f}", detail)
    return table


def _steps(history: tuple[HistoryEntry, ...]) -> Iterator[tuple[str, float, str]]:
    """The steps up to the first time the session was Established."""
    start = history[0].at
    for entry in history:
        if entry.kind in _STEPS:
            yield _STEPS[entry.kind], (entry.at - start) * 1000, entry.detail
        if entry.kind == "established":
            return


def _description(running: RunningLab) -> str:
    answer = client_for(running.url, running.region).describe_virtual_interfaces()
    shown: dict[str, Any] = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    return json.dumps(shown, indent=2)


def _routes(running: RunningLab) -> Table:
    table = _table("from", "to", "prefix", "as path")
    for vif in running.cloud.virtual_interfaces():
        for peer in vif.standing_peers:
            for route in running.controller.sessions[peer.id].routes.values():
                table.add_row("router", f"AWS ({vif.name})", route.prefix, " ".join(map(str, route.as_path)))
    for router in running.routers.values():
        for installed in router.routes():
            if installed.protocol == "bgp":
                table.add_row("AWS", f"router {router.name}", str(installed.prefix), "")
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
