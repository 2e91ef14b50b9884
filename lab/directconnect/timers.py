"""What happens by itself: which states end without anybody's doing, and when.

A large lab is asked after each change what happens next, while hardly any of its resources is in such a state. So the
timers are kept for each resource, and looked at anew only for those that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from lab.directconnect.lifecycle import CONNECTION_TIMERS, PEER_TIMERS, VIF_TIMERS
from lab.directconnect.model import Connection, ConnectionState, VirtualInterface, VirtualInterfaceState
from lab.directconnect.settings import Settings
from lab.directconnect.transitions import advance_connection, advance_peer, advance_vif
from lab.directconnect.world import Changes, World


@dataclass(frozen=True)
class Timer:
    """Something that happens by itself: `fire`, with the time of day, at `at` (epoch seconds)."""

    at: float
    fire: Callable[[float], None]


class Timers:
    """The timers of every resource of a world that has any."""

    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._settings = settings
        self._running: dict[str, tuple[Timer, ...]] = {}
        connections = frozenset(row.id for row in world.connections)
        self.look_at(Changes(connections, frozenset(row.id for row in world.virtual_interfaces)))

    def __iter__(self) -> Iterator[Timer]:
        return (timer for timers in self._running.values() for timer in timers)

    def look_at(self, changes: Changes) -> list[Timer]:
        """Take note of resources that changed.

        :return: the timers that these have now.
        """
        for id_ in changes.connections | changes.virtual_interfaces:
            self._running.pop(id_, None)
        found = self._found(changes)
        self._running |= found
        return [timer for timers in found.values() for timer in timers]

    def _found(self, changes: Changes) -> dict[str, tuple[Timer, ...]]:
        connections = self._world.connections.some(changes.connections)
        vifs = self._world.virtual_interfaces.some(changes.virtual_interfaces)
        found = {connection.id: tuple(self._of_connection(connection)) for connection in connections}
        found |= {vif.id: tuple(self._of_virtual_interface(vif)) for vif in vifs}
        return {id_: timers for id_, timers in found.items() if timers}

    def _of_connection(self, connection: Connection) -> Iterator[Timer]:
        world, settings = self._world, self._settings
        if timer := CONNECTION_TIMERS.get(connection.state):
            event, delay = timer
            at = connection.since + settings.delay(delay)
            yield Timer(at, lambda now: advance_connection(world, connection.id, event, now))
        elif connection.state is ConnectionState.DELETED:
            at = connection.since + settings.deleted_retention
            yield Timer(at, lambda _: world.connections.remove(connection.id))

    def _of_virtual_interface(self, vif: VirtualInterface) -> Iterator[Timer]:
        world, settings = self._world, self._settings
        if timer := VIF_TIMERS.get(vif.state):
            event, delay = timer
            yield Timer(vif.since + settings.delay(delay), lambda now: advance_vif(world, vif.id, event, now))
        elif vif.state is VirtualInterfaceState.DELETED:
            at = vif.since + settings.deleted_retention
            yield Timer(at, lambda _: world.virtual_interfaces.remove(vif.id))
        for peer in vif.peers:
            if peer_timer := PEER_TIMERS.get(peer.state):
                peer_event, delay = peer_timer
                step = partial(advance_peer, world, vif.id, peer.id, peer_event)
                yield Timer(peer.since + settings.delay(delay), step)
