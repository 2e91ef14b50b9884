"""The lab of a soak: an endpoint that may be killed, its routers, and what should be up."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from benchmarks.bird import Bird
from benchmarks.client import Answer
from benchmarks.endpoint import Endpoint, ground, served
from benchmarks.progress import wait_for
from benchmarks.router import sessions
from benchmarks.scale.site import Shape, Site
from lab.network.links import End

#: Seconds that routers propose: short, so that a silence is soon noticed, and long enough for a busy machine.
HOLD = 9
#: Seconds after which a lab is taken not to come back.
PATIENCE = 300.0
#: Seconds between two looks.
PAUSE = 0.05
_CABLES, _CABLES_PER_ROUTER = 8, 2
_PER_GATEWAY = 25


class Scene:
    """A lab that is up; `with`.

    :param count: of virtual interfaces, each with one session.
    :ivar first: for each virtual interface, counted from 0, the session that should be up.
    :ivar more: for each, a second one that the routers wait for.
    :ivar vif_ids: for each, its id.
    """

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._shape = Shape(-(-count // _CABLES), _CABLES_PER_ROUTER)
        self._cables = self._shape.cables(count)
        self.first = [replace(each, hold=HOLD, passive=False) for each in sessions("first", 16, count)]
        self.more = [replace(each, hold=HOLD) for each in sessions("more", 17, count)]
        self.vif_ids = [""] * count

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.places = stack.enter_context(ground(self._name, self._cables))
            self._life = stack.enter_context(ExitStack())
            self._serve()
            waiting = [list(pair) for pair in zip(self.first, self.more, strict=True)]
            self._site = Site(self.endpoint, waiting, self._shape)
            self._site.build()
            for number in range(len(self.first)):
                self.create(number)
            self._everything = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._everything.close()

    def _serve(self) -> None:
        self.endpoint: Endpoint = self._life.enter_context(served(self.places, self._cables))

    def replace_endpoint(self) -> None:
        """kill -9, and another one over what it left."""
        os.kill(self.endpoint.pid, signal.SIGKILL)
        self._life.close()
        self._serve()

    # ---- its parts -----------------------------------------------------------------------------------------

    @property
    def launcher(self) -> int:
        return int((self.places.run / "launcher.pid").read_text())

    @property
    def birds(self) -> dict[str, Bird]:
        """The routers by their namespaces."""
        return self._site.birds

    def interface(self, number: int) -> End:
        """A virtual interface's own, in its namespace."""
        vif_id = self.vif_ids[number]
        return End(self.places.namespace(vif_id), vif_id)

    def port(self, number: int) -> End:
        """The port of the cable that a virtual interface is on."""
        connection = self.endpoint.connection_ids[self._shape.position(number).cable]
        return End(self.places.namespace("dx"), connection)

    def on_cable_of(self, number: int) -> list[int]:
        """The virtual interfaces on the same cable."""
        cable = self._shape.position(number).cable
        return [each for each in range(len(self.first)) if self._shape.position(each).cable == cable]

    def in_router(self, namespace: str) -> list[int]:
        """The virtual interfaces whose cables lead to a router."""
        ends = self.endpoint.routers
        numbers = range(len(self.first))
        return [each for each in numbers if ends[self._shape.position(each).cable].namespace == namespace]

    # ---- the customer's requests ---------------------------------------------------------------------------

    def call(self, operation: str, **parameters: object) -> Answer:
        with closing(self.endpoint.connect()) as connection:
            return connection.call(operation, **parameters)

    def create(self, number: int) -> None:
        vif = self.call(
            "CreatePrivateVirtualInterface",
            connectionId=self.endpoint.connection_ids[self._shape.position(number).cable],
            newPrivateVirtualInterface={
                "virtualInterfaceName": f"soak-{number}",
                "vlan": self._shape.position(number).vlan,
                "virtualGatewayId": f"vgw-{number // _PER_GATEWAY:017x}",
                **self.first[number].members(),
            },
        )
        self.vif_ids[number] = str(vif["virtualInterfaceId"])

    # ---- what is up ----------------------------------------------------------------------------------------

    def is_whole(self) -> bool:
        """Whether all that should be up is up, and nothing else there, for the lab and for the routers."""
        statuses = {peer["customerAddress"]: peer["bgpStatus"] for peer in self.endpoint.peers()}
        if statuses != {str(session.customer): "up" for session in self.first}:
            return False
        seen = set().union(*(bird.established() for bird in self.birds.values()))
        return seen == {session.name for session in self.first}

    def until_whole(self) -> None:
        """Wait for it.

        :raises TimeoutError: it takes longer than `PATIENCE`.
        """
        until(self.is_whole, "every session to be up again", details=self._missing)

    def since(self) -> dict[str, float | None]:
        """When the lab last saw each session change, by the customer's address."""
        return {peer["customerAddress"]: peer["since"] for peer in self.endpoint.peers()}

    @contextmanager
    def falling(self, numbers: Collection[int]) -> Iterator[None]:
        """At the end of the block, wait until each of these sessions has fallen: it is down, or was since."""
        before = self.since()
        yield
        addresses = {str(self.first[number].customer) for number in numbers}

        def fell() -> bool:
            fallen = {
                peer["customerAddress"]
                for peer in self.endpoint.peers()
                if peer["bgpStatus"] == "down" or peer["since"] != before.get(peer["customerAddress"])
            }
            return addresses <= fallen

        until(fell, f"{len(addresses)} sessions to fall")

    def _missing(self) -> str:
        down = [peer["customerAddress"] for peer in self.endpoint.peers() if peer["bgpStatus"] != "up"]
        seen = set().union(*(bird.established() for bird in self.birds.values()))
        unseen = [session.name for session in self.first if session.name not in seen]
        return (
            f"bgpStatus is not up of {down or 'none'}, not Established at the routers are {unseen or 'none'}"
        )


#: Waits for a whole lab, without keeping it busy.
until = partial(wait_for, patience=PATIENCE, pause=PAUSE)


def stopped(pid: int) -> bool:
    """Whether a process is stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
