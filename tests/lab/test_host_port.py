"""Cables that end at an interface of this machine, with a router that is not the lab's behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from scapy.layers.inet import TCP

from lab.network.namespaces import namespaces, remove_namespace
from lab.routers.processes import end_processes
from tests.lab.bench_router import router_at, sessions, write_topology
from tests.network.wire import Capture
from tests.support.command import Bench, Running, dxlab, eventually, lab_processes, nothing_left
from tests.support.nic import Nic, nic
from tests.support.topologies import ADVERTISED, Office

pytestmark = pytest.mark.root

OFFICE = Office()
BRANCH = Office(vif="branch-private", connection="branch", vlan=202)


@pytest.fixture
def make_nic() -> Iterator[Callable[[str], Nic]]:
    """Interfaces of this machine by their names."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(nic(name, f"dxlab-tbench.{name}"))


@pytest.fixture
def eth(make_nic: Callable[[str], Nic]) -> Nic:
    made = make_nic("dxtest-eth3")
    made.assign("198.51.100.1", 24)
    made.set(mtu=1400)
    return made


@pytest.fixture
def topology(eth: Nic, lab_bench: Bench, tmp_path: Path) -> Path:
    return write_topology(tmp_path, lab_bench.name, (OFFICE, eth.name))


def connection(lab: Running, name: str = "office") -> dict[str, str]:
    (found,) = (each for each in lab.page("status")["connections"] if each["connectionName"] == name)
    return dict(found)


def test_a_router_on_the_bench(eth: Nic, lab_bench: Bench, topology: Path, tmp_path: Path) -> None:
    before = eth.state()
    lab = lab_bench.up(topology)
    with Capture(eth.far) as capture, router_at(eth, lab, OFFICE) as router:
        eventually(lab.is_up, "both sessions")
        assert {state for state, _ in sessions(router).values()} == {"Established"}
        for family, prefix in ADVERTISED.items():
            eventually(
                lambda family=family, prefix=prefix: prefix in router.vtysh(f"show bgp {family} unicast"),  # type: ignore[misc]
                f"{prefix} at the router",
            )
        frames = [frame for frame in capture.pending() if TCP in frame.packet]
    assert {tuple(frame.vlans) for frame in frames} == {(101,)}
    assert all("MD5" in dict(frame.packet[TCP].options) for frame in frames)
    assert lab.end() == 0
    assert eth.state() == before
    assert nothing_left(lab_bench.places)


def test_status_shows_it(eth: Nic, lab_bench: Bench, topology: Path) -> None:
    lab = lab_bench.up(topology)
    assert connection(lab)["hostInterface"] == eth.name
    (line,) = (line for line in dxlab("status").stdout.splitlines() if "  office  " in line)
    assert line.endswith(f"  host:{eth.name}")


def test_it_is_unplugged_and_plugged_in(eth: Nic, lab_bench: Bench, topology: Path, tmp_path: Path) -> None:
    lab = lab_bench.up(topology)
    with router_at(eth, lab, OFFICE):
        eventually(lab.is_up, "both sessions")
        for verb, state, statuses in (("unplug", "down", {"down"}), ("plug", "available", {"up"})):
            assert dxlab(verb, "office", "--lab", lab_bench.name).returncode == 0
            eventually(lambda state=state: connection(lab)["connectionState"] == state, state)  # type: ignore[misc]
            eventually(lambda statuses=statuses: set(lab.statuses()) == statuses, str(statuses))  # type: ignore[misc]


# ---- endings ----------------------------------------------------------------------------------------------


def test_killed_then_down(eth: Nic, lab_bench: Bench, topology: Path) -> None:
    before = eth.state()
    lab_bench.up(topology).kill()
    assert not eth.exists()
    assert dxlab("down", lab_bench.name).returncode == 0
    assert eth.state() == before
    assert nothing_left(lab_bench.places)


def test_killed_then_up(eth: Nic, lab_bench: Bench, topology: Path, tmp_path: Path) -> None:
    """The port stays where it is, and the sessions over it go on."""
    before = eth.state()
    lab = lab_bench.up(topology)
    with router_at(eth, lab, OFFICE) as router:
        eventually(lab.is_up, "both sessions")
        lab.kill()
        adopted = lab_bench.up(topology)
        eventually(adopted.is_up, "the sessions to be known")
        assert set(sessions(router).values()) == {("Established", 1)}
        assert adopted.end() == 0
    assert eth.state() == before


def test_killed_and_its_namespace_deleted_then_up(eth: Nic, lab_bench: Bench, topology: Path) -> None:
    """What stands for the NIC is deleted with it; the lab says so, as of any interface that is not there."""
    lab_bench.up(topology).kill()
    remove_remains_but_the_record(lab_bench)
    eventually(lambda: not eth.far_exists(), "the kernel to clear the namespace")
    done = dxlab("up", topology, "--port", "0", "--state-dir", lab_bench.places.state)
    assert done.returncode == 2
    assert f":8: this machine has no interface '{eth.name}'; it has " in done.stderr
    assert nothing_left(lab_bench.places)


def remove_remains_but_the_record(bench: Bench) -> None:
    """As somebody does who ends every process and deletes every namespace by hand."""
    end_processes(lab_processes(bench.places))
    for name in namespaces(bench.places.namespace_prefix):
        remove_namespace(name)


def rewritten(path: Path, old: str, new: str) -> Path:
    path.write_text(path.read_text().replace(old, new))
    return path


def test_the_connection_is_deleted(eth: Nic, lab_bench: Bench, tmp_path: Path) -> None:
    before = eth.state()
    path = write_topology(tmp_path, lab_bench.name, (OFFICE, eth.name))
    path.write_text(path.read_text().partition("requests:")[0])
    lab = lab_bench.up(path)
    lab.client.delete_connection(connectionId=lab.connection()["connectionId"])
    eventually(eth.exists, "the interface to be back")
    eventually(lambda: eth.state() == before, "the interface to be as it was")


# ---- refusals ---------------------------------------------------------------------------------------------


def test_an_interface_that_is_not_there(eth: Nic, lab_bench: Bench, topology: Path) -> None:
    rewritten(topology, eth.name, "eth99")
    done = dxlab("up", topology, "--port", "0", "--state-dir", lab_bench.places.state)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"dxlab: {topology}:8: this machine has no interface 'eth99'; it has ")
    assert nothing_left(lab_bench.places)


def test_a_refusal_takes_nothing_down_that_a_killed_lab_left(
    eth: Nic, lab_bench: Bench, topology: Path
) -> None:
    lab_bench.up(topology).kill()
    standing = namespaces(lab_bench.places.namespace_prefix)
    rewritten(topology, eth.name, "eth99")
    assert dxlab("up", topology, "--port", "0", "--state-dir", lab_bench.places.state).returncode == 2
    assert namespaces(lab_bench.places.namespace_prefix) == standing


# ---- several ----------------------------------------------------------------------------------------------


def test_two_labs(
    eth: Nic, make_bench: Callable[[str], Bench], make_nic: Callable[[str], Nic], tmp_path: Path
) -> None:
    """Each has its own interface; neither can have the other's, and one ends while the other goes on."""
    other = make_nic("dxtest-eth4")
    one, two = make_bench("tlab-hostport-1"), make_bench("tlab-hostport-2")
    lab = one.up(write_topology(tmp_path, one.name, (OFFICE, eth.name)))
    path = write_topology(tmp_path, two.name, (OFFICE, eth.name))
    refused = dxlab("up", path, "--port", "0", "--state-dir", two.places.state)
    assert f"is a port of the lab '{one.name}'; end that one first: dxlab down {one.name}" in refused.stderr
    second = two.up(write_topology(tmp_path, two.name, (OFFICE, other.name)))
    with router_at(eth, lab, OFFICE) as router, router_at(other, second, OFFICE):
        eventually(lab.is_up, "the sessions of the one")
        eventually(second.is_up, "the sessions of the other")
        assert second.end() == 0
        assert set(sessions(router).values()) == {("Established", 1)}
    assert other.exists()
    assert not eth.exists()


def test_two_interfaces_of_one_lab(
    eth: Nic, make_nic: Callable[[str], Nic], lab_bench: Bench, tmp_path: Path
) -> None:
    other = make_nic("dxtest-eth4")
    before = (eth.state(), other.state())
    path = write_topology(tmp_path, lab_bench.name, (OFFICE, eth.name), (BRANCH, other.name))
    lab = lab_bench.up(path)
    with router_at(eth, lab, OFFICE), router_at(other, lab, BRANCH):
        eventually(lab.is_up, "all four sessions")
    assert lab.end() == 0
    assert (eth.state(), other.state()) == before


def test_a_cable_is_plugged_elsewhere(
    eth: Nic, make_nic: Callable[[str], Nic], lab_bench: Bench, topology: Path, tmp_path: Path
) -> None:
    """From the one interface to the other, while the lab runs: the first is given back, sessions come up again."""
    other, before = make_nic("dxtest-eth4"), eth.state()
    lab = lab_bench.up(topology)
    assert dxlab("plug", "office", f"host:{other.name}", "--lab", lab_bench.name).returncode == 0
    assert eth.state() == before
    with router_at(other, lab, OFFICE):
        eventually(lab.is_up, "both sessions")
    assert connection(lab)["hostInterface"] == other.name
    busy = dxlab("plug", "office", "host:lo", "--lab", lab_bench.name)
    assert "cannot be a port of the lab: it is the loopback interface" in busy.stderr
    assert connection(lab)["hostInterface"] == other.name
