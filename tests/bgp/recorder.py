"""An endpoint reduced to its ears: opens the launcher, folds every event, remembers the whole history."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from lab.bgp.events import Established, SpeakerEvent
from lab.bgp.launcher import Launcher
from lab.bgp.session import Session, State, StatusChanged, step
from lab.errors import SpeakerError

# What counts as "at once" in a test, with two cores and several routers on them; and what may take a while.
PATIENCE = 10.0


class Recorder:
    """Everything that the speakers of one launcher reported since `listen` began."""

    def __init__(self, launcher: Launcher) -> None:
        self.launcher = launcher
        self.events: list[SpeakerEvent] = []
        self.changes: dict[str, list[StatusChanged]] = defaultdict(list)
        self.sessions: dict[str, Session] = defaultdict(Session)
        self.lost: SpeakerError | None = None
        self._news = asyncio.Condition()

    async def listen(self) -> None:
        """Until the launcher is closed, or dies."""
        try:
            async for event in self.launcher.events():
                await self._fold(event)
        except SpeakerError as error:
            async with self._news:
                self.lost = error
                self._news.notify_all()

    async def _fold(self, event: SpeakerEvent) -> None:
        session, effects = step(self.sessions[event.peer_id], event)
        async with self._news:
            self.events.append(event)
            self.sessions[event.peer_id] = session
            self.changes[event.peer_id] += effects
            self._news.notify_all()

    async def until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
        """Wait for the condition to hold after some event; returns how long that took, seconds."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(condition)
        except TimeoutError:
            history = "\n".join(map(str, self.events))
            raise AssertionError(f"waited {seconds} s in vain: {what}\n{history}") from None
        return time.monotonic() - began

    async def status(self, peer_id: str, wanted: str, seconds: float = PATIENCE) -> float:
        return await self.until(
            lambda: self.sessions[peer_id].bgp_status == wanted, f"{peer_id} to be {wanted}", seconds
        )

    async def state(self, peer_id: str, wanted: State) -> float:
        return await self.until(
            lambda: self.sessions[peer_id].state is wanted, f"{peer_id} to be in {wanted}"
        )

    def of(self, kind: type[SpeakerEvent], peer_id: str | None = None) -> list[SpeakerEvent]:
        return [
            event for event in self.events if isinstance(event, kind) and peer_id in (None, event.peer_id)
        ]

    def statuses(self, peer_id: str) -> list[str]:
        """The history of `bgpStatus`, without the first word of a speaker that has only just begun."""
        return [change.status for change in self.changes[peer_id]]

    def seconds_to_established(self, since: float) -> float:
        """From an instant (epoch) to the last Established."""
        return self.of(Established)[-1].at - since


@asynccontextmanager
async def recorder(run_directory: Path) -> AsyncIterator[Recorder]:
    """A launcher that is there, and listened to; ended at the end, unless it has died."""
    async with listening(run_directory) as ears:
        try:
            yield ears
        finally:
            if ears.lost is None:
                await ears.launcher.shutdown()


@asynccontextmanager
async def listening(run_directory: Path) -> AsyncIterator[Recorder]:
    """The same, but the launcher and its speakers go on."""
    launcher = await Launcher.open(run_directory)
    ears = Recorder(launcher)
    task = asyncio.create_task(ears.listen())
    try:
        yield ears
    finally:
        await launcher.close()
        await task
