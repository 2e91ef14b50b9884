"""One lab: its cloud world, its physical world, its lifetime.

`Lab.running` is the whole life of an endpoint. It enters, one inside the other, and leaves in the opposite
order:

    claim          this process is the lab's only endpoint
    cloud world    the store in the state directory, opened or made
    endpoint       the AWS API is answered from here on
    controller     makes the machine match the cloud world from here on; the launcher of the speakers that a
                   killed endpoint left is adopted with its sessions
    topology       cables, then the customer's requests through the API, then the routers

Leaving means taking down: routers, speakers, namespaces and the run directory go. A state directory that the
user named stays, so that the same lab can be brought up again, and so does that of an endpoint without a
topology; one of the lab's own goes with its topology. A killed process leaves all of it standing.
`Lab.running` then adopts it, and `lab.remains` removes it.
"""

from __future__ import annotations

import asyncio
import os
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST

from lab.api.app import application
from lab.api.pages import Page, Text
from lab.api.server import serve
from lab.bringup import Bringup, check_host_ports
from lab.controller import Controller, Wiring
from lab.customer import Customer
from lab.diagnose import Examination
from lab.diagnosis import Case, Verdict
from lab.diagnosis.recorder import recording
from lab.directconnect.cloud import Cloud
from lab.directconnect.locations import LOCATIONS, located
from lab.directconnect.model import BgpPeer, BgpStatus, VirtualInterface
from lab.directconnect.settings import Settings
from lab.directconnect.store import Store
from lab.errors import PrivilegeError, TopologyError, UsageError
from lab.memory import collecting_garbage_rarely, give_back
from lab.metrics import Metrics
from lab.network.host import HostPorts
from lab.network.vlan import vlan_driver
from lab.news import News
from lab.places import Places, Record, record_of
from lab.remains import remove_remains, remove_state
from lab.routers import Router
from lab.status import history, routes, status
from lab.testimony import Testimony
from lab.topology import Device, Link, Topology
from lab.topology.keys import with_keys
from lab.verdicts import Causes

Tell = Callable[[str], None]


def silent(_: str) -> None:
    """Tell nobody."""


@dataclass
class Lab:
    """A lab that can be brought up.

    :param topology: the physical world; without one the endpoint stands alone.
    :param tell: is told, in a few words each, what is being done.
    """

    places: Places
    settings: Settings = field(default_factory=Settings)
    topology: Topology | None = None
    host: str = "127.0.0.1"
    port: int = 0
    tell: Tell = silent

    @asynccontextmanager
    async def running(self) -> AsyncIterator[RunningLab]:
        """The lab, up; taken down when the block ends.

        :raises LabError: (possibly in an ExceptionGroup) something of it cannot be made; nothing is left
        behind.
        """
        if os.geteuid() != 0:
            raise PrivilegeError("a lab works on network namespaces and needs root: run this as root")
        self.places.prepare()
        give_back()
        async with AsyncExitStack() as stack:
            stack.enter_context(collecting_garbage_rarely())
            stack.enter_context(self.places.claim())
            adopting = record_of(self.places.name) is not None
            if not adopting:
                stack.push_async_callback(asyncio.to_thread, self._remove)
            yield await self._enter(stack, adopting)

    async def _enter(self, stack: AsyncExitStack, adopting: bool) -> RunningLab:
        """Everything that can fail for the user's own reasons comes before what a failure takes down, for that may
        be what a killed endpoint left running.
        """
        region = self._region()
        topology = self.topology and with_keys(self.topology, os.environ)
        if topology is not None:
            await asyncio.to_thread(check_host_ports, topology, self.places)
        cloud = Cloud(stack.enter_context(Store.open(self.places.state)), self.settings)
        controller = Controller(cloud, Wiring(self.places, await asyncio.to_thread(vlan_driver)))
        running = RunningLab(self.places, cloud, controller, region, topology)
        app = application(cloud, extra_routes=running.pages(), meter=running.metrics.request)
        running.url = (await stack.enter_async_context(serve(app, self.host, self.port))).url
        stack.callback(running.news.close)
        if adopting:
            stack.push_async_callback(asyncio.to_thread, self._remove)
        self._publish(running.url)
        if topology is None:
            await stack.enter_async_context(controller.running())
            running.testimony.heard = stack.enter_context(recording(controller.device)).heard
            running.testimony.starting = False
            return running
        # A client takes as long to make as the launcher takes to start, so both are begun at once.
        customer = asyncio.ensure_future(
            asyncio.to_thread(Customer, running.url, running.region, topology.path)
        )
        stack.push_async_callback(asyncio.wait, [customer])
        await stack.enter_async_context(controller.running())
        running.testimony.heard = stack.enter_context(recording(controller.device)).heard
        bringup = self._bringup(topology, running, await customer)
        await stack.enter_async_context(bringup.standing())
        running.testimony.starting = False
        return running

    def _region(self) -> str:
        """The region of the topology's locations; AWS's first one where there is no topology."""
        if self.topology is None:
            return "us-east-1"
        first, *others = self.topology.devices
        region = _region_of(first, self.topology.path)
        for device in others:
            if (its := _region_of(device, self.topology.path)) != region:
                sentence = (
                    f"{device.location} is in {its}, but {first.location} in {region}: a topology's"
                    " requests are made in one region; make it two topologies"
                )
                raise TopologyError(sentence, self.topology.path, device.line)
        return region

    def _bringup(self, topology: Topology, running: RunningLab, customer: Customer) -> Bringup:
        running.bringup = Bringup(
            topology, self.places, running.cloud, running.controller, customer, self.tell
        )
        return running.bringup

    def _publish(self, url: str) -> None:
        topology = str(self.topology.path) if self.topology else None
        self.places.publish(Record(self.places.name, os.getpid(), url, str(self.places.state), topology))

    def _remove(self) -> None:
        if self.topology is None:
            remove_remains(self.places)
        else:
            remove_remains(self.places, {node.runtime for node in self.topology.routers})
            remove_state(self.places)


def _region_of(device: Device, path: Path) -> str:
    location = located(device.location, device.region)
    if location is None:
        sentence = (
            f"there is no Direct Connect location '{device.location}'; known are {', '.join(LOCATIONS)};"
            " of another, say its 'region'"
        )
        raise TopologyError(sentence, path, device.line)
    return location.region


@dataclass
class RunningLab:
    """A lab that is up."""

    places: Places
    cloud: Cloud
    controller: Controller
    region: str
    topology: Topology | None = None
    url: str = ""
    bringup: Bringup | None = None

    def __post_init__(self) -> None:
        self.testimony = Testimony(
            self.cloud, self.controller.sessions, self.controller.events, self.topology, starting=True
        )
        self.metrics = Metrics(
            self.places, self.cloud, self.controller.sessions, lambda: self.controller.transitions
        )
        self.causes = Causes(self.cloud, self._examination)
        self.news = News(self._status)
        self.cloud.subscribe(lambda _: self.news.tell())
        self.controller.on_event(self.news.tell)

    async def diagnose(self, peer_id: str) -> Verdict:
        """Why a peer is not up, or up and useless; within five seconds.

        :raises UsageError: there is no such peer.
        """
        return await asyncio.to_thread(self._examination(peer_id).verdict)

    def _examination(self, peer_id: str) -> Examination:
        """Of one peer, for a thread that is not the event loop's."""

        def testify() -> Case:
            return asyncio.run_coroutine_threadsafe(self._testify(peer_id), loop).result()

        loop = asyncio.get_running_loop()
        return Examination(self.places, testify, self.routers)

    async def _testify(self, peer_id: str) -> Case:
        case = self.testimony.of(peer_id)
        if case is None:
            raise UsageError(f"there is no BGP peer '{peer_id}'")
        return case

    @property
    def routers(self) -> Mapping[str, Router]:
        """The topology's customer routers by name."""
        return self.bringup.routers if self.bringup else {}

    def link_of(self, vif: VirtualInterface) -> Link | None:
        """The topology's cable that a virtual interface runs over; None where it has none for it."""
        connection = self.cloud.connection(vif.connection_id)
        names = (connection.id, connection.name) if connection else ()
        links = self.topology.links if self.topology else ()
        return next((link for link in links if link.connection in names), None)

    async def wait_until_up(self, seconds: float) -> bool:
        """Wait until every peer is `up`; False if that takes longer."""
        return await self._wait(self._all_up, seconds)

    async def wait_for_routes(self, seconds: float) -> bool:
        """Wait until AWS accepted a route of every peer; False if that takes longer."""
        return await self._wait(self._routes_everywhere, seconds)

    async def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.controller.heard:
                await self.controller.heard.wait_for(condition)
        return condition()

    def _all_up(self) -> bool:
        return all(peer.status is BgpStatus.UP for peer in self._peers())

    def _routes_everywhere(self) -> bool:
        return all(self.controller.sessions[peer.id].routes for peer in self._peers())

    def _peers(self) -> Iterator[BgpPeer]:
        return (peer for vif in self.cloud.virtual_interfaces() for peer in vif.standing_peers)

    def _evidence(self, peer_id: str) -> dict[str, Any]:
        case = self.testimony.of(peer_id)
        return case.to_json() if case else {}

    def _frames(self, connection_id: str) -> dict[str, Any]:
        heard = self.testimony.heard
        frames = heard().frames(connection_id) if heard else []
        return {"frames": [(each.at, each.inbound, b64encode(each.octets).decode()) for each in frames]}

    def _status(self) -> dict[str, Any]:
        return status(self.places.name, self.cloud, self.controller.sessions, HostPorts(self.places).lent())

    async def _metrics(self) -> Text:
        return Text(await self.metrics.text(), CONTENT_TYPE_LATEST)

    def pages(self) -> Mapping[str, Page]:
        """What the endpoint answers beside the AWS API: the lab's own view, for `dxlab status` and others."""
        return {
            "/metrics": self._metrics,
            "/lab/status": self._status,
            "/lab/changes/": self.news.after,
            "/lab/causes": self.causes.page,
            "/lab/history": lambda: history(self.cloud),
            "/lab/evidence/": self._evidence,
            "/lab/frames/": self._frames,
            "/lab/routes": lambda: routes(self.cloud, self.controller.sessions),
        }
