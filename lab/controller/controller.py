"""The loop itself; its essay is the package's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from lab import faults
from lab.bgp.events import LinkChanged, NotificationSent, SpeakerEvent, SpeakerExited
from lab.bgp.launcher import Launcher
from lab.bgp.notifications import HOLD_TIMER_EXPIRED
from lab.bgp.reasons import Why
from lab.bgp.session import Session
from lab.bgp.spec import Network
from lab.controller import remarks
from lab.controller.backlog import RETRY_FIRST, RETRY_MOST, Backlog
from lab.controller.observer import Observer
from lab.controller.plan import Wired, is_wired, leaving_peers, speaker_spec, wired_peers, wiring_of
from lab.controller.repair import Repair, keep_awake
from lab.controller.wiring import Wiring
from lab.directconnect.cloud import Changes, Cloud
from lab.directconnect.model import (
    BgpPeer,
    Connection,
    ConnectionState,
    VirtualInterface,
    VirtualInterfaceState,
)
from lab.errors import LabError, SpeakerError
from lab.network.links import End
from lab.network.namespaces import namespace_exists
from lab.network.neighbours import ensure_room
from lab.network.watch import LinkEvent, LinkWatch

#: Threads that work in the kernel; more would wait for the kernel's one link lock (RTNL).
KERNEL_THREADS = 4
#: Seconds that the launcher has to end all sessions in good order.
FAREWELL = 10.0

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

    def __init__(self, cloud: Cloud, wiring: Wiring) -> None:
        self._cloud = cloud
        self._wiring = wiring
        self._launcher: Launcher
        self._group: asyncio.TaskGroup
        self._observer = Observer(cloud)
        self._repair = Repair(cloud, wiring, self._rewire)
        self._backlog = Backlog(cloud, self._start)
        self._kernel = ThreadPoolExecutor(KERNEL_THREADS, thread_name_prefix="kernel")
        self._speaking: dict[str, Speaking] = {}
        self._wired: dict[str, Wired] = {}
        self._carrier: dict[str, bool] = {}
        self._settling: set[str] = set()
        self._touched: set[str] = set()
        self._clock_moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = False
        self._listeners: list[Callable[[], None]] = []
        #: Notified after each event of a speaker, for whoever waits for a session.
        self.heard = asyncio.Condition()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Adopt or make everything the cloud world holds, then follow both worlds until the block ends; its
        sessions end with it.

        :raises SpeakerError: the launcher does not start.
        """
        await self._in_kernel(self._wiring.ensure_device)
        await self._adopt()
        try:
            async with self._following():
                yield
        finally:
            self._kernel.shutdown()
            self._wiring.release()
            await self._end_sessions()

    @asynccontextmanager
    async def _following(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as self._group:
            for follow in (
                self._follow_speakers,
                self._follow_links,
                self._follow_clock,
                self._repair.follow,
            ):
                self._start(follow())
            self._start(keep_awake(lambda: self._launcher))
            self._cloud.subscribe(self._changed)
            self._touch_everything()
            try:
                yield
            finally:
                self._ended = True
                for task in tuple(self._tasks):
                    task.cancel()

    @property
    def sessions(self) -> Mapping[str, Session]:
        """Every session, as last heard of, by the id of its BGP peer."""
        return self._observer.sessions

    def events(self, peer_id: str) -> tuple[SpeakerEvent, ...]:
        """What a peer's speaker last reported, oldest first: the last few events of each kind."""
        return self._observer.events(peer_id)

    def on_event(self, listener: Callable[[], None]) -> None:
        """Have a function called after each event of a speaker."""
        self._listeners.append(listener)

    @property
    def transitions(self) -> Mapping[tuple[str, Why], int]:
        """How often `bgpStatus` became what, and why."""
        return self._observer.transitions

    @property
    def device(self) -> str:
        """The namespace in which the ports stand."""
        return self._wiring.device

    async def plug(self, connection_id: str, router: End) -> None:
        """Plug a cable from a connection's port into an interface of a customer router."""
        await self._in_kernel(self._wiring.plug, connection_id, router)
        self._rewire(self._ids_on(connection_id))

    async def plug_host(self, connection_id: str, interface: str) -> None:
        """Make an interface of this machine a connection's port."""
        await self._in_kernel(self._wiring.plug_host, connection_id, interface)
        self._rewire(self._ids_on(connection_id))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        """Do something beside everything else, for as long as `running` lasts."""
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What comes in

    async def _adopt(self) -> None:
        """Learn what an earlier endpoint left standing, and end what nobody wants any more."""
        self._launcher = await Launcher.open(self._wiring.places.run)
        running = await self._launcher.speakers()
        self._speaking = {peer_id: Speaking(speaker.fingerprint) for peer_id, speaker in running.items()}
        wired = [vif for vif in self._cloud.virtual_interfaces() if is_wired(vif)]
        wanted = {peer.id for vif in wired for peer in wired_peers(vif)}
        for peer_id in wanted:
            self._observer.expect(peer_id)
        for peer_id in self._speaking.keys() - wanted:
            await self._stop_speaker(peer_id)
        vif_ids = {vif.id for vif in self._cloud.virtual_interfaces()}
        await self._in_kernel(self._wiring.remove_strays, vif_ids)

    def _changed(self, changes: Changes) -> None:
        if self._ended:
            return
        self._clock_moved.set()
        self._backlog.mind()
        self._touch(changes.connections | changes.virtual_interfaces)

    async def _follow_speakers(self) -> None:
        while True:
            try:
                async for event in self._launcher.events():
                    await self._hear(event)
            except SpeakerError as error:
                remarks.launcher_died(error)
                await self._replace_launcher()

    async def _hear(self, event: SpeakerEvent) -> None:
        async with self.heard:
            self._observer.heard(event)
            self._backlog.mind()
            self.heard.notify_all()
        for listener in self._listeners:
            listener()
        if isinstance(event, NotificationSent) and event.code == HOLD_TIMER_EXPIRED:
            # Whether or not the silence is the router's, AWS's side had better be whole.
            vif = self._cloud.virtual_interface_of(event.peer_id)
            self._rewire([vif.id] if vif else [])

    async def _replace_launcher(self) -> None:
        """The launcher took its speakers and their sessions with it: say so, and start all of them anew."""
        for peer_id in tuple(self._speaking):
            reason = "the launcher of the speakers died"
            await self._hear(SpeakerExited(peer_id, time.time(), status=1, reason=reason))
        while True:
            try:
                await self._adopt()
                break
            except SpeakerError as error:
                remarks.launcher_not_started(error, RETRY_FIRST)
                await asyncio.sleep(RETRY_FIRST)
        self._touch_everything()

    async def _follow_links(self) -> None:
        async with LinkWatch(self._wiring.device, "dxcon-") as links:
            async for event in links:
                await self._carrier_changed(event)

    async def _carrier_changed(self, event: LinkEvent) -> None:
        before = self._carrier.get(event.interface)
        if before == event.carrier:
            return
        self._carrier[event.interface] = event.carrier
        remarks.carrier_changed(event.interface, before, event.carrier)
        for vif in self._virtual_interfaces_on(event.interface):
            for peer in wired_peers(vif):
                await self._peer_carrier_changed(peer, event.carrier)
        self._cloud.set_carrier(event.interface, event.carrier)
        self._touch([event.interface])
        if event.carrier:
            # The cable may be another one than before, and so the port.
            self._rewire(self._ids_on(event.interface))

    async def _peer_carrier_changed(self, peer: BgpPeer, carrier: bool) -> None:
        """Without light there is no session, whether its speaker is able to say so or not."""
        if not carrier:
            await self._hear(LinkChanged(peer.id, time.time(), up=False))
        # Without a launcher nobody need be told: with the next one everything is settled anew.
        with suppress(SpeakerError):
            await self._tell_link(peer.id, carrier)

    def _ids_on(self, connection_id: str) -> list[str]:
        return [vif.id for vif in self._virtual_interfaces_on(connection_id)]

    def _virtual_interfaces_on(self, connection_id: str) -> list[VirtualInterface]:
        return [vif for vif in self._cloud.virtual_interfaces() if vif.connection_id == connection_id]

    async def _follow_clock(self) -> None:
        """Carry out the cloud world's delayed transitions when they are due."""
        while True:
            self._clock_moved.clear()
            now = time.time()
            due = self._cloud.due(now)
            with suppress(TimeoutError):
                async with asyncio.timeout(None if due is None else max(0.0, due - now)):
                    await self._clock_moved.wait()

    # Settling

    def _touch_everything(self) -> None:
        self._touch(resource.id for resource in self._cloud.connections())
        self._touch(resource.id for resource in self._cloud.virtual_interfaces())

    def _touch(self, ids: Iterable[str]) -> None:
        """Have these resources settled, once more after the current time where that is under way."""
        for id_ in ids:
            self._touched.add(id_)
            if id_ not in self._settling:
                self._settling.add(id_)
                self._start(self._settle_until_quiet(id_))

    async def _settle_until_quiet(self, id_: str) -> None:
        delay = RETRY_FIRST
        while id_ in self._touched:
            self._touched.discard(id_)
            try:
                await self._settle(id_)
            except LabError as error:
                remarks.not_wired(self._cloud, id_, error, delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_MOST)
                self._wired.pop(id_, None)
                self._touched.add(id_)
        self._settling.discard(id_)

    async def _settle(self, id_: str) -> None:
        connection = self._cloud.connection(id_)
        vif = self._cloud.virtual_interface(id_)
        if connection is not None:
            await self._settle_connection(connection)
        elif vif is not None and vif.state is VirtualInterfaceState.DELETING:
            await self._remove(vif)
        elif vif is not None and is_wired(vif):
            await self._provide(vif)

    # Connections

    async def _settle_connection(self, connection: Connection) -> None:
        """A connection whose order has been carried out has a port, with or without a cable."""
        if connection.state is ConnectionState.DELETING:
            await self._in_kernel(self._wiring.remove_port, connection.id)
            self._carrier.pop(connection.id, None)
            self._cloud.connection_removed(connection.id)
        elif connection.state in (ConnectionState.AVAILABLE, ConnectionState.DOWN):
            if await self._in_kernel(self._wiring.ensure_port, connection.id):
                self._rewire(self._ids_on(connection.id))
            await self._in_kernel(self._wiring.pass_carrier, connection.id)

    def _rewire(self, vif_ids: Iterable[str]) -> None:
        """Have virtual interfaces wired as if nothing of them stood."""
        for vif_id in vif_ids:
            self._wired.pop(vif_id, None)
            self._touch([vif_id])

    # Virtual interfaces

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
        standing, wanted = self._wired.get(vif.id), wiring_of(vif)
        if standing != wanted:
            stands = standing is not None and standing.interface == wanted.interface
            # Noted before it is done, so that a port that is made anew meanwhile strikes it out (`_rewire`).
            self._wired[vif.id] = wanted
            await self._find_namespace(vif)
            await self._in_kernel(self._wiring.ensure_addresses if stands else self._wiring.ensure_vif, vif)
        self._cloud.vif_configured(vif.id)

    async def _find_namespace(self, vif: VirtualInterface) -> None:
        """A namespace that has lost its name is still there while a speaker lives in it."""
        speaking = [peer.id for peer in vif.peers if peer.id in self._speaking]
        if speaking and not namespace_exists(self._wiring.interface(vif.id).namespace):
            running = (await self._launcher.speakers()).get(speaking[0])
            if running is not None:
                await self._in_kernel(self._wiring.adopt, vif.id, running.pid)

    async def _speak(self, vif: VirtualInterface, peer: BgpPeer) -> None:
        """Have the wanted speaker run for this peer; one that runs already is only told what is new."""
        self._observer.expect(peer.id)
        spec = speaker_spec(self._cloud, vif, peer, self._wiring.interface(vif.id).namespace)
        speaking = self._speaking.get(peer.id)
        if speaking is None or speaking.fingerprint != spec.fingerprint:
            await self._stop_speaker(peer.id)
            ensure_room(len(self._observer.sessions))
            self._observer.wired(vif, peer, time.time())
            await self._launcher.start(spec)
            speaking = self._speaking[peer.id] = Speaking(spec.fingerprint, spec.announce)
        elif speaking.announce != spec.announce:
            await self._launcher.announce(peer.id, spec.announce)
            speaking.announce = spec.announce
        # Not known yet right after a start; whoever learns of it tells the speaker.
        if (carrier := self._carrier.get(vif.connection_id)) is not None:
            await self._tell_link(peer.id, carrier)
        self._cloud.peer_configured(vif.id, peer.id)

    async def _remove(self, vif: VirtualInterface) -> None:
        for peer in vif.peers:
            await self._stop_speaker(peer.id)
            self._observer.forget(peer.id)
        self._wired.pop(vif.id, None)
        await self._in_kernel(self._wiring.remove_vif, vif)
        self._cloud.vif_removed(vif.id)

    # Speakers and kernel

    async def _end_sessions(self) -> None:
        """A launcher that does not listen is left to whoever removes the remains of the lab."""
        with suppress(TimeoutError, SpeakerError):
            async with asyncio.timeout(FAREWELL):
                await self._launcher.shutdown()

    async def _stop_speaker(self, peer_id: str) -> None:
        if self._speaking.pop(peer_id, None) is not None:
            await self._launcher.stop(peer_id)

    async def _tell_link(self, peer_id: str, up: bool) -> None:
        speaking = self._speaking.get(peer_id)
        if speaking is not None and speaking.link is not up:
            speaking.link = up
            await self._launcher.set_link(peer_id, up)

    async def _in_kernel(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        faults.point("the kernel is to be changed")
        work = asyncio.get_running_loop().run_in_executor(self._kernel, lambda: function(*args, **kwargs))
        done = await work
        faults.point("the kernel is changed")
        return done
