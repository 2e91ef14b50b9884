"""Asking why: gathers the evidence of one peer, and judges it.

    1  what the endpoint knows (`lab.testimony`), the interfaces, and the router's own view where the lab runs it
    2  if that is not enough: ARP, ping, an unsigned SYN, and the kernel's counters before and after
    3  if nobody answers: a sweep over all tags and the addresses nearby
    4  if that is still not enough: a little patience, for a router that dials meanwhile

Each step is taken only where the ones before leave the cause open, so most answers come at once, and the last
one within five seconds. Everything here blocks; it needs root, and works in the process of the endpoint as well
as in one of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace

from lab.controller.wiring import stub_of
from lab.diagnosis import Case, Expected, Verdict, judge, kernel, probes
from lab.diagnosis.evidence import Carrier, Daemons, Evidence, Missing, Probe, RouterSession
from lab.diagnosis.router_view import QUESTIONS, Detail
from lab.errors import LabError
from lab.network.links import End
from lab.network.namespaces import namespace_exists
from lab.places import Places
from lab.routers import Router

#: Seconds from the question to the answer, at most.
BUDGET = 4.5
#: Seconds between two looks while waiting.
_LOOK_AGAIN = 0.7
#: Seconds that the controller has to make what is missing.
_REWIRING = 2.0
#: Seconds for the answers to a sweep.
_ECHOES = 0.4

#: The evidence that the endpoint has of one peer at this moment.
Testify = Callable[[], Case]


@dataclass
class Examination:
    """One peer of one lab, examined.

    :param routers: the customer routers that the lab runs, by name.
    """

    places: Places
    testify: Testify
    routers: Mapping[str, Router] = field(default_factory=dict)

    def verdict(self, budget: float = BUDGET) -> Verdict:
        """Why the peer is not up, or up and useless.

        :param budget: seconds after which the answer is given with what is known then.
        """
        return judge(self.case(budget))

    def case(self, budget: float = BUDGET) -> Case:
        """All the evidence that the verdict is made from."""
        deadline = time.monotonic() + budget
        case = self.testify()
        if case.starting:
            return case
        self._before = self._counters(case.expected)
        self._table = kernel.neighbour_table(case.expected.family)
        seen = self._look(case)
        case = _with(case, seen)
        if judge(case).clear:
            return case
        seen += self._probe(case.expected, up=case.is_up)
        return self._watch(seen, deadline)

    def _watch(self, seen: list[Evidence], deadline: float) -> Case:
        """Look again until the cause is clear, or the time is over."""
        while True:
            case = self.testify()
            case = _with(case, [*seen, *self._growth(case.expected)])
            if judge(case).clear or time.monotonic() + _LOOK_AGAIN > deadline:
                return case
            time.sleep(_LOOK_AGAIN)

    # ----- looking -----------------------------------------------------------------------------------------

    def _look(self, case: Case) -> list[Evidence]:
        """A router whose session is of use is not asked."""
        expected, up = case.expected, case.is_up
        found = [*self._own_interfaces(expected)]
        router = self._router(expected)
        if router is not None and not (up and case.session and case.session.routes):
            found += self._router_interfaces(router, expected)
            found += router_words(router, expected)
            if not up:
                found += kernel.filter_rules(router.namespace)
        return found

    def _own_interfaces(self, expected: Expected) -> list[Evidence]:
        """What the lab made, or should have made. What is missing may be on its way: a cable that was just plugged in
        has light a little before its virtual interfaces have.
        """
        found = list(self._own_interfaces_now(expected))
        if any(isinstance(each, Missing) for each in found):
            time.sleep(_REWIRING)
            found = list(self._own_interfaces_now(expected))
        return found

    def _own_interfaces_now(self, expected: Expected) -> Iterator[Evidence]:
        """The port and the virtual interface."""
        port = End(self.places.namespace("dx"), expected.connection)
        light = kernel.carrier(port.namespace, port.interface, stub=stub_of(port).interface)
        yield light or Missing("the lab", time.time(), f"the port {port}")
        vif = self._vif(expected)
        own = kernel.carrier(vif.namespace, vif.interface)
        if own is None:
            yield Missing("the lab", time.time(), f"the interface of {expected.vif}")
        elif not own.enabled or (light and light.carrier and not own.carrier):
            yield Missing("the lab", time.time(), f"the carrier of {expected.vif}")
        elif expected.amazon not in {each.address for each in kernel.addresses(vif.namespace)}:
            yield Missing("the lab", time.time(), f"the address {expected.amazon} on {expected.vif}")
        yield from kernel.neighbours(vif.namespace)

    def _router_interfaces(self, router: Router, expected: Expected) -> Iterator[Evidence]:
        """The router's addresses; and those of its interfaces on this VLAN that are shut."""
        found = kernel.addresses(router.namespace)
        yield from found
        suffix = f".{expected.vlan}"
        for name in kernel.interfaces(router.namespace):
            state = kernel.carrier(router.namespace, name)
            concerned = name.endswith(suffix) or "." not in name
            if isinstance(state, Carrier) and not state.enabled and concerned and _is_a_port(name):
                yield state

    # ----- probing -----------------------------------------------------------------------------------------

    def _probe(self, expected: Expected, *, up: bool) -> list[Evidence]:
        """All at once; a sweep after them where nobody answered. A session that is up is not disturbed."""
        vif = self._vif(expected)
        port = End(self.places.namespace("dx"), expected.connection)
        harmless = (probes.arp, probes.ping, probes.large_ping)
        with ThreadPoolExecutor() as pool:
            chosen = harmless if up else (*harmless, probes.unsigned_syn)
            asked = [pool.submit(probe, vif, expected) for probe in chosen]
        found: list[Evidence] = []
        for answer in asked:
            with suppress(OSError, LabError):
                found.append(answer.result())
        if not any(
            isinstance(each, Probe) and (each.name, each.outcome) == ("arp", "answered") for each in found
        ):
            with suppress(OSError, LabError, ValueError):
                probes.sweep(port, expected)
                time.sleep(_ECHOES)
        return found

    def _counters(self, expected: Expected) -> Mapping[str, Mapping[str, int]]:
        return {name: kernel.counters(name) for name in self._counting(expected)}

    def _growth(self, expected: Expected) -> list[Evidence]:
        ours = self._vif(expected).namespace
        table = kernel.neighbour_table(expected.family, self._table)
        grown: list[Evidence] = [table] if table and table.growth else []
        for name in self._counting(expected):
            grown += kernel.growth(name, self._before.get(name, {}), ours=name == ours)
        return grown

    def _counting(self, expected: Expected) -> list[str]:
        router = self._router(expected)
        return [self._vif(expected).namespace, *([router.namespace] if router else [])]

    # ----- who ---------------------------------------------------------------------------------------------

    def _vif(self, expected: Expected) -> End:
        return End(self.places.namespace(expected.vif), expected.vif)

    def _router(self, expected: Expected) -> Router | None:
        """The router that the lab runs at the other end, if its place is there."""
        router = self.routers.get(expected.router)
        return router if router and namespace_exists(router.namespace) else None


def router_words(router: Router, expected: Expected) -> list[Evidence]:
    """The router's own view: whether its daemons run, and its BGP neighbours."""
    source = f"router {router.name}"
    try:
        if not router.is_running():
            return [Daemons(source, time.time(), running=False)]
    except LabError:
        return []
    with suppress(LabError, ValueError, KeyError):
        if router.answers():
            return [Daemons(source, time.time(), running=True), *_neighbours(router, expected, source)]
    return [Daemons(source, time.time(), running=True, answering=False)]


def _neighbours(router: Router, expected: Expected, source: str) -> list[Evidence]:
    details = _details(router, expected)
    return [
        RouterSession(
            source,
            time.time(),
            address=str(each.address),
            asn=each.asn,
            state=each.state,
            last_reset=each.last_reset,
            advertised=each.advertised,
            shut=detail.shut,
            policy_missing=detail.policy_missing,
            originates=detail.originates,
        )
        for each in router.neighbours()
        for detail in (details if str(each.address) == expected.amazon_ip else Detail(),)
    ]


def _details(router: Router, expected: Expected) -> Detail:
    question = QUESTIONS.get(expected.kind)
    if question is None:
        return Detail()
    answers = (router.execute(command).output for command in question.commands)
    return question.read("\n".join(answers), expected.amazon_ip, expected.family)


def _is_a_port(name: str) -> bool:
    """Not loopback, nor what the eBPF driver keeps beside a trunk."""
    return name != "lo" and not name.startswith("tag")


def _with(case: Case, more: Iterable[Evidence]) -> Case:
    return replace(case, evidence=(*case.evidence, *more), at=time.time())
