"""One verification from its beginning to its end: a lab of its own, the run, the verdict.

The lab has a name that no other has (the topology's and a few random characters), so its namespaces, its
directories and its containers are its own too; its endpoint takes a free port. Any number of verifications of one
topology run side by side, and nothing of any is left behind.
"""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from lab.errors import RefusedConfigurationError, first_of
from lab.lab import Lab, RunningLab, Tell, silent
from lab.places import Places
from lab.topology import Topology
from lab.verify.expected import checks_of
from lab.verify.foreseen import demand_foreseen
from lab.verify.run import Nobody, Observer, run
from lab.verify.verdict import Refusal, Verdict

_SUFFIX = 6
_LONGEST = 31


def private_name(topology: str) -> str:
    """A lab's name that no other lab has, of the topology's name."""
    letters = string.ascii_lowercase + string.digits
    suffix = "".join(secrets.choice(letters) for _ in range(_SUFFIX))
    return f"{topology[: _LONGEST - _SUFFIX - 1].rstrip('-')}-{suffix}"


@asynccontextmanager
async def verification(
    topology: Topology, *, name: str | None = None, tell: Tell = silent
) -> AsyncIterator[RunningLab]:
    """The topology in a lab of its own, up; taken down when the block ends.

    :param name: of the lab; None for one that no other has.
    :raises LabError: (possibly in an ExceptionGroup) something of it cannot be made; nothing is left behind.
    """
    lab = Lab(Places.of(name or private_name(topology.name)), topology=topology, tell=tell)
    async with lab.running() as running:
        yield running


@dataclass
class Verification:
    """A verification that is told as it goes on.

    :param patience: seconds after which what is not decided is not met; None for as long as it takes.
    :param stay: what is to be done with the lab after the verdict, before it is taken down.
    """

    topology: Topology
    observer: Observer = field(default_factory=Nobody)
    patience: float | None = None
    stay: Callable[[RunningLab, Verdict], Awaitable[None]] | None = None
    name: str = ""
    started: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self.name = self.name or private_name(self.topology.name)

    async def verdict(self) -> Verdict:
        """Bring the lab up, wait for what is expected, take it down.

        :raises LabError: (possibly in an ExceptionGroup) the lab cannot run.
        """
        try:
            return await self._run()
        except (RefusedConfigurationError, BaseExceptionGroup) as failure:
            error = first_of(failure)
            if not isinstance(error, RefusedConfigurationError):
                raise
            verdict = self._verdict(refusal=Refusal(error.router, str(error), error.lines))
            self.observer.finished(verdict)
            return verdict

    async def _run(self) -> Verdict:
        demand_foreseen(self.topology)
        async with verification(self.topology, name=self.name, tell=self.observer.told) as running:
            checks = checks_of(self.topology, running.cloud.virtual_interfaces())
            results = await run(running, checks, self.observer, patience=self.patience)
            verdict = self._verdict(results=results)
            self.observer.finished(verdict)
            if self.stay is not None:
                await self.stay(running, verdict)
            return verdict

    def _verdict(self, **found: object) -> Verdict:
        return Verdict(
            topology=self.topology.name,
            path=self.topology.path,
            lab=self.name,
            started=self.started,
            seconds=time.time() - self.started,
            **found,  # type: ignore[arg-type]  # results or refusal
        )
