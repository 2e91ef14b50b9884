"""The causes in `dxlab status`: of whom they are looked for, and that those who ask together share one look."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from lab import verdicts
from lab.diagnose import Examination
from lab.directconnect.model import BgpStatus
from lab.errors import UsageError
from lab.verdicts import Causes
from tests.directconnect.office import Clock, Office

pytestmark = pytest.mark.anyio


@dataclass
class Verdict:
    cause: str


@dataclass
class Examiner:
    """Stands for the machine: says `cable-down` of everybody but the peers that are gone, and counts."""

    gone: frozenset[str] = frozenset()
    asked: int = 0

    def examine(self, peer_id: str) -> Examination:
        return cast("Examination", _Examination(self, peer_id))


@dataclass
class _Examination:
    examiner: Examiner
    peer_id: str

    def verdict(self, _budget: float) -> Verdict:
        assert threading.current_thread() is not threading.main_thread()
        self.examiner.asked += 1
        if self.peer_id in self.examiner.gone:
            raise UsageError("no such peer")
        return Verdict("cable-down")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "state", Clock())
    yield made
    made.close()


def peers(office: Office, *statuses: BgpStatus) -> list[str]:
    """A virtual interface with a peer for each status; their ids."""
    connection = office.plug().id
    ids = []
    for number, status in enumerate(statuses):
        peer = office.peer(office.private(connection, vlan=101 + number)["virtualInterfaceId"])
        office.cloud.observe(peer.id, status, reason="as the test says", at=1.0)
        ids.append(peer.id)
    return ids


async def page(office: Office, examiner: Examiner) -> dict[str, Any]:
    return await Causes(office.cloud, examiner.examine).page()


async def test_who_is_up_is_not_examined(office: Office) -> None:
    _, down = peers(office, BgpStatus.UP, BgpStatus.DOWN)
    examiner = Examiner()
    assert await page(office, examiner) == {"causes": {down: "cable-down"}, "unexplained": 0}
    assert examiner.asked == 1


async def test_a_peer_that_is_gone_meanwhile_has_no_cause(office: Office) -> None:
    (gone,) = peers(office, BgpStatus.DOWN)
    assert await page(office, Examiner(frozenset({gone}))) == {"causes": {}, "unexplained": 0}


async def test_of_many_only_the_first_are_examined(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = peers(office, *[BgpStatus.DOWN] * 3)
    monkeypatch.setattr(verdicts, "MOST", 1)
    assert await page(office, Examiner()) == {"causes": {first: "cable-down"}, "unexplained": 2}


async def test_who_asks_meanwhile_shares_the_next_look(office: Office) -> None:
    peers(office, BgpStatus.DOWN)
    examiner = Examiner()
    causes = Causes(office.cloud, examiner.examine)
    await asyncio.gather(*(causes.page() for _ in range(5)))
    assert examiner.asked == 2
