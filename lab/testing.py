"""A lab for ordinary Python: brought up, asked, disturbed and taken down without a line of asyncio.

    with LabUnderTest("topology.yml") as lab:
        lab.wait_for("office-private.ipv4")
        with lab.unplugged("office"):
            lab.wait_for("office-private.ipv4", "down")
        lab.expect("office-private", accepted=["172.16.0.0/16"], within=10)

The lab runs in a thread with an event loop of its own. Its name is one that no other lab has, and its endpoint takes
a free port, so any number of them run side by side, in one process or in many. What is asked of it is asked in that
thread; what is done to routers and cables is done in the caller's. All methods block.

Peers are called as in a topology's `expect`: `office-private` is every BGP peer of that virtual interface,
`office-private.ipv4` the one of that family. An expectation that is not met is an AssertionError, in the words of
`dxlab verify` and with its evidence.

`lab.pytest_plugin` makes fixtures of this.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from pydantic import ValidationError

from lab.bgp.events import Route
from lab.bgp.session import Session
from lab.customer import client_for
from lab.directconnect.model import VirtualInterface
from lab.errors import LabError, RouterError, TopologyError, UsageError, first_of
from lab.lab import RunningLab
from lab.network.links import End, set_link
from lab.routers import Router
from lab.routers.kinds import Neighbour, RouterRoute
from lab.topology import Expectation, Topology, load
from lab.topology.references import resolve
from lab.topology.refusals import known
from lab.verify import Check, Result, checks_of, expected, run, verification
from lab.verify.evidence import evidence_of
from lab.verify.reports.words import evidence_lines, explained
from lab.verify.seen import Subject

T = TypeVar("T")


class LabUnderTest:
    """A lab with a topology, up for as long as its `with` block lasts.

    :param topology: the file, its folder, or what `lab.topology.load` made of it.
    :raises LabError: (when the block is entered) the file is wrong, or the lab cannot be brought up, for one
        sentence's reason; nothing is left behind.
    """

    def __init__(self, topology: Topology | Path | str) -> None:
        self.topology = topology if isinstance(topology, Topology) else load(Path(topology))
        self._thread: _Thread

    def __enter__(self) -> Self:
        self._thread = _Thread(verification(self.topology))
        self._running = self._thread.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.leave()

    # ----- what it is --------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The lab's name, by which `dxlab status` and `dxlab exec --lab` know it while it is up."""
        return self._running.places.name

    @property
    def url(self) -> str:
        """Where the AWS API answers."""
        return self._running.url

    @property
    def region(self) -> str:
        """The region of the topology's location."""
        return self._running.region

    @cached_property
    def client(self) -> Any:  # noqa: ANN401 -- boto3 makes its client classes at run time
        """A boto3 Direct Connect client of the lab, whatever the environment says of AWS."""
        return client_for(self.url, self.region)

    # ----- what is expected --------------------------------------------------------------------------------

    def wait_for(
        self, peers: str, status: Literal["up", "down"] = "up", *, within: float = 30.0, stays: float = 0.0
    ) -> None:
        """Wait until the session of each of these peers is up, or down.

        :param within: seconds from now.
        :param stays: seconds for which it then has to stay so.
        :raises AssertionError: it does not, with everything that is known of why.
        """
        self.expect(peers, bgp_status=status, within=within, stays=stays)

    def expect(self, peers: str, **said: object) -> None:
        """Wait until what a topology's `expect` could say of these peers is so.

        :param said: the keys of `expect` with `_` for `-` (and `bgp_status`), seconds as numbers:
            `accepted=["172.16.0.0/16"], within=10`.
        :raises AssertionError: it is not, with everything that is known of why.
        :raises UsageError: there are no such peers, or a key or value is none that `expect` has.
        """
        try:
            expectation = Expectation(target=peers, line=0, lines={}, **said)  # type: ignore[arg-type]  # pydantic checks it
        except ValidationError as refusal:
            wrong = refusal.errors()[0]
            raise UsageError(f"expect: {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from None
        self._demand([replace(check, line=None) for check in self._checks(expectation)])

    def verify(self) -> None:
        """Wait until all that the topology itself expects is so.

        :raises AssertionError: something is not, with everything that is known of why.
        """
        self._demand(self.checks())

    def checks(self) -> tuple[Check, ...]:
        """All that the topology itself expects; of one without `expect`, what is usual."""
        return self._ask(lambda: checks_of(self.topology, self._vifs))

    def judge(self, checks: Sequence[Check]) -> tuple[Result, ...]:
        """What comes of these checks, see `lab.verify`; none is demanded."""
        return self._thread.call(run(self._running, checks))

    def _demand(self, checks: Sequence[Check]) -> None:
        failures = [result for result in self.judge(checks) if not result.is_met]
        if failures:
            raise AssertionError("\n".join(failure_words(failures)))

    def _checks(self, *expectations: Expectation) -> tuple[Check, ...]:
        try:
            return self._ask(lambda: expected(expectations, self._vifs, self.topology.path))
        except TopologyError as error:
            raise UsageError(str(error).removeprefix(f"{error.path}:{error.line}: ")) from None

    # ----- what is there -----------------------------------------------------------------------------------

    def peer(self, peer: str) -> dict[str, Any]:
        """A BGP peer as DescribeVirtualInterfaces has it: `lab.peer("office-private.ipv4")["customerAddress"]`."""
        wanted = self._subject(peer)
        answer = self.client.describe_virtual_interfaces(virtualInterfaceId=wanted.vif.id)
        (vif,) = answer["virtualInterfaces"]
        return next(dict(each) for each in vif["bgpPeers"] if each["bgpPeerId"] == wanted.peer.id)

    def accepted(self, peer: str) -> dict[str, Route]:
        """The routes that AWS received of a peer and accepted, by prefix; each with AS path, communities and MED."""
        peer_id = self._subject(peer).peer.id
        return self._ask(lambda: dict(self._running.controller.sessions.get(peer_id, Session()).routes))

    def advertised(self, peer: str) -> set[str]:
        """The prefixes that AWS sends to a peer."""
        wanted = self._subject(peer)
        sent = self._ask(lambda: self._running.cloud.advertised_prefixes(wanted.vif, wanted.peer.family))
        return {str(prefix) for prefix in sent}

    def router(self, node: str) -> RouterUnderTest:
        """A router of the topology, by its node's name."""
        if node not in self._running.routers:
            raise UsageError(f"the topology has no router '{node}'; {known(node, self._running.routers)}")
        return RouterUnderTest(self, self._running.routers[node])

    def report(self) -> str:
        """What is known of every peer whose session is not up, or up and useless, as `dxlab verify` would say it."""
        return "\n".join(self._thread.call(self._report()))

    async def _report(self) -> list[str]:
        subjects = [Subject(vif, peer) for vif in self._vifs for peer in vif.standing_peers]
        found = await asyncio.gather(*(evidence_of(self._running, subject) for subject in subjects))
        lines = []
        for subject, evidence in zip(subjects, found, strict=True):
            session = self._running.controller.sessions.get(subject.peer.id, Session())
            lines.append(f"{subject} is {session.bgp_status}: {session.reason}")
            if session.bgp_status != "up" or evidence.diagnosis is not None:
                lines += [f"  {line}" for line in evidence_lines(evidence)]
        return lines

    # ----- what is done to it ------------------------------------------------------------------------------

    def unplug(self, connection: str) -> None:
        """Pull a connection's cable out of AWS's port."""
        set_link(self._port(connection), up=False)

    def plug(self, connection: str) -> None:
        """Put a connection's cable back."""
        set_link(self._port(connection), up=True)

    @contextmanager
    def unplugged(self, connection: str) -> Iterator[None]:
        """A connection without its cable, until the block ends."""
        self.unplug(connection)
        try:
            yield
        finally:
            self.plug(connection)

    # ----- the thread of the lab ---------------------------------------------------------------------------

    def _ask(self, question: Callable[[], T]) -> T:
        """The answer, from the thread in which the lab's state changes."""

        async def answer() -> T:
            return question()

        return self._thread.call(answer())

    @property
    def _vifs(self) -> tuple[VirtualInterface, ...]:
        return self._running.cloud.virtual_interfaces()

    def _subject(self, peer: str) -> Subject:
        subjects = [check.subject for check in self._checks(Expectation(target=peer, line=0, lines={}))]
        if len(subjects) != 1:
            raise UsageError(f"'{peer}' has {len(subjects)} BGP peers; say which: {peer}.ipv4 or {peer}.ipv6")
        return subjects[0]

    def _port(self, name: str) -> End:
        connections = self._ask(self._running.cloud.connections)
        found = [each.id for each in connections if name in (each.name, each.id)]
        if len(found) != 1:
            names = [each.name for each in connections]
            raise UsageError(f"{len(found)} connections are named '{name}'; {known(name, names)}")
        return End(self._running.places.namespace("dx"), found[0])


class RouterUnderTest:
    """A customer router of a lab that is up."""

    def __init__(self, lab: LabUnderTest, router: Router) -> None:
        self._lab = lab
        self._router = router

    def run(self, *command: str) -> str:
        """What a command inside the router printed: `run("vtysh", "-c", "show bgp summary")`.

        :raises RouterError: it failed; with what it printed.
        """
        done = self._router.execute(command)
        if done.status:
            raise RouterError(f"'{' '.join(command)}' failed in {self._router.name}: {done.output.strip()}")
        return done.output

    def reconfigure(self, configuration: str) -> None:
        """Give the running router another configuration, in its own language.

        An FRR carries the lines out as if they were typed at its terminal, and what they do not mention stays; a
        daemon that reads a file takes the text as its whole configuration. References (`${...}`) mean what they mean
        in a `startup-config`.

        :raises RouterError: the router refuses it, with the daemon's words.
        """
        vifs = self._lab.client.describe_virtual_interfaces()["virtualInterfaces"]
        self._router.reconfigure(resolve(configuration, vifs, self._router.source))

    def restart(self) -> None:
        """End the router's daemons, with a NOTIFICATION to their peers, and start them again."""
        self._router.restart()

    def kill(self) -> None:
        """End the router's daemons as a power failure would; `restart` brings them back."""
        self._router.kill()

    def routes(self, protocol: str | None = "bgp") -> dict[str, RouterRoute]:
        """The routes that the router uses, by prefix.

        :param protocol: those from there alone (`bgp`, `static`, `connected`); None for all.
        """
        routes = self._router.routes()
        return {str(each.prefix): each for each in routes if protocol in (None, each.protocol)}

    def neighbours(self) -> dict[str, Neighbour]:
        """The router's own account of its BGP neighbours, by address."""
        return {str(each.address): each for each in self._router.neighbours()}

    def log(self, lines: int = 100) -> str:
        """The last lines that its daemons logged."""
        return self._router.log_tail(lines)


def failure_words(failures: Iterable[Result]) -> Iterator[str]:
    """Expectations that are not met, as `dxlab verify` says it; evidence that several share comes once."""
    shown = []
    for failure in failures:
        yield from explained(failure)
        if failure.evidence is not None and failure.evidence not in shown:
            shown.append(failure.evidence)
            yield from (f"  {line}" for line in evidence_lines(failure.evidence))


class _Thread:
    """A thread whose event loop lives inside a lab."""

    def __init__(self, lab: AbstractAsyncContextManager[RunningLab]) -> None:
        self._entered: Future[RunningLab] = Future()
        self._failure: BaseException | None = None
        self._stop: Callable[[], object] = lambda: None
        self._unwanted = False
        self._thread = threading.Thread(target=self._live, args=(lab,), name="dxlab", daemon=True)

    def enter(self) -> RunningLab:
        """Bring the lab up; who is interrupted meanwhile takes it down first."""
        try:
            self._thread.start()
            return self._entered.result()
        except BaseException as failure:
            self._end()
            raise _own(failure) from None

    def leave(self) -> None:
        """Take the lab down; what happened to it meanwhile, nobody knowing, is raised here."""
        self._end()
        if self._failure is not None:
            raise _own(self._failure)

    def call(self, work: Coroutine[None, None, T]) -> T:
        """Do something in the lab's thread."""
        if not self._thread.is_alive():
            work.close()
            raise LabError("the lab is not up")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseExceptionGroup as failures:
            raise _own(failures) from None

    def _end(self) -> None:
        self._unwanted = True
        self._stop()
        self._thread.join()

    def _live(self, lab: AbstractAsyncContextManager[RunningLab]) -> None:
        try:
            asyncio.run(self._inside(lab))
        except BaseException as failure:
            # It is raised again, in the caller's thread.
            if self._entered.done():
                self._failure = failure
            else:
                self._entered.set_exception(failure)

    async def _inside(self, lab: AbstractAsyncContextManager[RunningLab]) -> None:
        self._loop, over = asyncio.get_running_loop(), asyncio.Event()
        task = asyncio.current_task()
        assert task is not None
        self._stop = lambda: self._at_once(task.cancel)
        if self._unwanted:
            return
        async with lab as running:
            self._stop = lambda: self._at_once(over.set)
            self._entered.set_result(running)
            await over.wait()

    def _at_once(self, action: Callable[[], object]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)


def _own(failure: BaseException) -> BaseException:
    """The LabError in however many groups it comes; any other failure as it is."""
    return first_of(failure) or failure
