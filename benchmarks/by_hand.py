"""The floor: one session set up by hand, with ip(8) and BIRD at both ends.

Given are a router whose BIRD is configured and waits, and a configuration for the BIRD at AWS's end.
Measured is what is left to do: a namespace, a link into the router, addresses, a BIRD, until that says
Established. Commands for one namespace are one batch; nobody is faster with these tools.

Two things keep the floor low. It has no 802.1Q: each session has a link of its own, because not every
kernel can make a sub-interface with ip(8). And BIRD never dials within 0.75 s of a protocol's start (its
smallest `connect delay time` is a second, less RFC 4271's jitter); that wait has nothing to do with the
work, so it is measured too, from BIRD's log, and taken off where dxlab is judged.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from benchmarks.bird import Bird, Session
from benchmarks.progress import wait_for
from lab.network.namespaces import processes_in, remove_namespace
from lab.places import Places
from lab.routers.processes import end_processes

_ROUTER_ID = IPv4Address("100.64.0.1")


@dataclass(frozen=True)
class Attempt:
    """One session set up by hand, in seconds.

    :ivar waited: how much of `total` BIRD let pass before it dialled.
    """

    total: float
    waited: float

    @property
    def worked(self) -> float:
        return self.total - self.waited


class ByHand:
    """Sets up sessions with one waiting router.

    :param places: of the lab after which everything is named.
    :param router: the router's namespace.
    """

    def __init__(self, places: Places, router: str) -> None:
        self._places = places
        self._router = router

    def set_up(self, session: Session) -> Attempt:
        """Set one session up, measure that, and take it down again."""
        namespace = self._places.namespace(session.name)
        protocols = [session.configuration_of_amazon()]
        bird = Bird(namespace, self._places.run / session.name, _ROUTER_ID, protocols)
        try:
            total = self._establish(namespace, session, bird)
        finally:
            end_processes(processes_in(namespace))
            remove_namespace(namespace)
        return Attempt(total, waited(bird.log.read_text()))

    def _establish(self, namespace: str, session: Session, bird: Bird) -> float:
        """Seconds that it took."""
        started = time.perf_counter()
        subprocess.run(("ip", "netns", "add", namespace), check=True)
        _configure(
            namespace,
            f"link add dx0 type veth peer name {session.name} netns {self._router}",
            f"address add {session.amazon} dev dx0",
            "link set dx0 up",
        )
        _configure(
            self._router,
            f"address add {session.customer} dev {session.name}",
            f"link set {session.name} up",
        )
        with closing(bird.start()) as control:
            wait_for(lambda: control.established(session), f"the session {session.name}, set up by hand")
        return time.perf_counter() - started


def _configure(namespace: str, *commands: str) -> None:
    subprocess.run(("ip", "-n", namespace, "-batch", "-"), input="\n".join(commands), text=True, check=True)


def waited(log: str) -> float:
    """Seconds between BIRD's resolution to dial and its dialling, by its log."""
    return (_moment(log, ": Connecting to ") - _moment(log, ": Connect delayed by ")).total_seconds()


def _moment(log: str, event: str) -> datetime:
    """When something was logged for the first time."""
    line = next(line for line in log.splitlines() if event in line)
    return datetime.fromisoformat(line.partition(" <")[0])
