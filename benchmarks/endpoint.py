"""An endpoint for the benchmark, in a process of its own as `dxlab up` would have it.

    python -m benchmarks.endpoint LAB [NODE:INTERFACE ...]

It has a connection for each router's end of a cable that it is given, with logical redundancy, so that a virtual
interface may have two IPv4 peers. It does not start the routers: the benchmark does. It prints its URL, then the ids of
its connections. AWS's quotas, which would spread a thousand virtual interfaces over accounts, do not hold in it.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.client import Address, Connection
from lab.cli.app import run_until_signalled
from lab.directconnect.model import LogicalRedundancy
from lab.directconnect.settings import Quotas, Settings
from lab.errors import LabError
from lab.lab import Lab, RunningLab
from lab.logs import log_to_stderr
from lab.network.links import End
from lab.network.namespaces import ensure_namespace, processes_in_all
from lab.places import Places
from lab.remains import remove_remains, remove_state
from lab.routers.processes import end_processes

#: Before a command: no server is left over, even when the benchmark is killed; setpriv(1).
DIE_WITH_ME = ("setpriv", "--pdeathsig", "KILL")


@dataclass(frozen=True)
class Endpoint:
    """An endpoint that is up.

    :ivar routers: the customers' ends of its cables.
    :ivar connection_ids: of its cables, in the same order.
    """

    places: Places
    pid: int
    address: Address
    routers: tuple[End, ...]
    connection_ids: tuple[str, ...]

    def connect(self) -> Connection:
        return Connection(self.address)

    def speakers(self, vif_ids: Iterable[str]) -> list[int]:
        """The processes that speak BGP for these virtual interfaces."""
        return processes_in_all([self.places.namespace(vif_id) for vif_id in vif_ids])

    def peers(self) -> list[dict[str, Any]]:
        """Every BGP peer as the lab itself sees it (`/lab/status`)."""
        url = f"http://{self.address.host}:{self.address.port}/lab/status"
        with urllib.request.urlopen(url, timeout=60) as answer:
            status = json.load(answer)
        vifs = [vif for connection in status["connections"] for vif in connection["virtualInterfaces"]]
        return [peer for vif in vifs for peer in vif["bgpPeers"]]

    def end(self) -> None:
        """SIGTERM, and wait until it has taken everything down."""
        end_processes([self.pid], [signal.SIGTERM], patience=300)


def router_end(places: Places, text: str) -> End:
    """The customer's end of a cable that is written NODE:INTERFACE."""
    node, _, interface = text.partition(":")
    return End(places.namespace(node), interface)


@contextmanager
def running_endpoint(name: str, cables: Sequence[str] = ("edge:eth1",)) -> Iterator[Endpoint]:
    """A lab of this name with empty namespaces for its routers; nothing of either is left afterwards.

    :param cables: the routers' ends, each NODE:INTERFACE.
    """
    with ground(name, cables) as places, served(places, cables) as endpoint:
        yield endpoint


@contextmanager
def ground(name: str, cables: Sequence[str]) -> Iterator[Places]:
    """Where a lab of this name may come up: nothing of an earlier one, and empty namespaces for its routers."""
    places = Places.of(name)
    _clear(places)
    try:
        for namespace in {router_end(places, cable).namespace for cable in cables}:
            ensure_namespace(namespace)
        yield places
    finally:
        _clear(places)


@contextmanager
def served(places: Places, cables: Sequence[str]) -> Iterator[Endpoint]:
    """An endpoint over what stands of a lab; unless it is killed before, it takes all down at the end."""
    routers = tuple(router_end(places, cable) for cable in cables)
    with _process(places, cables) as process:
        url, connection_ids = _announced(process, places)
        yield Endpoint(places, process.pid, Address.of_url(url), routers, connection_ids)


@contextmanager
def _process(places: Places, cables: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    command = (*DIE_WITH_ME, sys.executable, "-m", "benchmarks.endpoint", places.name, *cables)
    places.prepare()
    with (
        _log(places).open("a") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _announced(process: subprocess.Popen[str], places: Places) -> tuple[str, tuple[str, ...]]:
    """The endpoint's URL and the ids of its connections."""
    assert process.stdout is not None
    url, connection_ids = (process.stdout.readline().strip() for _ in range(2))
    if not connection_ids:
        raise LabError(f"the endpoint of the lab '{places.name}' did not start: {_log(places).read_text()}")
    return url, tuple(connection_ids.split())


def _log(places: Places) -> Path:
    return places.state / "endpoint.log"


def _clear(places: Places) -> None:
    remove_remains(places)
    remove_state(places)


async def serve(name: str, cables: Sequence[str]) -> None:
    """Be that process, until SIGTERM."""
    quotas = Quotas(private_and_public_vifs=10_000, vifs=10_000)
    lab = Lab(Places.of(name), Settings(logical_redundancy=LogicalRedundancy.YES, quotas=quotas))
    async with lab.running() as running:
        connection_ids = [await _plug(running, cable) for cable in cables]
        sys.stdout.write(f"{running.url}\n{' '.join(connection_ids)}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


async def _plug(running: RunningLab, cable: str) -> str:
    """The id of a new connection whose cable leads to this end."""
    connection = running.cloud.plug_cable(cable.replace(":", "-"), location="EqDC2")
    await running.controller.plug(connection.id, router_end(running.places, cable))
    return connection.id


if __name__ == "__main__":
    log_to_stderr()
    run_until_signalled(serve(sys.argv[1], sys.argv[2:]))
