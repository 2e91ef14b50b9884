"""A customer who asks DescribeVirtualInterfaces over and over, and notes when he first sees what.

A status that lasts for milliseconds is seen as well as one that stays, and the time of each is that of the
answer that showed it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, Self

from lab.customer import client_for
from tests.support.command import PATIENCE, Running


@dataclass(frozen=True)
class Sighting:
    """From this answer on (epoch seconds) the peer of this family was shown as `status`."""

    at: float
    family: str
    status: str


class Sightings:
    """Asks from `with` on, in a thread of its own."""

    def __init__(self, running: Running) -> None:
        self._client = client_for(running.url, running.region)
        self._seen: list[Sighting] = []
        self._shown: dict[str, str] = {}
        self._news = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._ask_on)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        self._thread.join()

    def wait_for(
        self, family: str, status: str, *, since: float = 0.0, seconds: float = PATIENCE
    ) -> Sighting:
        """The first sighting of this status after that time; fails when there is none in time."""

        def found() -> Sighting | None:
            fitting = (each for each in self._seen if (each.family, each.status) == (family, status))
            return next((each for each in fitting if each.at >= since), None)

        with self._news:
            self._news.wait_for(lambda: found() is not None, seconds)
            sighting = found()
            assert sighting is not None, f"{family} was not seen {status} in {seconds} s: {self._seen}"
            return sighting

    def statuses(self, family: str, *, since: float) -> list[str]:
        """What a peer was shown as, one after the other."""
        return [each.status for each in self._seen if each.family == family and each.at >= since]

    def _ask_on(self) -> None:
        while not self._ending:
            (vif,) = self._client.describe_virtual_interfaces()["virtualInterfaces"]
            self._note(time.time(), vif["bgpPeers"])

    def _note(self, at: float, peers: list[dict[str, Any]]) -> None:
        for peer in peers:
            family, status = peer["addressFamily"], peer["bgpStatus"]
            if self._shown.get(family) != status:
                self._shown[family] = status
                with self._news:
                    self._seen.append(Sighting(at, family, status))
                    self._news.notify_all()
