"""A BGP key is known to AWS, to the customer, and to nobody else on the machine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lab.network.namespaces import processes_in
from lab.privileges import Capability
from tests.support.command import Bench, Running, dxlab, eventually, lab_processes, status_of
from tests.support.secrets import content, watching_processes
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root

KEY = "Nob0dy-May-Read-This-77"


@pytest.fixture(scope="module")
def lab(shared_bench: Bench) -> Running:
    """A lab whose sessions are up; nobody saw the key in a process list while it came up."""
    topology = write_topology(shared_bench.places.state.parent, shared_bench.name, Office(key=KEY))
    with watching_processes(KEY) as seen:
        running = shared_bench.up(topology)
        eventually(running.is_up, "every session to be up")
    assert seen == set()
    return running


def files_below(*directories: Path) -> list[Path]:
    return [path for directory in directories for path in directory.rglob("*") if path.is_file()]


def test_only_root_and_the_router_can_read_a_file_with_the_key(lab: Running) -> None:
    files = files_below(lab.places.run, lab.places.state)
    holding = [path for path in files if KEY.encode() in content(path)]
    assert {path.parent for path in holding} == {lab.places.state, lab.places.run / "edge"}
    assert [path for path in holding if path.stat().st_mode & stat.S_IRWXO] == []
    assert stat.S_IMODE(lab.places.state.stat().st_mode) == 0o700
    assert stat.S_IMODE((lab.places.run / "edge").stat().st_mode) == 0o750


def test_no_log_has_it(lab: Running, shared_bench: Bench) -> None:
    """Neither while all goes well, nor when keys and sessions go wrong."""
    router = lab.routers["edge"]
    amazon = lab.peer("ipv4")["amazonAddress"].partition("/")[0]
    router.reconfigure(f"router bgp 65001\n neighbor {amazon} password wrong\n")
    eventually(lambda: lab.peer("ipv4")["bgpStatus"] == "down", "the session with the wrong key to end")
    logs = [path for path in files_below(lab.places.run) if path.suffix == ".log"]
    assert {path.name for path in logs} >= {"launcher.log", "frr.log"}
    assert [path for path in logs if KEY.encode() in content(path)] == []
    assert "event=session-down" in shared_bench.log()
    assert KEY not in shared_bench.log()
    router.reconfigure(f"router bgp 65001\n neighbor {amazon} password {KEY}\n")
    eventually(lab.is_up, "the session with the right key to be up again")


def test_status_and_history_do_not_tell_it(lab: Running) -> None:
    for page in ("status", "history", "routes"):
        assert KEY not in str(lab.page(page))
    shown = dxlab("status", "--json")
    assert lab.places.name in shown.stdout
    assert KEY not in shown.stdout + shown.stderr


def test_a_refused_configuration_does_not_tell_it(lab_bench: Bench) -> None:
    office = Office(key=KEY, families=("ipv4",))
    topology = write_topology(lab_bench.places.state.parent, lab_bench.name, office)
    wrong = Path(topology.parent, "edge.conf")
    wrong.write_text(office.configuration.replace("password ", "password extra "))
    done = dxlab("up", topology, "--port", "0", "--state-dir", lab_bench.places.state)
    assert done.returncode == 1
    assert "edge.conf:" in done.stderr
    assert KEY not in done.stdout + done.stderr


def test_speakers_are_not_root(lab: Running) -> None:
    (vif,) = lab.vifs()
    speakers = processes_in(lab.places.namespace(vif["virtualInterfaceId"]))
    assert len(speakers) == 2
    for pid in speakers:
        assert "0" not in status_of(pid, "Uid")
        assert "0" not in status_of(pid, "Gid")
        assert int(status_of(pid, "CapEff")[0], 16) == 0


@pytest.mark.parametrize("kind", ["CapEff", "CapPrm", "CapBnd", "CapInh"])
def test_the_endpoint_and_what_it_starts_have_no_capability_that_is_not_used(lab: Running, kind: str) -> None:
    kept = sum(1 << capability for capability in Capability)
    for pid in (lab.process.pid, *lab_processes(lab.places)):
        assert int(status_of(pid, kind)[0], 16) & ~kept == 0, pid


def test_nobody_else_can_ask_the_launcher(lab: Running) -> None:
    socket = lab.places.run / "launcher.sock"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert socket.stat().st_uid == 0
