"""Calls a second: DescribeVirtualInterfaces of dxlab beside DescribeConnections of moto.

Both servers run as their documentation says, hold ten resources each, and are asked by the same client
over the same number of connections: it sends one request on each, then reads one answer from each, and so
on. moto knows no virtual interfaces, and its connections are the smaller records; dxlab's answer also
holds ten router configurations.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bird import CUSTOMER_ASN
from benchmarks.client import Address, Connection, compose
from benchmarks.endpoint import DIE_WITH_ME, Endpoint, running_endpoint
from benchmarks.figures import Spread
from benchmarks.progress import counted, tell, wait_for
from lab.network.links import set_link

RESOURCES = 10
CONNECTIONS = 4
ROUNDS = 6
ROUND_SECONDS = 1.5


@dataclass(frozen=True)
class Rates:
    """Calls a second in each round.

    :ivar answer_bytes: size of dxlab's answer and of moto's.
    """

    dxlab: Spread
    moto: Spread
    answer_bytes: tuple[int, int]

    @property
    def ratio(self) -> float:
        return self.dxlab.p50 / self.moto.p50


@dataclass(frozen=True)
class _Server:
    """A server, and the operation that it is asked for."""

    address: Address
    operation: str

    @property
    def request(self) -> bytes:
        return compose(self.address, self.operation, {})

    def answer_bytes(self) -> int:
        with closing(Connection(self.address)) as connection:
            connection.send(self.request)
            return len(connection.receive())


def measure(name: str) -> Rates:
    """Both rates, in turn; dxlab's in a lab of this name."""
    tell(f"rate: starting both servers, with {RESOURCES} resources each")
    with running_endpoint(name) as endpoint, _running_moto(endpoint.places.run / "moto.log") as moto:
        _fill(endpoint)
        _fill_moto(moto)
        dxlab = _Server(endpoint.address, "DescribeVirtualInterfaces")
        return _in_turn(dxlab, _Server(moto, "DescribeConnections"))


def _in_turn(dxlab: _Server, moto: _Server) -> Rates:
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in counted("rate: dxlab, and moto", ROUNDS):
        for server, measured in zip((dxlab, moto), rates, strict=True):
            measured.append(_rate(server, ROUND_SECONDS))
    ours, theirs = (Spread.of(measured) for measured in rates)
    return Rates(ours, theirs, (dxlab.answer_bytes(), moto.answer_bytes()))


def _rate(server: _Server, seconds: float) -> float:
    with ExitStack() as stack:
        connections = [stack.enter_context(closing(Connection(server.address))) for _ in range(CONNECTIONS)]
        _ask_all(connections, server.request)
        started = time.perf_counter()
        answered = 0
        while (elapsed := time.perf_counter() - started) < seconds:
            answered += _ask_all(connections, server.request)
    return answered / elapsed


def _ask_all(connections: Sequence[Connection], request: bytes) -> int:
    """One call on each connection, side by side; how many that were."""
    for connection in connections:
        connection.send(request)
    for connection in connections:
        connection.receive()
    return len(connections)


def _fill(endpoint: Endpoint) -> None:
    """Ten virtual interfaces. Their cable is pulled at the router's end, so that no speaker dials."""
    set_link(endpoint.routers[0], up=False)
    with closing(endpoint.connect()) as connection:
        for number in range(RESOURCES):
            vif = {
                "virtualInterfaceName": f"bench-{number}",
                "vlan": 100 + number,
                "asn": CUSTOMER_ASN,
                "virtualGatewayId": f"vgw-{0:017x}",
            }
            connection.call(
                "CreatePrivateVirtualInterface",
                connectionId=endpoint.connection_ids[0],
                newPrivateVirtualInterface=vif,
            )
        wait_for(lambda: _settled(connection), "the virtual interfaces to settle")


def _settled(connection: Connection) -> bool:
    vifs = connection.call("DescribeVirtualInterfaces")["virtualInterfaces"]
    return all(peer["bgpPeerState"] == "available" for vif in vifs for peer in vif["bgpPeers"])


def _fill_moto(address: Address) -> None:
    with closing(Connection(address)) as connection:
        for number in range(RESOURCES):
            connection.call(
                "CreateConnection", location="EqDC2", bandwidth="1Gbps", connectionName=f"bench-{number}"
            )


@contextmanager
def _running_moto(log: Path) -> Iterator[Address]:
    """moto_server on a free port of the loopback."""
    moto_server = Path(sys.executable).with_name("moto_server")
    command = (*DIE_WITH_ME, str(moto_server), "-H", "127.0.0.1", "-p", "0")
    with log.open("w") as errors, subprocess.Popen(command, stdout=errors, stderr=errors) as process:
        try:
            wait_for(lambda: _announced(log) is not None, "moto_server to listen")
            url = _announced(log)
            assert url is not None
            yield Address.of_url(url)
        finally:
            process.terminate()


def _announced(log: Path) -> str | None:
    """The URL that moto says it listens on, once it has said so."""
    for line in log.read_text().splitlines():
        _, found, url = line.partition("Running on ")
        if found:
            return url
    return None
