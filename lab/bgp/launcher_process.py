"""The launcher: one process per lab that starts the speakers and keeps them running.

Importing ExaBGP takes a quarter of a second and 20 MB. The launcher does that once, freezes the garbage
collector's generations, and forks; the speakers share those pages and listen a few milliseconds later. It
outlives the endpoint, which is why `kill -9` of the endpoint drops no session: an endpoint that comes back
connects to the same socket and is told, by a `Snapshot` of every speaker, where things stand. If the launcher
dies, the kernel kills its speakers; the endpoint notices at once, and starts everything anew.

A speaker that dies is started again, immediately the first time, then after pauses from 0.1 to 5 s
(`lab.bgp.charge`). It is told what it cannot know: whether the link is up, and whether the peer is on
probation after a prefix limit. Both survive a speaker; neither survives the launcher, or the order to stop. One
that is stopped goes on soon (`lab.bgp.halted`).

In a forked child the launcher's loop is left by an exception, `InChild`, so that a speaker runs from `main`
with nothing of the launcher above it on the stack, and none of its descriptors open.

One JSON object per line. Requests: `{"id": 1, "request": "start", ...}`. Answers: `{"answer": 1, ...}`, with
`error` when refused. Every other line to the endpoint is an encoded event. The socket has mode 0600, for
requests hold MD5 keys.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import socket
import sys
import time
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from lab.bgp.channel import Channel
from lab.bgp.charge import Answer, Birth, Charge, InChild
from lab.bgp.confinement import become_nobody, die_with, enter_namespace, hide_memory, set_process_name
from lab.bgp.events import Snapshot, SpeakerExited, kind_of
from lab.bgp.halted import Halted
from lab.bgp.neighbor import prepare_exabgp
from lab.bgp.notifications import ADMINISTRATIVE_SHUTDOWN, OTHER_CONFIGURATION_CHANGE
from lab.bgp.sockets import listener
from lab.bgp.speaker import Speaker
from lab.bgp.spec import SpeakerSpec

# Octets. An endpoint that lets so much pile up is not reading; it may come back for Snapshots.
_TOO_SLOW = 64 << 20


class Launcher:
    """The loop of the launcher process.

    :param server: the listening UNIX socket for the endpoint.
    :param halted: of this process.
    """

    def __init__(self, server: socket.socket, halted: Halted) -> None:
        self._server = server
        self._halted = halted
        self._endpoint: Channel | None = None
        self._charges: dict[str, Charge] = {}
        self._unreported: set[str] = set()
        self._leaving: int | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(server, selectors.EVENT_READ, self._welcome)
        self._selector.register(self._halted, selectors.EVENT_READ, self._halted.note)

    def run(self) -> None:
        """Until the endpoint asks to shut down. Raises InChild in every forked child."""
        while self._leaving is None or self._charges:
            for key, _ in self._selector.select(self._patience()):
                key.data()
            for charge in list(self._charges.values()):
                if charge.due is not None and charge.due <= time.monotonic():
                    self._act(charge)
            self._halted.rouse()
        self._retire()

    def _retire(self) -> None:
        """Answer only when nobody can find this launcher any more."""
        Path(self._server.getsockname()).unlink(missing_ok=True)
        self._server.close()
        self._answer(self._leaving)
        if self._endpoint is not None:
            self._endpoint.drain(1.0)
            self._endpoint.close()

    def abandon(self) -> None:
        """Close everything, in a child that has no business here."""
        self._selector.close()
        self._halted.close()
        self._server.close()
        for line in (self._endpoint, *(charge.line for charge in self._charges.values())):
            if line is not None:
                line.close()

    def _patience(self) -> float | None:
        """Seconds until something is due, or None."""
        dues = [self._halted.due, *(charge.due for charge in self._charges.values())]
        due = min((due for due in dues if due is not None), default=None)
        return None if due is None else max(0.0, due - time.monotonic())

    # The endpoint

    def _welcome(self) -> None:
        """A new endpoint takes the place of an old one, and is told first where every speaker stands."""
        connection, _ = self._server.accept()
        self._dismiss()
        self._endpoint = Channel(connection)
        self._selector.register(self._endpoint, selectors.EVENT_READ, self._attend)
        self._unreported = {peer_id for peer_id, charge in self._charges.items() if charge.line is not None}
        for peer_id in self._unreported:
            self._charges[peer_id].order("report")

    def _dismiss(self) -> None:
        if self._endpoint is not None:
            self._selector.unregister(self._endpoint)
            self._endpoint.close()
            self._endpoint = None

    def _attend(self) -> None:
        if self._endpoint is None:
            return  # it was let go a moment ago, in the same round
        self._endpoint.flush()
        lines = self._endpoint.receive()
        if lines is None:
            self._dismiss()
        else:
            for line in lines:
                self._serve(json.loads(line))
            self._mind_the_backlog()

    def _tell(self, line: str) -> None:
        if self._endpoint is not None:
            self._endpoint.send(line)
            self._mind_the_backlog()

    def _mind_the_backlog(self) -> None:
        if self._endpoint is None:
            return
        if self._endpoint.backlog > _TOO_SLOW:
            self._dismiss()
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._endpoint.backlog else 0)
        self._selector.modify(self._endpoint, events, self._attend)

    def _answer(self, request: int | None, error: str | None = None, **result: object) -> None:
        self._tell(json.dumps({"answer": request} | ({"error": error} if error else result)))

    # Requests

    def _serve(self, message: dict[str, Any]) -> None:
        request = message["id"]
        match message:
            case {"request": "start", "spec": fields}:
                self._start(request, SpeakerSpec.from_json(fields))
            case {"request": "stop", "peer_id": peer_id, "subcode": subcode}:
                self._stop(request, peer_id, subcode)
            case {"request": "link", "peer_id": peer_id, "up": up} if peer_id in self._charges:
                self._charges[peer_id].set_link(up)
                self._answer(request)
            case {"request": "announce", "peer_id": peer_id, "prefixes": prefixes} if (
                peer_id in self._charges
            ):
                self._charges[peer_id].announce(tuple(ip_network(prefix) for prefix in prefixes))
                self._answer(request)
            case {"request": "speakers"}:
                self._answer(request, speakers=self._speakers())
            case {"request": "ping"}:
                self._answer(request)
            case {"request": "shutdown"}:
                self._shut_down(request)
            case _:
                self._answer(request, f"no speaker runs for {message.get('peer_id')}; start it first")

    def _start(self, request: int, spec: SpeakerSpec) -> None:
        charge = self._charges.get(spec.peer_id)
        if charge is None:
            charge = self._charges[spec.peer_id] = Charge(spec, lambda error: self._answer(request, error))
            self._bear(charge)
        elif charge.spec.fingerprint == spec.fingerprint and not charge.stopping:
            charge.announce(spec.announce)
            self._answer(request)
        else:
            self._end(charge, OTHER_CONFIGURATION_CHANGE, lambda _: self._start(request, spec))

    def _stop(self, request: int, peer_id: str, subcode: int) -> None:
        charge = self._charges.get(peer_id)
        if charge is None:
            self._answer(request)
        else:
            self._end(charge, subcode, lambda _: self._answer(request))

    def _shut_down(self, request: int) -> None:
        self._leaving = request
        for charge in list(self._charges.values()):
            self._end(charge, ADMINISTRATIVE_SHUTDOWN, lambda _: None)

    def _end(self, charge: Charge, subcode: int, ended: Answer) -> None:
        charge.stop(subcode, ended)
        if charge.line is None:
            self._forget(charge)

    def _speakers(self) -> dict[str, dict[str, Any]]:
        return {
            peer_id: {"pid": charge.pid, "fingerprint": charge.spec.fingerprint}
            for peer_id, charge in self._charges.items()
            if not charge.stopping
        }

    # Speakers

    def _act(self, charge: Charge) -> None:
        if charge.line is None:
            self._bear(charge)
        else:
            charge.kill()

    def _bear(self, charge: Charge) -> None:
        line = charge.bear()
        self._selector.register(line, selectors.EVENT_READ, lambda: self._hear(charge))

    def _hear(self, charge: Charge) -> None:
        assert charge.line is not None
        lines = charge.line.receive()
        if lines is None:
            self._bury(charge)
            return
        for line in lines:
            self._relay(charge.spec.peer_id, line)
            charge.note(line)

    def _relay(self, peer_id: str, line: str) -> None:
        """Pass an event on, unless a Snapshot is to come first, or `Charge.bury` will say the same."""
        kind = kind_of(line)
        if kind == Snapshot.__name__:
            self._unreported.discard(peer_id)
        if peer_id not in self._unreported and kind != SpeakerExited.__name__:
            self._tell(line)

    def _bury(self, charge: Charge) -> None:
        assert charge.line is not None
        self._selector.unregister(charge.line)
        self._unreported.discard(charge.spec.peer_id)
        self._tell(charge.bury().encode())
        if not charge.lives_on:
            self._forget(charge)

    def _forget(self, charge: Charge) -> None:
        del self._charges[charge.spec.peer_id]
        charge.settle()


def main() -> None:
    """`python -m lab.bgp.launcher_process RUN_DIRECTORY`: returns once the launcher, in the background, is
    listening."""
    path = Path(sys.argv[1]).absolute() / "launcher.sock"
    prepare_exabgp()
    server = _listen(path)
    if os.fork():
        return
    os.setsid()
    os.chdir("/")
    hide_memory()
    set_process_name("dxlab-launcher")
    path.with_suffix(".pid").write_text(f"{os.getpid()}\n")
    gc.collect()
    gc.freeze()
    birth = _launch(server)
    if birth is not None:
        _live(birth)
        # Nothing is left to do, and tidying up would first copy every page that is shared with the launcher.
        os._exit(0)


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o177)
    server.bind(str(path))
    os.umask(mask)
    server.listen()
    return server


def _launch(server: socket.socket) -> Birth | None:
    """Be the launcher. Returns None at its end, and in each child what that is to become."""
    launcher = Launcher(server, Halted())
    try:
        launcher.run()
    except InChild as child:
        launcher.abandon()
        return child.birth
    return None


def _live(birth: Birth) -> None:
    """Be a speaker."""
    spec = birth.spec
    orders = Channel(birth.orders)
    try:
        enter_namespace(spec.namespace)
        server = listener(spec)
    except OSError as error:
        reason = f"cannot listen on {spec.local_address} in the namespace {spec.namespace}: {error.strerror}"
        orders.send(SpeakerExited(spec.peer_id, time.time(), 1, reason).encode())
        sys.exit(1)
    set_process_name("dxlab-speaker")
    become_nobody()
    hide_memory()
    die_with(birth.launcher)
    Speaker(spec, server, orders, link_up=birth.link_up, on_probation=birth.on_probation).run()
    orders.drain(1.0)


if __name__ == "__main__":
    main()
