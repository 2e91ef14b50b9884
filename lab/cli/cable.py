"""`dxlab plug` and `dxlab unplug`: cables of a lab that is up.

Nothing is told to the endpoint: it sees the light come and go, as AWS would.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lab.cli.app import LabName, app, chosen_lab, err, require_root
from lab.cli.status import fetch
from lab.controller.wiring import PORT_MTU, stub_of
from lab.errors import UsageError
from lab.network.host import HostPorts, ports_to_oneself
from lab.network.links import End, ensure_cable, find_link, set_link
from lab.network.namespaces import namespace_exists, netlink
from lab.places import Places, Record
from lab.topology.model import HOST

Connection = Annotated[str, typer.Argument(help="The connection's name or id.")]
RouterEnd = Annotated[
    str | None,
    typer.Argument(
        metavar="NODE:INTERFACE",
        help="Where a new cable goes, host:INTERFACE for one of this machine; without, the old one goes back.",
    ),
]


@app.command()
def unplug(connection: Connection, lab: LabName = None) -> None:
    """Pull a connection's cable out of AWS's port; a port of this machine is set down."""
    require_root("unplug")
    set_link(_port(chosen_lab(lab), connection), up=False)
    err.print(f"{connection} is unplugged")


@app.command()
def plug(connection: Connection, router: RouterEnd = None, lab: LabName = None) -> None:
    """Put a connection's cable back, or plug a new one into a router's interface or one of this machine."""
    require_root("plug")
    record = chosen_lab(lab)
    port = _port(record, connection)
    if router is not None:
        _plug_new(record, port, router)
    elif _exists(stub_of(port)):
        raise UsageError(
            f"no cable belongs to {connection}; say where one is to go: dxlab plug {connection} NODE:INTERFACE"
        )
    set_link(port, up=True)
    err.print(f"{connection} is plugged in")


def _plug_new(record: Record, port: End, router: str) -> None:
    host_ports = HostPorts(Places.of(record.name))
    node, _, interface = router.partition(":")
    if node == HOST and interface:
        host_ports.lend(interface, port.interface, mtu=PORT_MTU)
        return
    end = _router_end(record, router)
    host_ports.give_back(port.interface)
    with ports_to_oneself():
        ensure_cable(port, end)


def _port(record: Record, name: str) -> End:
    """The port of the one connection that has this name or id."""
    connections: list[dict[str, Any]] = fetch(record, "status")["connections"]
    found = [
        each["connectionId"] for each in connections if name in (each["connectionId"], each["connectionName"])
    ]
    if not found:
        names = ", ".join(connection["connectionName"] for connection in connections) or "none"
        raise UsageError(f"the lab '{record.name}' has no connection '{name}'; it has {names}")
    if len(found) > 1:
        raise UsageError(f"several connections are named '{name}': use one of the ids {', '.join(found)}")
    return End(Places.of(record.name).namespace("dx"), found[0])


def _router_end(record: Record, text: str) -> End:
    node, _, interface = text.partition(":")
    namespace = Places.of(record.name).namespace(node)
    if not interface or not namespace_exists(namespace):
        raise UsageError(
            f"'{text}' is no interface of a router of the lab '{record.name}': give NODE:INTERFACE"
        )
    return End(namespace, interface)


def _exists(end: End) -> bool:
    with netlink(end.namespace) as kernel:
        return find_link(kernel, end.interface) is not None
