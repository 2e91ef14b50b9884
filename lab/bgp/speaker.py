"""One speaker: the process on AWS's side of one BGP session.

It waits in a single poll() for four things: orders from the launcher, a call from the router (the listener), the
answer to its own call (the dialling socket), and the session itself. Both ends may dial, so connections collide (RFC
4271 section 6.8): one must remain, and nobody may see the session flap while that is settled.

- While our own call is unanswered, a call from the router wins: ours is dropped, since nothing was said on it.
- While a session is being opened (OPEN sent, not yet Established), a second call is left in the listener's queue,
  where the kernel has completed the handshake but nobody answers. If the router drops the first session, as its own
  collision detection may, the waiting call is taken at once; if the first is Established, the waiting call is refused
  with Cease 6/7. So this end never has two sessions whose OPENs could cross.
- A session that stays in OpenSent for a second while another call waits is one that the router has forgotten. The
  waiting call replaces it.

After the prefix limit was exceeded the speaker only listens (see `lab.bgp.session`). Without carrier it does not even
do that: the session is dropped without a word, since none would arrive.
"""

from __future__ import annotations

import errno
import json
import math
import os
import select
import socket
import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from lab.bgp.channel import Channel
from lab.bgp.dialling import DialPolicy
from lab.bgp.events import (
    Connected,
    DialFailed,
    Direction,
    Established,
    LinkChanged,
    NotificationReceived,
    NotificationSent,
    SessionClosed,
    SpeakerEvent,
    SpeakerStarted,
)
from lab.bgp.machine import Machine
from lab.bgp.notifications import CEASE, COLLISION
from lab.bgp.session import Session, State, snapshot, step
from lab.bgp.sockets import Wire, dial, linger, refuse, reset
from lab.bgp.spec import SpeakerSpec

# How long a session may stay in OpenSent while the router calls again, seconds.
_FORGOTTEN = 1.0

# How long the last NOTIFICATION may take to be acknowledged, seconds.
_FAREWELL = 0.5


class Speaker:
    """The loop of one speaker process.

    :param server: the listener, bound while the process was still root.
    :param orders: the line to the launcher: orders come in, events go out.
    """

    def __init__(
        self, spec: SpeakerSpec, server: socket.socket, orders: Channel, *, link_up: bool, on_probation: bool
    ) -> None:
        self._spec = spec
        self._server = server
        self._orders = orders
        self._link_up = link_up
        self._session = Session(limit_exceeded=on_probation)
        self._machine = Machine(spec, self._say, on_probation=on_probation)
        self._policy = DialPolicy(time.monotonic())
        self._call: socket.socket | None = None
        self._connected_at = 0.0
        self._complaint = ""
        self._left_behind: socket.socket | None = None
        self._running = True

    def run(self) -> None:
        """Until the launcher says stop, or is gone."""
        self._say(SpeakerStarted, os.getpid())
        if not self._link_up:
            self._say(LinkChanged, False)
        while self._running:
            self._dial_when_due()
            ready = self._wait()
            # The session first: if it has ended, whoever calls now may take its place.
            self._machine.turn()
            if self._orders.fileno() in ready:
                self._obey()
            if self._call is not None and self._call.fileno() in ready:
                self._answered(self._call)
            if self._server.fileno() in ready and self._answers_calls():
                self._called()

    # Waiting

    def _wait(self) -> set[int]:
        """The descriptors that are ready, or none when time has come for something."""
        poller = select.poll()
        poller.register(self._orders, select.POLLIN | (select.POLLOUT if self._orders.backlog else 0))
        if self._call is not None:
            poller.register(self._call, select.POLLOUT)
        if self._machine.active:
            poller.register(self._machine, select.POLLIN)
        if self._answers_calls():
            poller.register(self._server, select.POLLIN)
        return {descriptor for descriptor, _ in poller.poll(self._timeout())}

    def _timeout(self) -> float | None:
        """Milliseconds, or None for as long as it takes."""
        waits = [self._machine.patience()]
        if self._wants_to_dial():
            waits.append(self._policy.due - time.monotonic())
        if self._session.state is State.OPENSENT and not self._answers_calls():
            waits.append(self._connected_at + _FORGOTTEN - time.monotonic())
        due = [max(0.0, wait) for wait in waits if wait is not None]
        return math.ceil(min(due) * 1000) if due else None

    def _answers_calls(self) -> bool:
        if not self._link_up:
            return False
        if not self._machine.active or self._machine.established:
            return True
        return self._session.state is State.OPENSENT and time.monotonic() >= self._connected_at + _FORGOTTEN

    def _wants_to_dial(self) -> bool:
        return self._link_up and not self._machine.active and not self._machine.on_probation

    # Connections

    def _dial_when_due(self) -> None:
        if not self._wants_to_dial() or time.monotonic() < self._policy.due:
            return
        if self._call is not None:
            self._hang_up()
            self._complain(f"no answer from {self._spec.peer_address} yet")
        self._policy.dialled(time.monotonic())
        try:
            self._call = dial(self._spec)
        except OSError as error:
            self._complain(_why(error.errno or 0, self._spec))

    def _answered(self, call: socket.socket) -> None:
        failure = call.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failure:
            self._hang_up()
            self._complain(_why(failure, self._spec))
        else:
            self._call = None
            self._take(call, "dialled")

    def _called(self) -> None:
        try:
            connection, (caller, *_) = self._server.accept()
        except (BlockingIOError, ConnectionError):
            return
        if ip_address(caller) != self._spec.peer_address:
            connection.close()
        elif self._machine.established:
            refuse(connection)
        else:
            self._hang_up()
            self._machine.notify(CEASE, COLLISION)
            self._take(connection, "accepted")

    def _take(self, connection: socket.socket, direction: Direction) -> None:
        self._connected_at = time.monotonic()
        self._machine.take(Wire.adopt(connection), direction)

    def _hang_up(self) -> None:
        if self._call is not None:
            self._call.close()
            self._call = None

    # Orders

    def _obey(self) -> None:
        self._orders.flush()
        lines = self._orders.receive()
        if lines is None:
            self._running = False
            return
        for line in lines:
            match json.loads(line):
                case {"order": "report"}:
                    self._report()
                case {"order": "announce", "prefixes": prefixes}:
                    self._machine.announce([ip_network(prefix) for prefix in prefixes])
                case {"order": "link", "up": up}:
                    self._set_link(up)
                case {"order": "stop", "subcode": subcode}:
                    self._stop(subcode)

    def _report(self) -> None:
        report = snapshot(self._session, peer_id=self._spec.peer_id, pid=os.getpid(), at=time.time())
        self._orders.send(report.encode())

    def _stop(self, subcode: int) -> None:
        self._hang_up()
        self._running = False
        if self._machine.active:
            farewell = socket.socket(fileno=os.dup(self._machine.fileno()))
            self._machine.notify(CEASE, subcode)
            linger(farewell, _FAREWELL)

    def _set_link(self, up: bool) -> None:
        if up == self._link_up:
            return
        self._link_up = up
        if up:
            self._forget_what_was_left()
            self._policy.encouraged(time.monotonic())
        else:
            self._hang_up()
            self._leave()
        self._say(LinkChanged, up)

    def _leave(self) -> None:
        """Give the session up, but keep its socket: what the kernel would send on closing it could not arrive now."""
        if self._machine.active:
            self._left_behind = socket.socket(fileno=os.dup(self._machine.fileno()))
            self._machine.drop("carrier lost")

    def _forget_what_was_left(self) -> None:
        """The router may still believe in the old session, and would refuse a new one until its hold timer expires."""
        if self._left_behind is not None:
            reset(self._left_behind)
            self._left_behind = None

    # Events

    def _complain(self, reason: str) -> None:
        if reason != self._complaint:
            self._complaint = reason
            self._say(DialFailed, reason)

    def _say(self, kind: Callable[..., SpeakerEvent], *details: object) -> Session:
        event = kind(self._spec.peer_id, time.time(), *details)
        self._session, _ = step(self._session, event)
        self._orders.send(event.encode())
        self._steer(event)
        return self._session

    def _steer(self, event: SpeakerEvent) -> None:
        """What an event means for the next dial."""
        match event:
            case Connected(direction=direction):
                self._complaint = ""
                self._policy.connected(called=direction == "accepted")
            case Established():
                self._policy.established()
            case NotificationSent() | NotificationReceived():
                if (event.code, event.subcode) != (CEASE, COLLISION):
                    self._policy.refused()
            case SessionClosed():
                self._policy.closed(time.monotonic())


def _why(failure: int, spec: SpeakerSpec) -> str:
    """Why a dial failed, for a human."""
    if failure in (errno.EHOSTUNREACH, errno.ETIMEDOUT):
        return f"no answer from {spec.peer_address} yet"
    if failure == errno.ECONNREFUSED:
        return f"{spec.peer_address} refuses connections to port 179"
    if failure == errno.EADDRNOTAVAIL:
        return f"the address {spec.local_address} is not configured in {spec.namespace}"
    return f"cannot dial {spec.peer_address}: {os.strerror(failure)}"
