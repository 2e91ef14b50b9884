"""Waiting for expectations: from news to judgements, until each is met or can be met no more.

Every expectation waits by itself, and looks again when something was heard of its peer, when a time that matters
is over, or, where it looks further than at the session (a router's table, the wire), a little later: of those
nobody brings news.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from lab.bgp.events import Established, SpeakerEvent, UpdateReceived
from lab.bgp.session import Session
from lab.directconnect.model import Network
from lab.lab import RunningLab
from lab.verify.checks import Check, Judgement, Outcome
from lab.verify.checks.base import not_met
from lab.verify.evidence import evidence_of, place_in_configuration
from lab.verify.probes import Probes
from lab.verify.seen import Seen, Subject
from lab.verify.verdict import Evidence, Place, Result, Verdict

#: Seconds between two looks of which nobody brings news: first, and at most.
_AGAIN_FIRST, _AGAIN_MOST = 0.1, 1.0


class Observer(Protocol):
    """Whoever watches a verification; nothing is awaited of it."""

    def told(self, sentence: str) -> None:
        """What is being done now, in a few words."""

    def begun(self, checks: Sequence[Check]) -> None:
        """The lab is up, and this is expected of it."""

    def judged(self, check: Check, judgement: Judgement, seconds: float) -> None:
        """An expectation stands otherwise than before.

        :param seconds: since the routers were started.
        """

    def finished(self, verdict: Verdict) -> None:
        """Everything is decided; the lab may still stand."""


class Nobody:
    """An observer that does not look."""

    def told(self, sentence: str) -> None: ...

    def begun(self, checks: Sequence[Check]) -> None: ...

    def judged(self, check: Check, judgement: Judgement, seconds: float) -> None: ...

    def finished(self, verdict: Verdict) -> None: ...


async def run(
    running: RunningLab,
    checks: Sequence[Check],
    observer: Observer | None = None,
    *,
    patience: float | None = None,
) -> tuple[Result, ...]:
    """Wait until each expectation is decided.

    :param checks: see `lab.verify.expected.checks_of`.
    :param patience: seconds after which what is not decided is not met.
    :return: the results, in the order of the checks.
    """
    watch = _Watch(running, observer or Nobody(), patience)
    watch.observer.begun(checks)
    async with asyncio.TaskGroup() as group:
        news = group.create_task(watch.follow())
        waiting = [group.create_task(watch.decide(check)) for check in checks]
        await asyncio.gather(*waiting)
        news.cancel()
    return await watch.results(checks, [task.result() for task in waiting])


@dataclass
class _Watch:
    """One run."""

    running: RunningLab
    observer: Observer
    patience: float | None
    began: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self._probes = Probes(self.running)
        self._news: dict[str, list[asyncio.Event]] = {}
        self._known = self._sessions
        self._flaps = {peer: session.flaps for peer, session in self._sessions.items()}

    @property
    def _sessions(self) -> dict[str, Session]:
        return dict(self.running.controller.sessions)

    async def follow(self) -> None:
        """Pass on, to those who wait, that something was heard of a peer; without end."""
        async with self.running.controller.heard:
            await self.running.controller.heard.wait_for(self._pass_on)

    def _pass_on(self) -> bool:
        before, self._known = self._known, self._sessions
        for peer, session in self._known.items():
            if before.get(peer) is not session:
                for news in self._news.get(peer, ()):
                    news.set()
        return False

    async def decide(self, check: Check) -> tuple[Judgement, float]:
        """The last judgement, and after how many seconds it was made."""
        news = asyncio.Event()
        self._news.setdefault(check.subject.peer.id, []).append(news)
        last, pause = None, _AGAIN_FIRST
        while True:
            news.clear()
            judgement, seen = await self._judge(check)
            seconds = time.time() - self.began
            if judgement != last:
                self.observer.judged(check, judgement, seconds)
            if judgement.outcome is not Outcome.NOT_YET:
                return judgement, seconds
            last = judgement
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), self._until(check, judgement, seen, pause))
            pause = min(pause * 2, _AGAIN_MOST)

    async def _judge(self, check: Check) -> tuple[Judgement, Seen]:
        seen = self._see(check.subject)
        if self._probes.needs(check) and check.is_ripe(seen):
            seen = await self._probes.look(check, seen)
        judgement = check.judge(seen)
        over = self.patience is not None and seen.elapsed >= self.patience
        if over and judgement.outcome is Outcome.NOT_YET:
            return not_met(f"{judgement.words} (no time left)"), seen
        return judgement, seen

    def _see(self, subject: Subject) -> Seen:
        peer_id = subject.peer.id
        session = self.running.controller.sessions.get(peer_id, Session())
        return Seen(
            at=time.time(),
            began=self.began,
            session=session,
            flaps=session.flaps - self._flaps.get(peer_id, 0),
            quiet_since=_last_route(self.running.controller.events(peer_id)),
            advertised=self._advertised(subject),
        )

    def _advertised(self, subject: Subject) -> frozenset[Network]:
        return frozenset(self.running.cloud.advertised_prefixes(subject.vif, subject.peer.family))

    def _until(self, check: Check, judgement: Judgement, seen: Seen, pause: float) -> float:
        """Seconds until it is worth while to look again, whether anything is heard or not."""
        ends = [check.within - seen.elapsed] if judgement.left is None else [judgement.left]
        if self.patience is not None:
            ends.append(self.patience - seen.elapsed)
        if self._probes.needs(check) and check.is_ripe(seen):
            ends.append(pause)
        return max(0.0, min(ends))

    # What came of it

    async def results(
        self, checks: Sequence[Check], decided: Iterable[tuple[Judgement, float]]
    ) -> tuple[Result, ...]:
        results = [
            Result(check, judgement, seconds, self._place(check))
            for check, (judgement, seconds) in zip(checks, decided, strict=True)
        ]
        failed = {each.check.subject.peer.id: each.check.subject for each in results if not each.is_met}
        found = await asyncio.gather(*(evidence_of(self.running, subject) for subject in failed.values()))
        evidence = dict(zip(failed, found, strict=True))
        return tuple(
            each if each.is_met else self._explained(each, evidence[each.check.subject.peer.id])
            for each in results
        )

    def _explained(self, result: Result, evidence: Evidence) -> Result:
        config = evidence.cause_place or place_in_configuration(self.running, result.check)
        return Result(result.check, result.judgement, result.seconds, result.place, config, evidence)

    def _place(self, check: Check) -> Place | None:
        if check.line is None or self.running.topology is None:
            return None
        return Place(self.running.topology.path, check.line)


def _last_route(events: Sequence[SpeakerEvent]) -> float:
    """When a peer's session was Established, or a route of it changed, for the last time."""
    news = (event.at for event in reversed(events) if isinstance(event, Established | UpdateReceived))
    return next(news, 0.0)
