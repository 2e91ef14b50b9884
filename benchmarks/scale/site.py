"""The customers' side: routers, tagged cables, and sessions that wait to be called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_interface

from benchmarks.bird import Bird, Session
from benchmarks.endpoint import Endpoint
from lab.network.links import End, ensure_addresses
from lab.network.vlan import vlan_driver

#: AWS's own default quota of virtual interfaces on one connection.
PER_CABLE = 50
CABLES_PER_ROUTER = 5
FIRST_VLAN = 100
#: Prefixes that AWS accepts on a private virtual interface, of each family.
PREFIXES = 100


@dataclass(frozen=True)
class Position:
    """Where a virtual interface is: on which cable, and with which VLAN."""

    cable: int
    vlan: int


@dataclass(frozen=True)
class Shape:
    """How virtual interfaces, counted from 0, are spread over cables and routers."""

    per_cable: int = PER_CABLE
    cables_per_router: int = CABLES_PER_ROUTER

    @property
    def per_router(self) -> int:
        return self.per_cable * self.cables_per_router

    def position(self, number: int) -> Position:
        """The place of the virtual interface of this number."""
        return Position(number // self.per_cable, FIRST_VLAN + number % self.per_cable)

    def cables(self, count: int) -> list[str]:
        """The routers' ends of the cables that so many virtual interfaces need, each NODE:INTERFACE."""
        return [
            f"edge{cable // self.cables_per_router}:eth{cable % self.cables_per_router + 1}"
            for cable in range(-(-count // self.per_cable))
        ]


#: As full as AWS's quotas allow, and routers that are large.
FULL = Shape()


class Site:
    """The routers of one lab.

    :param sessions: for each virtual interface, the sessions on it.
    :ivar birds: by the router's namespace, once they are built.
    """

    def __init__(self, endpoint: Endpoint, sessions: list[list[Session]], shape: Shape = FULL) -> None:
        self._endpoint = endpoint
        self._sessions = sessions
        self._shape = shape
        self.birds: dict[str, Bird] = {}

    def build(self) -> None:
        """Sub-interfaces with addresses, and a BIRD in each router that waits for all of its sessions."""
        for number, on_it in enumerate(self._sessions):
            self._interface(number, on_it)
        for router, waiting in self._by_router():
            self.birds[router] = self._bird(router, list(_waiting(waiting, "none")))
            self.birds[router].start().close()

    def add(self, number: int, session: Session) -> None:
        """One more session on a virtual interface; `tell` makes the router wait for it."""
        self._sessions[number].append(session)
        self._interface(number, self._sessions[number])

    def tell(self, export: str = "none", routes: Iterable[str] = ()) -> None:
        """Tell every router its sessions anew.

        :param export: `all` to announce `routes` on every session.
        """
        static = _static(routes)
        for router, waiting in self._by_router():
            bird = self.birds[router]
            with closing(bird.control()) as control:
                bird.reconfigure(control, [*static, *_waiting(waiting, export)])

    def _interface(self, number: int, on_it: list[Session]) -> None:
        position = self._shape.position(number)
        trunk = self._endpoint.routers[position.cable]
        sub = End(trunk.namespace, f"{trunk.interface}.{position.vlan}")
        vlan_driver().ensure(trunk, position.vlan, sub, mtu=1500)
        ensure_addresses(sub, [ip_interface(session.customer) for session in on_it])

    def _bird(self, router: str, protocols: list[str]) -> Bird:
        directory = self._endpoint.places.run / f"bird-{router}"
        return Bird(router, directory, IPv4Address("192.0.2.1"), protocols)

    def _by_router(self) -> Iterator[tuple[str, list[Session]]]:
        """Each router's namespace, and all sessions that end there."""
        per_router = self._shape.per_router
        for start in range(0, len(self._sessions), per_router):
            router = self._endpoint.routers[self._shape.position(start).cable].namespace
            yield router, [each for on_it in self._sessions[start : start + per_router] for each in on_it]


def _waiting(sessions: Iterable[Session], export: str) -> Iterator[str]:
    return (session.configuration_of_customer(export) for session in sessions)


def _static(routes: Iterable[str]) -> list[str]:
    lines = " ".join(f"route {route} blackhole;" for route in routes)
    return [f"protocol static customers {{ ipv4; {lines} }}"] if lines else []


def prefixes(count: int) -> list[str]:
    """So many IPv4 prefixes of 24 bits that overlap nothing else here."""
    return [f"{20 + (number >> 16)}.{number >> 8 & 0xFF}.{number & 0xFF}.0/24" for number in range(count)]
