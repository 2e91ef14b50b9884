"""Routers that the lab does not run: FRR in namespaces of its own behind interfaces of this machine.

Each has its interface, cable and virtual interface, and one fault. What is known of it is what the wire shows; where
that is the same for two causes, both are named, with what would decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_interface
from pathlib import Path

import pytest

from lab.cli.diagnose import Doctor
from lab.diagnosis import UNCLEAR, Cause, Confidence, Verdict
from lab.network.links import End, ensure_addresses, set_link
from lab.network.vlan import vlan_driver
from lab.places import record_of
from tests.bgp.daemons import Frr
from tests.diagnosis.faults.catalogue import FAULTS, Change, nothing
from tests.diagnosis.faults.languages import LANGUAGES
from tests.diagnosis.faults.terms import Terms, right
from tests.lab.bench_router import write_topology
from tests.support.command import Running, bench, eventually
from tests.support.nic import Nic, nic
from tests.support.topologies import Office

pytestmark = [pytest.mark.root, pytest.mark.timeout(120)]

NAME = "tphysical"


@dataclass(frozen=True)
class OnTheBench:
    """A router with a fault.

    :param fault: of the catalogue; empty for none.
    :param passive: it does not call, so that its own signature is not to be seen.
    :param dark: its end of the wire is shut.
    """

    fault: str = ""
    passive: bool = False
    dark: bool = False

    @property
    def change(self) -> Change:
        return next((each.change for each in FAULTS if each.name == self.fault), nothing)


ROUTERS = {
    "healthy": OnTheBench(),
    Cause.CABLE_DOWN: OnTheBench(dark=True),
    Cause.VLAN_MISMATCH: OnTheBench("vlan-mismatch"),
    Cause.ADDRESS_MISMATCH: OnTheBench("address-mismatch"),
    Cause.MD5_MISSING: OnTheBench("md5-missing"),
    Cause.MD5_MISMATCH: OnTheBench("md5-mismatch-case"),
    Cause.ASN_MISMATCH_CUSTOMER: OnTheBench("asn-mismatch-customer"),
    Cause.ASN_MISMATCH_AMAZON: OnTheBench("asn-mismatch-amazon"),
    "two causes": OnTheBench("md5-mismatch", passive=True),
}
#: The daemons by what is wrong with them.
Routers = dict[str, Frr]
NUMBERS = {name: number for number, name in enumerate(ROUTERS)}


def vif_of(name: str) -> str:
    return f"vif-{NUMBERS[name]}"


@pytest.fixture(scope="module")
def routers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routers]:
    """The lab, with every router at its port."""
    directory = tmp_path_factory.mktemp(NAME)
    with bench(NAME, directory) as made, ExitStack() as stack:
        ports = {
            name: stack.enter_context(nic(f"dxphys{number}", f"dxlab-tbench.phys{number}"))
            for name, number in NUMBERS.items()
        }
        cables = [
            (Office(vif=vif_of(name), connection=f"c{number}", vlan=101 + number), ports[name].name)
            for name, number in NUMBERS.items()
        ]
        running = made.up(write_topology(directory, NAME, *cables))
        yield {
            name: stack.enter_context(router_at(port, running, name, directory))
            for name, port in ports.items()
        }


@contextmanager
def router_at(port: Nic, running: Running, name: str, directory: Path) -> Iterator[Frr]:
    """The router, until the block ends."""
    router = ROUTERS[name]
    (vif,) = (vif for vif in running.vifs() if vif["virtualInterfaceName"] == vif_of(name))
    terms = router.change(right(vif))
    wire(port, terms)
    text = LANGUAGES["frr"].setup(terms).text
    text = text[text.index("route-map") :]
    daemon = Frr(port.far.namespace, public(directory) / f"frr-{NUMBERS[name]}")
    daemon.start(text.replace("timers connect 1", "passive") if router.passive else text)
    if router.dark:
        set_link(port.far, up=False)
    try:
        yield daemon
    finally:
        daemon.stop()


def public(directory: Path) -> Path:
    """FRR's daemons have a user of their own, who must find their way there."""
    for each in (directory, *directory.parents[:2]):
        each.chmod(0o755)
    return directory


def wire(port: Nic, terms: Terms) -> None:
    """The sub-interface with its addresses."""
    sub = End(port.far.namespace, terms.interface)
    vlan_driver().ensure(port.far, terms.tags[0], sub, mtu=1500)
    ensure_addresses(sub, [ip_interface(each.own) for each in terms.neighbours])


def verdicts(name: str) -> list[Verdict]:
    """Of both peers, as `dxlab diagnose VIF` says it."""
    record = record_of(NAME)
    assert record is not None
    return Doctor(record).verdicts(vif_of(name))


def awaited(name: str, is_it: Callable[[Verdict], bool]) -> list[Verdict]:
    """The first verdicts that are clear enough; before, nothing may be said but that nothing is to be seen yet."""
    seen: list[Verdict] = []

    def settled() -> bool:
        seen[:] = verdicts(name)
        assert [each for each in seen if not is_it(each) and each.cause != UNCLEAR] == []
        return all(map(is_it, seen))

    eventually(settled, name, 40)
    return seen


def named(cause: str, verdict: Verdict) -> bool:
    return verdict.cause == cause


@pytest.mark.parametrize("cause", [name for name in ROUTERS if name != "two causes"])
@pytest.mark.usefixtures("routers")
def test_the_wire_alone_shows(cause: str) -> None:
    for verdict in awaited(cause, partial(named, cause)):
        assert (verdict.confidence, verdict.rivals) == (Confidence.CERTAIN, ())
        assert verdict.where == ""


def test_two_causes_that_look_the_same_are_both_named_with_what_would_decide(routers: Routers) -> None:
    """Nobody calls and nobody answers: a filter, or another key. Once the router calls, its signature decides."""
    for verdict in awaited("two causes", partial(named, Cause.TCP_FILTERED)):
        assert verdict.confidence is Confidence.POSSIBLE
        assert verdict.rivals == (Cause.MD5_MISMATCH,)
        assert verdict.decider.startswith("have the router dial while 'dxlab diagnose --watch' runs")
    let_it_call(routers["two causes"])
    eventually(lambda: all(map(is_wrong_key, verdicts("two causes"))), "its signature to decide", 40)


def let_it_call(router: Frr) -> None:
    passive = [line for line in router.vtysh("show running-config").splitlines() if line.endswith(" passive")]
    router.vtysh("configure terminal", "router bgp 65001", *(f"no {line.strip()}" for line in passive))


def is_wrong_key(verdict: Verdict) -> bool:
    return (verdict.cause, verdict.confidence) == (Cause.MD5_MISMATCH, Confidence.CERTAIN)
