"""The loop itself; its essay is the package's."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from lab.bgp.launcher import Launcher
from lab.bgp.session import Session
from lab.bgp.spec import Network
from lab.controller.observer import Observer
from lab.controller.plan import Wired, is_wired, leaving_peers, speaker_spec, wired_peers, wiring_of
from lab.controller.wiring import Wiring
from lab.directconnect.cloud import Changes, Cloud
from lab.directconnect.model import BgpPeer, ConnectionState, VirtualInterface, VirtualInterfaceState
from lab.errors import NetworkError
from lab.network.links import End
from lab.network.watch import LinkEvent, LinkWatch

log = logging.getLogger("dxlab.controller")

#: Seconds before a refused step is tried again: first, and at most.
RETRY_FIRST, RETRY_MOST = 0.5, 30.0
#: Threads that work in the kernel; more would wait for the kernel's one link lock (RTNL).
KERNEL_THREADS = 4

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Speaking:
    """What a running speaker was last told; None: not known, since an earlier endpoint told it."""

    fingerprint: str
    announce: tuple[Network, ...] | None = None
    link: bool | None = None


class Controller:
    """One lab's loop between cloud world and machine; it runs inside `running`."""

    def __init__(self, cloud: Cloud, launcher: Launcher, wiring: Wiring) -> None:
        self._cloud = cloud
        self._launcher = launcher
        self._wiring = wiring
        self._observer = Observer(cloud)
        self._kernel = ThreadPoolExecutor(KERNEL_THREADS, thread_name_prefix="kernel")
        self._speaking: dict[str, Speaking] = {}
        self._wired: dict[str, Wired] = {}
        self._carrier: dict[str, bool] = {}
        self._settling: set[str] = set()
        self._touched: set[str] = set()
        self._clock_moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        #: Notified after each event of a speaker, for whoever waits for a session.
        self.heard = asyncio.Condition()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Adopt or make everything the cloud world holds, then follow both worlds until the block ends.

        :raises SpeakerError: (in an ExceptionGroup) when the launcher dies under the lab.
        """
        await self._in_kernel(self._wiring.ensure_device)
        await self._adopt()
        async with asyncio.TaskGroup() as self._group:
            for follow in (self._follow_speakers, self._follow_links, self._follow_clock):
                self._start(follow())
            self._cloud.subscribe(self._changed)
            self._touch(vif.id for vif in self._cloud.virtual_interfaces())
            for connection in self._cloud.connections():
                self._start(self._settle_connection(connection.id))
            try:
                yield
            finally:
                for task in tuple(self._tasks):
                    task.cancel()
        self._kernel.shutdown()

    @property
    def sessions(self) -> Mapping[str, Session]:
        """Every session, as last heard of, by the id of its BGP peer."""
        return self._observer.sessions

    async def plug(self, connection_id: str, router: End) -> None:
        """Plug a cable from a connection's port into an interface of a customer router."""
        await self._in_kernel(self._wiring.plug, connection_id, router)
        vif_ids = [vif.id for vif in self._cloud.virtual_interfaces() if vif.connection_id == connection_id]
        for vif_id in vif_ids:
            self._wired.pop(vif_id, None)
        self._touch(vif_ids)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        """Do something beside everything else, for as long as `running` lasts."""
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What comes in

    async def _adopt(self) -> None:
        """Learn what an earlier endpoint left standing, and end what nobody wants any more."""
        running = await self._launcher.speakers()
        self._speaking = {peer_id: Speaking(speaker.fingerprint) for peer_id, speaker in running.items()}
        wired = [vif for vif in self._cloud.virtual_interfaces() if is_wired(vif)]
        wanted = {peer.id for vif in wired for peer in wired_peers(vif)}
        for peer_id in wanted:
            self._observer.expect(peer_id)
        for peer_id in self._speaking.keys() - wanted:
            await self._stop_speaker(peer_id)
        await self._in_kernel(
            self._wiring.remove_strays, {vif.id for vif in self._cloud.virtual_interfaces()}
        )

    def _changed(self, changes: Changes) -> None:
        self._clock_moved.set()
        self._touch(changes.virtual_interfaces)
        for connection_id in changes.connections:
            self._start(self._settle_connection(connection_id))

    async def _follow_speakers(self) -> None:
        async for event in self._launcher.events():
            async with self.heard:
                self._observer.heard(event)
                self.heard.notify_all()

    async def _follow_links(self) -> None:
        async with LinkWatch(self._wiring.device) as links:
            async for event in links:
                if event.interface.startswith("dxcon-"):
                    await self._carrier_changed(event)

    async def _carrier_changed(self, event: LinkEvent) -> None:
        if self._carrier.get(event.interface) == event.carrier:
            return
        self._carrier[event.interface] = event.carrier
        await self._in_kernel(self._wiring.set_carrier, event.interface, event.carrier)
        for vif in self._cloud.virtual_interfaces():
            if vif.connection_id == event.interface:
                for peer in wired_peers(vif):
                    await self._tell_link(peer.id, event.carrier)
        self._cloud.set_carrier(event.interface, event.carrier)

    async def _follow_clock(self) -> None:
        """Carry out the cloud world's delayed transitions when they are due."""
        while True:
            self._clock_moved.clear()
            now = time.time()
            due = self._cloud.due(now)
            with suppress(TimeoutError):
                async with asyncio.timeout(None if due is None else max(0.0, due - now)):
                    await self._clock_moved.wait()

    # Connections

    async def _settle_connection(self, connection_id: str) -> None:
        """Every connection whose order has been carried out has a port, with or without a cable."""
        connection = self._cloud.connection(connection_id)
        if connection is None or connection.state in (ConnectionState.DELETING, ConnectionState.DELETED):
            await self._in_kernel(self._wiring.remove_port, connection_id)
            self._carrier.pop(connection_id, None)
            if connection is not None and connection.state is ConnectionState.DELETING:
                self._cloud.connection_removed(connection_id)
        elif connection.state in (ConnectionState.AVAILABLE, ConnectionState.DOWN):
            await self._in_kernel(self._wiring.ensure_port, connection_id)

    # Virtual interfaces

    def _touch(self, vif_ids: Iterable[str]) -> None:
        """Have these VIFs settled, once more after the current time where that is under way."""
        for vif_id in vif_ids:
            self._touched.add(vif_id)
            if vif_id not in self._settling:
                self._settling.add(vif_id)
                self._start(self._settle_until_quiet(vif_id))

    async def _settle_until_quiet(self, vif_id: str) -> None:
        delay = RETRY_FIRST
        while vif_id in self._touched:
            self._touched.discard(vif_id)
            try:
                await self._settle(vif_id)
            except NetworkError as error:
                log.error("%s cannot be wired: %s; next try in %.1f s", vif_id, error, delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_MOST)
                self._touched.add(vif_id)
        self._settling.discard(vif_id)

    async def _settle(self, vif_id: str) -> None:
        vif = self._cloud.virtual_interface(vif_id)
        if vif is None or vif.state is VirtualInterfaceState.DELETED:
            return
        if vif.state is VirtualInterfaceState.DELETING:
            await self._remove(vif)
        elif is_wired(vif):
            await self._provide(vif)

    async def _provide(self, vif: VirtualInterface) -> None:
        for peer in leaving_peers(vif):
            await self._stop_speaker(peer.id)
        await self._wire(vif)
        for peer in leaving_peers(vif):
            self._observer.forget(peer.id)
            self._cloud.peer_removed(vif.id, peer.id)
        for peer in wired_peers(vif):
            await self._speak(vif, peer)

    async def _wire(self, vif: VirtualInterface) -> None:
        wanted = wiring_of(vif)
        if self._wired.get(vif.id) != wanted:
            await self._in_kernel(self._wiring.ensure_vif, vif)
            self._wired[vif.id] = wanted
        self._cloud.vif_configured(vif.id)

    async def _speak(self, vif: VirtualInterface, peer: BgpPeer) -> None:
        """Have the wanted speaker run for this peer; to one that runs already, only what is new to it is told."""
        self._observer.expect(peer.id)
        spec = speaker_spec(self._cloud, vif, peer, self._wiring.interface(vif.id).namespace)
        speaking = self._speaking.get(peer.id)
        if speaking is None or speaking.fingerprint != spec.fingerprint:
            await self._stop_speaker(peer.id)
            self._observer.wired(vif, peer, time.time())
            await self._launcher.start(spec)
            speaking = self._speaking[peer.id] = Speaking(spec.fingerprint, spec.announce)
        elif speaking.announce != spec.announce:
            await self._launcher.announce(peer.id, spec.announce)
            speaking.announce = spec.announce
        await self._tell_link(peer.id, self._carrier.get(vif.connection_id, False))
        self._cloud.peer_configured(vif.id, peer.id)

    async def _remove(self, vif: VirtualInterface) -> None:
        for peer in vif.peers:
            await self._stop_speaker(peer.id)
            self._observer.forget(peer.id)
        self._wired.pop(vif.id, None)
        await self._in_kernel(self._wiring.remove_vif, vif)
        self._cloud.vif_removed(vif.id)

    # Speakers and kernel

    async def _stop_speaker(self, peer_id: str) -> None:
        if self._speaking.pop(peer_id, None) is not None:
            await self._launcher.stop(peer_id)

    async def _tell_link(self, peer_id: str, up: bool) -> None:
        speaking = self._speaking.get(peer_id)
        if speaking is not None and speaking.link is not up:
            speaking.link = up
            await self._launcher.set_link(peer_id, up)

    async def _in_kernel(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        work = asyncio.get_running_loop().run_in_executor(self._kernel, lambda: function(*args, **kwargs))
        return await work
