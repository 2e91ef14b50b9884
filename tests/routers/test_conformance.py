"""What every kind of router does in every runtime, with real daemons on a real cable."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import TypeVar

import pytest

from lab.errors import RouterError
from lab.network.links import End, ensure_cable
from lab.network.namespaces import inside, namespaces, processes_in
from lab.routers import KINDS, Interface, Neighbour, Router, RouterKind
from tests.routers.conftest import COMBINATIONS, LAB, cleared, router_of_the_lab
from tests.routers.samples import (
    EDGE_ADDRESSES,
    EDGE_PREFIXES,
    FAR,
    FAR_ADDRESSES,
    FAR_PREFIXES,
    KEY,
    SAMPLES,
    WRONG_KEY,
    Sample,
)
from tests.support.docker import PATIENCE

T = TypeVar("T")
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: Their numbers (linux/capability.h).
_CAPABILITIES = {
    "CHOWN": 0,
    "DAC_OVERRIDE": 1,
    "FOWNER": 3,
    "KILL": 5,
    "SETGID": 6,
    "SETUID": 7,
    "NET_BIND_SERVICE": 10,
    "NET_BROADCAST": 11,
    "NET_ADMIN": 12,
    "NET_RAW": 13,
    "SYS_CHROOT": 18,
    "SYS_ADMIN": 21,
}

_CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")

CONTRADICTABLE = [each for each in COMBINATIONS if SAMPLES[str(each.id).partition("-")[0]].contradictory]

pytestmark = [pytest.mark.root, pytest.mark.timeout(PATIENCE)]


@dataclass(frozen=True)
class Bench:
    """A router under test, cabled to another one."""

    edge: Router
    far: Router
    sample: Sample
    kind: RouterKind
    again: Callable[[], Router]

    def start(self, key: str = KEY) -> None:
        self.far.start(FAR)
        self.start_edge(self.sample.configuration(key))

    def start_edge(self, configuration: str) -> None:
        sample = self.sample
        self.edge.start(
            configuration, interfaces=sample.interfaces, commands=sample.commands, secrets=[KEY, WRONG_KEY]
        )

    def established(self) -> tuple[Neighbour, ...]:
        """The router's neighbours, once it has a session in both families."""
        return until(
            self.edge.neighbours, lambda found: [each.state for each in found] == ["Established"] * 2
        )


def until(ask: Callable[[], T], wanted: Callable[[T], bool], seconds: float = 20) -> T:
    """Ask until the answer is as wanted."""
    deadline = time.monotonic() + seconds
    while not wanted(answer := ask()):
        assert time.monotonic() < deadline, f"waited in vain; last answer: {answer}"
        time.sleep(0.02)
    return answer


@pytest.fixture(scope="module", params=COMBINATIONS)
def place_of_all(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Two routers' places, for all tests of a combination; making them anew takes longer than a session."""
    kind, runtime = request.param
    if runtime == "docker":
        request.getfixturevalue("engine")
    again = partial(router_of_the_lab, "edge", kind, runtime)
    with cleared():
        yield Bench(again(), router_of_the_lab("far"), SAMPLES[kind], KINDS[kind], again)


@pytest.fixture
def bench(place_of_all: Bench) -> Iterator[Bench]:
    """Both routers with a cable between them; neither runs before the test, or afterwards."""
    routers = (place_of_all.edge, place_of_all.far)
    for router in routers:
        router.prepare()
    ensure_cable(End(routers[1].namespace, "port1"), End(routers[0].namespace, "eth1"))
    yield place_of_all
    for router in routers:
        router.stop()


def test_every_kind_has_a_sample() -> None:
    assert SAMPLES.keys() == KINDS.keys()


def test_a_session_over_the_sub_interface(bench: Bench) -> None:
    bench.start()
    neighbours = bench.established()
    assert [(str(each.address), each.asn) for each in neighbours] == [
        (address, 64512) for address in FAR_ADDRESSES
    ]
    assert all(each.since and 0 <= time.time() - each.since < 60 for each in neighbours)
    until(
        bench.edge.neighbours,
        lambda found: (
            [(each.accepted, each.advertised) for each in found] == [(1, bench.sample.advertised)] * 2
        ),
    )


def test_routes_both_ways(bench: Bench) -> None:
    bench.start()
    bench.established()
    learnt = until(lambda: _learnt(bench.edge), lambda found: found.keys() == set(FAR_PREFIXES))
    assert str(learnt[FAR_PREFIXES[0]][0]) == FAR_ADDRESSES[0]
    told = until(lambda: _learnt(bench.far), lambda found: found.keys() == set(EDGE_PREFIXES))
    assert str(told[EDGE_PREFIXES[0]][0]) == EDGE_ADDRESSES[0]


def _learnt(router: Router) -> dict[Network, tuple[Address, ...]]:
    return {route.prefix: route.next_hops for route in router.routes() if route.protocol == "bgp"}


def test_the_router_reaches_its_neighbour_at_once_and_forwards(bench: Bench) -> None:
    bench.start()
    for address in FAR_ADDRESSES:
        # Nobody listens at the neighbour's port 9; that it says so is the answer.
        with inside(bench.edge.namespace), pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, 9), timeout=5)
    settings = ["/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"]
    assert bench.edge.execute(["cat", *settings]).output.split() == ["1", "1"]


def test_the_daemons_have_few_rights(bench: Bench) -> None:
    """Each has a process that is not root's; none has, or could come by, more than its kind's capabilities."""
    bench.start()
    bench.established()
    kind = bench.kind
    programs = {program.name for program in kind.daemons}
    running = [pid for pid in processes_in(bench.edge.namespace) if _status(pid, "Name") in programs]
    ordinary = {_status(pid, "Name") for pid in running if int(_status(pid, "Uid").split()[0]) != 0}
    assert ordinary == programs
    allowed = sum(1 << _CAPABILITIES[name] for name in kind.capabilities)
    for pid in running:
        sets = {field: int(_status(pid, field), 16) & ~allowed for field in _CAPABILITY_SETS}
        assert sets == dict.fromkeys(_CAPABILITY_SETS, 0)
        assert _status(pid, "NoNewPrivs") == "1"


def test_a_wrong_key_is_corrected_at_run_time(bench: Bench) -> None:
    bench.start(WRONG_KEY)
    assert {each.state for each in bench.edge.neighbours()}.isdisjoint({"Established"})
    bench.edge.reconfigure(bench.sample.correction)
    bench.established()


def test_killed_and_restarted(bench: Bench) -> None:
    bench.start()
    bench.established()
    bench.edge.kill()
    assert not bench.edge.is_running()
    bench.edge.restart()
    assert bench.edge.is_running()
    bench.established()


def test_stopped_and_started_again_on_the_same_cable(bench: Bench) -> None:
    bench.start()
    bench.established()
    bench.edge.stop()
    assert not bench.edge.is_running()
    assert bench.edge.neighbours() == () and bench.edge.routes() == ()
    bench.start_edge(bench.sample.configuration(KEY))
    bench.established()


def test_another_process_finds_it_running(bench: Bench) -> None:
    bench.start()
    found = bench.again()
    assert found.is_running()
    found.prepare()
    assert found.is_running()
    assert len(found.neighbours()) == 2
    found.stop()
    assert not bench.edge.is_running()


def test_a_misspelt_configuration_starts_nothing(bench: Bench) -> None:
    logged = bench.edge.log_tail()
    with pytest.raises(RouterError) as refusal:
        bench.start_edge(bench.sample.misspelt)
    assert str(refusal.value).splitlines() == [
        "router 'edge' refuses the configuration:",
        f"  {bench.edge.source}:{bench.sample.refused_line}: {bench.sample.refused_words}",
    ]
    assert not bench.edge.is_running()
    assert bench.edge.log_tail() == logged


def test_a_key_behind_a_misspelt_word_is_not_shown(bench: Bench) -> None:
    with pytest.raises(RouterError) as refusal:
        bench.start_edge(bench.sample.misspelt_key)
    assert f"{bench.edge.source}:{bench.sample.refused_line}: " in str(refusal.value)
    assert KEY not in str(refusal.value)


@pytest.mark.parametrize("place_of_all", CONTRADICTABLE, indirect=True)
def test_a_contradictory_configuration_leaves_no_daemon(bench: Bench) -> None:
    assert bench.sample.contradictory
    configuration, words = bench.sample.contradictory
    with pytest.raises(RouterError) as refusal:
        bench.start_edge(configuration)
    assert str(refusal.value).splitlines() == [
        "router 'edge' refuses the configuration:",
        f"  {bench.edge.source}:{bench.sample.refused_line}: {words}",
    ]
    assert not bench.edge.is_running()


def test_a_refused_line_changes_nothing_of_what_runs(bench: Bench) -> None:
    bench.start()
    bench.established()
    with pytest.raises(RouterError, match="refuses the configuration"):
        bench.edge.reconfigure(bench.sample.misspelt)
    bench.edge.restart()
    bench.established()


def test_a_sub_interface_without_a_cable(bench: Bench) -> None:
    elsewhere = Interface("eth9.7", "lab.yml:3", link="eth9", vlan=7)
    with pytest.raises(RouterError) as refusal:
        bench.edge.start(bench.sample.configuration(KEY), interfaces=[elsewhere])
    assert str(refusal.value) == (
        "lab.yml:3: eth9.7 is a sub-interface of eth9, but no cable is plugged into eth9; "
        "add a link to 'edge:eth9'"
    )
    assert not bench.edge.is_running()


def test_a_users_command(bench: Bench) -> None:
    bench.start()
    argv = bench.edge.command(bench.sample.tool, terminal=False)
    ended = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30)
    assert [address for address in FAR_ADDRESSES if address not in ended.stdout] == []
    assert bench.edge.execute(["sh", "-c", "echo out; echo err >&2; exit 3"]).output.split() == ["out", "err"]
    assert bench.edge.execute(["sh", "-c", "exit 3"]).status == 3


def test_the_daemons_log_and_no_key_is_in_it(bench: Bench) -> None:
    bench.start()
    bench.established()
    log = bench.edge.log_tail(1000)
    assert bench.sample.log_word in log
    assert KEY not in log
    assert len(bench.edge.log_tail(1).splitlines()) == 1


def test_the_configuration_is_private(bench: Bench) -> None:
    bench.start()
    listing = bench.edge.execute(["find", str(bench.edge.place), "-name", "*.conf", "-perm", "/007"])
    assert (listing.status, listing.output) == (0, "")
    assert (
        bench.edge.execute(["stat", "-c", "%a %U", str(bench.edge.place)]).output
        == f"750 {bench.kind.user}\n"
    )


def test_removed_it_leaves_nothing(bench: Bench) -> None:
    bench.start()
    pids = processes_in(bench.edge.namespace)
    bench.edge.remove()
    bench.edge.remove()
    assert namespaces(bench.edge.namespace) == []
    assert not any(_alive(pid) for pid in pids)
    assert not bench.edge.is_running()
    assert _containers() == []
    assert not (Path("/run/dxlab/trouters") / "edge").exists()


def _containers() -> list[str]:
    if "DOCKER_HOST" not in os.environ and not Path("/var/run/docker.sock").exists():
        return []
    shown = subprocess.run(
        ["docker", "ps", "--all", "--quiet", "--filter", f"label=dxlab.lab={LAB}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return shown.stdout.split()


def _alive(pid: int) -> bool:
    """Whether the process runs; one that has ended may wait for its parent's notice."""
    try:
        return not _status(pid, "State").startswith("Z")
    except FileNotFoundError:
        return False


def _status(pid: int, field: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{field}:"))
