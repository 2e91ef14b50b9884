"""ExaBGP's protocol machine, one connection at a time, driven from outside.

ExaBGP's `Peer` is a generator: every call of `run` takes one step of the protocol and says whether it wants
the next one now or when the wire has something. It expects a reactor, of which it uses only `processes`, the
helper programs that are told what happens. `Machine` takes the reactor's place, `Reports` that of the helpers.

Two ways lead into the generator from outside, and both are exceptions that Peer handles itself. Throwing a
`Notify` sends that NOTIFICATION and closes, in whatever state the session is; throwing a `NetworkError`
closes in silence.

Peer never dials here (`bgp.passive`): it is handed connected sockets, so none of its waiting and backing off
takes place. Its hold timer counts whole seconds; the one of RFC 4271 section 4.4 is kept here, to the
millisecond.
"""

from __future__ import annotations

from collections.abc import Collection

from exabgp.bgp.message import Notify
from exabgp.reactor.network.error import NetworkError
from exabgp.reactor.network.incoming import Incoming
from exabgp.reactor.peer import ACTION, Peer

from lab.bgp.events import Connected, Direction, SessionClosed
from lab.bgp.neighbor import afi, change, neighbor
from lab.bgp.notifications import HOLD_TIMER_EXPIRED
from lab.bgp.reports import Reports, Say
from lab.bgp.sockets import Wire
from lab.bgp.spec import Network, SpeakerSpec

# So many steps at one go. A Peer that wants still more waits for the wire without saying so, as in OpenConfirm.
_STEPS = 64

# When it gets its next turn then, seconds, unless the wire is readable before.
_SOON = 0.02


class Machine:
    """The protocol of one speaker. While it is `active` it holds a connection, and needs its `turn`s.

    :param say: called with an event's class and its details, from within every other method.
    """

    def __init__(self, spec: SpeakerSpec, say: Say, *, on_probation: bool) -> None:
        self._spec = spec
        self._say = say
        self._reports = Reports(spec, say, on_probation=on_probation)
        self._peer = Peer(neighbor(spec), self)
        self._announced = set(spec.announce)
        self._wire: Wire | None = None
        self._busy = False

    @property
    def processes(self) -> Reports:
        """What ExaBGP's Peer asks its reactor for."""
        return self._reports

    @property
    def active(self) -> bool:
        return self._wire is not None

    @property
    def established(self) -> bool:
        return self._reports.established

    @property
    def on_probation(self) -> bool:
        return self._reports.on_probation

    def fileno(self) -> int:
        """The connection's descriptor; only while `active`."""
        assert self._wire is not None
        return self._wire.fileno()

    def take(self, wire: Wire, direction: Direction) -> None:
        """Start a session on a connected socket. Only while not `active`."""
        self._wire = wire
        self._reports.renew()
        self._say(Connected, direction)
        incoming = Incoming(
            afi(self._spec.family), str(self._spec.peer_address), str(self._spec.local_address), wire
        )
        self._peer.handle_connection(incoming)
        self.turn()

    def turn(self) -> None:
        """Go as far as the wire and the clock allow."""
        if not self.active:
            return
        self._busy = self._run()
        self._notice_the_end()
        if self.active:
            self._heed_the_clock()

    def patience(self) -> float | None:
        """Seconds after which `turn` is due even if the wire stays silent; None while there is no connection."""
        if not self.active:
            return None
        if self._busy:
            return _SOON
        waits = [self._reports.hold_time / 30, self._reports.hold_time_left(), self._reports.probation_left()]
        return max(0.0, min(wait for wait in waits if wait is not None))

    def notify(self, code: int, subcode: int, data: bytes = b"") -> None:
        """End the session with a NOTIFICATION."""
        self._interrupt(Notify(code, subcode, data))

    def drop(self, reason: str) -> None:
        """End the session without a word."""
        self._reports.ending = reason
        self._interrupt(NetworkError(reason))

    def announce(self, prefixes: Collection[Network]) -> None:
        """Announce these prefixes and withdraw all others, now or with the next session."""
        wanted = set(prefixes)
        rib = self._peer.neighbor.rib.outgoing
        for prefix in sorted(self._announced - wanted, key=str):
            rib.del_from_rib(change(self._spec, prefix))
        for prefix in sorted(wanted - self._announced, key=str):
            rib.add_to_rib(change(self._spec, prefix))
        self._announced = wanted
        self.turn()

    def _heed_the_clock(self) -> None:
        """After the wire was read, so that nobody is blamed for a silence that was ours."""
        if self._reports.hold_time_left() <= 0:
            self.notify(HOLD_TIMER_EXPIRED, 0)
        elif self._reports.probation_left() == 0:
            self._reports.pass_probation()

    def _interrupt(self, error: Exception) -> None:
        if not self.active:
            return
        try:
            self._peer.generator.throw(error)
            self._run()
        except StopIteration:
            self._peer.generator = None
        self._notice_the_end()

    def _run(self) -> bool:
        """Whether the Peer wants to go on without being woken."""
        idle = 0
        for _ in range(_STEPS):
            waiting = self._peer.run() != ACTION.NOW and self._peer.generator is not None
            if self._peer.proto is None:
                return False
            # Having sent its routes, Peer says LATER, and only then thinks of the End-of-RIB.
            idle = idle + 1 if waiting else 0
            if idle > 1:
                return False
        return True

    def _notice_the_end(self) -> None:
        if self._wire is None or self._peer.proto is not None:
            return
        reason = self._reports.ending or self._wire.lost or "the speaker failed to read a message"
        self._wire = None
        self._reports.established = False
        self._say(SessionClosed, reason)
