"""Bringing a topology up: cables first, then the customer's requests, then the routers.

The order follows from who needs what. A request may name a connection, so its cable must be plugged in
before; a router's configuration may hold addresses that AWS assigns, so it starts after the requests were
answered. A cable whose connection the requests themselves order (CreateConnection) is plugged in right after
that request.

How many requests were answered is kept in the state directory, so that a lab brought up again over its old
state goes on where it stopped and orders nothing twice. Each request bears its number as the id by which the
endpoint knows a second attempt: one that was answered, but not counted because the process was killed in between,
is answered again and not carried out again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from lab import faults
from lab.controller import Controller
from lab.customer import Customer, Record
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import AssignedAddresses, Connection, LogicalRedundancy
from lab.errors import LabError, TopologyError, UsageError
from lab.from_aws import Setup, from_aws
from lab.network.host import HostPorts
from lab.network.links import End
from lab.places import Places
from lab.routers import Router, commands_of, create, interfaces_of
from lab.topology import Link, Request, RouterNode, Topology
from lab.topology.references import resolve


class Bringup:
    """A topology's way onto the machine; see `standing`.

    :param tell: is told, in a few words each, what is being done.
    """

    def __init__(
        self,
        topology: Topology,
        places: Places,
        cloud: Cloud,
        controller: Controller,
        customer: Customer,
        tell: Callable[[str], None],
    ) -> None:
        self._topology = topology
        self._places = places
        self._cloud = cloud
        self._controller = controller
        self._customer = customer
        self._tell = tell
        self._moved = asyncio.Event()
        cloud.subscribe(lambda _: self._moved.set())
        self.routers = routers_of(topology, places)
        #: What the routers that were started here were given, by name; with keys.
        self.configurations: dict[str, str] = {}

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """The topology, up; its routers are stopped when the block ends.

        :raises TopologyError: a request is refused, or a configuration names what does not exist.
        :raises RouterError: a router does not start, or refuses its configuration.
        """
        self._declare()
        try:
            await self._prepare_routers()
            await self._plug_existing()
            await self._play_requests()
            await self._start_routers()
            yield
        finally:
            for router in self.routers.values():
                await asyncio.to_thread(router.stop)

    def _declare(self) -> None:
        """Say what the API cannot: what is behind the gateways, and which addresses AWS assigned."""
        for name, gateway in self._topology.gateways.items():
            self._cloud.declare_gateway(name, asn=gateway.asn, cidrs=gateway.cidrs)
        for name, assignments in self._topology.assignments.items():
            addresses = [
                AssignedAddresses(amazon=each.amazon, customer=each.customer) for each in assignments
            ]
            try:
                self._cloud.declare_assignments(name, addresses)
            except UsageError as error:
                raise TopologyError(str(error), self._topology.path, assignments[0].line) from error

    async def _prepare_routers(self) -> None:
        for name, router in self.routers.items():
            self._tell(f"router {name}: preparing its place")
            await asyncio.to_thread(router.prepare)

    async def _plug_existing(self) -> None:
        """Plug in every cable but those whose connection is yet to be ordered."""
        ordered = {_ordered_connection(request) for request in self._topology.requests[self._answered() :]}
        for link in self._topology.links:
            if link.connection not in ordered:
                await self._plug(link)

    async def _plug(self, link: Link) -> None:
        self._tell(f"cable {link.port} -- {link.router}")
        connection = self._connection_of(link)
        if link.host_interface is not None:
            await self._plug_host(connection, link)
        else:
            router = End(self._places.namespace(link.router.node), link.router.interface)
            await self._controller.plug(connection.id, router)

    async def _plug_host(self, connection: Connection, link: Link) -> None:
        try:
            await self._controller.plug_host(connection.id, link.router.interface)
        except UsageError as error:
            raise TopologyError(str(error), self._topology.path, link.line) from error

    def _connection_of(self, link: Link) -> Connection:
        redundancy, device = link.logical_redundancy, self._topology.device_of(link)
        try:
            return self._cloud.plug_cable(
                link.connection,
                location=device.location,
                region=device.region,
                bandwidth=link.bandwidth or "1Gbps",
                tags=link.tags,
                logical_redundancy=LogicalRedundancy(redundancy) if redundancy else None,
            )
        except UsageError as error:
            raise TopologyError(str(error), self._topology.path, link.line) from error

    async def _play_requests(self) -> None:
        for number, request in enumerate(self._topology.requests[self._answered() :], self._answered() + 1):
            self._tell(f"request {request.operation}")
            answer = await asyncio.to_thread(self._customer.ask, request, f"topology-request-{number}")
            faults.point("a request is answered and not counted")
            self._count(number)
            if request.operation == "CreateConnection":
                await self._until_port_is_ready(answer["connectionId"])
            for link in self._topology.links:
                if link.connection == _ordered_connection(request):
                    await self._plug(link)

    async def _until_port_is_ready(self, connection_id: str) -> None:
        """An order takes its time (`Settings.order_delay`); nothing can be asked of the connection before."""
        while (connection := self._cloud.connection(connection_id)) and connection.device is None:
            self._moved.clear()
            await self._moved.wait()

    async def _start_routers(self) -> None:
        """Start every router; one that an endpoint which was killed left running keeps its sessions."""
        virtual_interfaces = await asyncio.to_thread(self._customer.virtual_interfaces)
        secrets = [peer["authKey"] for vif in virtual_interfaces for peer in vif["bgpPeers"]]
        for node in self._topology.routers:
            router = self.routers[node.name]
            if await asyncio.to_thread(router.is_running):
                self._tell(f"router {node.name}: runs already")
                continue
            self._tell(f"router {node.name}: starting {node.kind}")
            setup = await asyncio.to_thread(self._setup, node, virtual_interfaces)
            self.configurations[node.name] = setup.text
            await asyncio.to_thread(
                router.start,
                setup.text,
                interfaces=setup.interfaces,
                commands=setup.commands,
                secrets=secrets,
            )

    def _setup(self, node: RouterNode, virtual_interfaces: Sequence[Record]) -> Setup:
        """What the topology says, all references resolved, and behind it, where it is to be asked, what AWS does."""
        path, file = self._topology.path, node.startup_config
        interfaces = interfaces_of(node, virtual_interfaces, path)
        commands = commands_of(node, virtual_interfaces, path)
        if file is not None:
            return Setup(resolve(file.read_text(), virtual_interfaces, file), interfaces, commands)
        aws = from_aws(node, self._topology, self._customer)
        _keep(self.routers[node.name].source, aws.text)
        return Setup(aws.text, [*aws.interfaces, *interfaces], [*aws.commands, *commands])

    @property
    def _tally(self) -> Path:
        return self._places.state / "requests-answered"

    def _answered(self) -> int:
        try:
            return int(self._tally.read_text())
        except FileNotFoundError:
            return 0

    def _count(self, number: int) -> None:
        """Note that so many requests were answered, at one stroke."""
        draft = self._tally.with_suffix(".new")
        try:
            draft.write_text(f"{number}\n")
            draft.replace(self._tally)
        except OSError as error:
            raise LabError(f"the state cannot be written to {self._tally}: {error.strerror}") from None


def routers_of(topology: Topology, places: Places) -> dict[str, Router]:
    """The topology's customer routers by name, whether they run or not."""
    return {
        node.name: create(
            node, lab=places.name, directory=places.run / node.name, namespace=places.namespace(node.name)
        )
        for node in topology.routers
    }


def _keep(path: Path, text: str) -> None:
    """Keep what a router was told, for whoever wants to see it; it holds keys."""
    path.touch(mode=0o600)
    path.write_text(text)


def check_host_ports(topology: Topology, places: Places) -> None:
    """Raise TopologyError where a cable ends at an interface that this machine has not, or cannot spare."""
    for link in topology.links:
        if link.host_interface is not None:
            try:
                HostPorts(places).check(link.host_interface)
            except UsageError as error:
                raise TopologyError(str(error), topology.path, link.line) from error


def _ordered_connection(request: Request) -> str | None:
    """The name of the connection that a request orders, if it is one that does."""
    if request.operation != "CreateConnection":
        return None
    return str(request.parameters.get("connectionName"))
