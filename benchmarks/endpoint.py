"""An endpoint for the benchmark, in a process of its own as `dxlab up` would have it.

    python -m benchmarks.endpoint LAB

It has one connection, with logical redundancy, so that a virtual interface may have two IPv4 peers, and a
cable from it to `eth1` of a router that it does not start: the benchmark does. It prints its URL and the
connection's id.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Address, Connection
from lab.cli.app import log_to_stderr, run_until_signalled
from lab.directconnect.model import LogicalRedundancy
from lab.directconnect.settings import Settings
from lab.errors import LabError
from lab.lab import Lab
from lab.network.links import End
from lab.network.namespaces import ensure_namespace, processes_in
from lab.places import Places
from lab.remains import remove_remains, remove_state

#: Before a command: no server is left over, even when the benchmark is killed; setpriv(1).
DIE_WITH_ME = ("setpriv", "--pdeathsig", "KILL")


@dataclass(frozen=True)
class Endpoint:
    """An endpoint that is up.

    :ivar router: the customer's end of its cable.
    """

    places: Places
    pid: int
    address: Address
    connection_id: str

    @property
    def router(self) -> End:
        return router_of(self.places)

    def connect(self) -> Connection:
        return Connection(self.address)

    def speakers(self, vif_ids: list[str]) -> list[int]:
        """The processes that speak BGP for these virtual interfaces."""
        return [pid for vif_id in vif_ids for pid in processes_in(self.places.namespace(vif_id))]


def router_of(places: Places) -> End:
    return End(places.namespace("edge"), "eth1")


@contextmanager
def running_endpoint(name: str) -> Iterator[Endpoint]:
    """A lab of this name with an empty namespace for its router; nothing of either is left afterwards."""
    places = Places.of(name)
    _clear(places)
    try:
        ensure_namespace(router_of(places).namespace)
        with _process(places) as process:
            url, connection_id = _announced(process, places)
            yield Endpoint(places, process.pid, Address.of_url(url), connection_id)
    finally:
        _clear(places)


@contextmanager
def _process(places: Places) -> Iterator[subprocess.Popen[str]]:
    command = (*DIE_WITH_ME, sys.executable, "-m", "benchmarks.endpoint", places.name)
    places.prepare()
    with (
        _log(places).open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _announced(process: subprocess.Popen[str], places: Places) -> tuple[str, str]:
    """The endpoint's URL and the id of its connection."""
    assert process.stdout is not None
    url, connection_id = (process.stdout.readline().strip() for _ in range(2))
    if not connection_id:
        raise LabError(f"the endpoint of the lab '{places.name}' did not start: {_log(places).read_text()}")
    return url, connection_id


def _log(places: Places) -> Path:
    return places.state / "endpoint.log"


def _clear(places: Places) -> None:
    remove_remains(places)
    remove_state(places)


async def serve(name: str) -> None:
    """Be that process, until SIGTERM."""
    lab = Lab(Places.of(name), Settings(logical_redundancy=LogicalRedundancy.YES))
    async with lab.running() as running:
        connection = running.cloud.plug_cable("office", location="EqDC2")
        await running.controller.plug(connection.id, router_of(lab.places))
        sys.stdout.write(f"{running.url}\n{connection.id}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    log_to_stderr()
    run_until_signalled(serve(sys.argv[1]))
