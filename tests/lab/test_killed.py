"""Processes that are killed, and labs that are brought up over what an earlier one left."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from contextlib import suppress

import pytest

from lab.network.namespaces import namespaces
from tests.support.command import Bench, Running, dxlab, eventually, lab_processes, nothing_left
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root

#: Seconds after it came back in which an endpoint must know where every session stands.
ADOPTION = 2.0


def sessions(lab: Running) -> dict[str, tuple[str, int]]:
    """The router's own account: each session's state, and how often it was ever established."""
    done = lab.routers["edge"].execute(["vtysh", "-c", "show bgp neighbors json"])
    neighbours = json.loads(done.output)
    return {
        address: (each["bgpState"], each["connectionsEstablished"]) for address, each in neighbours.items()
    }


def brought_up(bench: Bench) -> Running:
    """A lab of one office, whose sessions are up."""
    lab = bench.up(write_topology(bench.places.state.parent, bench.name, Office()))
    eventually(lab.is_up, "every session to be up")
    return lab


def again(bench: Bench, lab: Running) -> Running:
    """`dxlab up` once more."""
    assert lab.topology is not None
    return bench.up(lab.topology)


def test_kill_9_of_the_endpoint_ends_no_session(lab_bench: Bench) -> None:
    lab = brought_up(lab_bench)
    before, vifs = sessions(lab), lab.vifs()
    assert set(before.values()) == {("Established", 1)}
    history = {peer["bgpPeerId"]: lab.history(peer["bgpPeerId"]) for peer in lab.peers()}
    lab.kill()
    assert sessions(lab) == before
    adopted = again(lab_bench, lab)
    eventually(adopted.is_up, "the sessions to be known", ADOPTION)
    assert sessions(adopted) == before
    assert adopted.vifs() == vifs
    assert {peer_id: adopted.history(peer_id) for peer_id in history} == history
    assert adopted.end() == 0
    assert nothing_left(lab_bench.places)


def test_what_happened_while_no_endpoint_lived(lab_bench: Bench) -> None:
    """One session ended, the other went on; both are known when an endpoint is back, and since when."""
    lab = brought_up(lab_bench)
    addresses = {peer["addressFamily"]: peer["amazonAddress"].partition("/")[0] for peer in lab.peers()}
    lab.kill()
    ended = time.time()
    lab.routers["edge"].reconfigure(f"router bgp 65001\n neighbor {addresses['ipv4']} shutdown\n")
    adopted = again(lab_bench, lab)
    eventually(lambda: "unknown" not in adopted.statuses(), "both sessions to be known", ADOPTION)
    assert adopted.peer("ipv4")["bgpStatus"] == "down"
    assert adopted.peer("ipv6")["bgpStatus"] == "up"
    at, status = adopted.history(adopted.peer("ipv4")["bgpPeerId"])[-1]
    assert status == "down"
    assert ended <= at < ended + 1


def test_kill_9_of_everything_then_up(lab_bench: Bench) -> None:
    """Namespaces and cables stand, nobody lives in them: the next lab makes use of what is there."""
    lab = brought_up(lab_bench)
    vifs = lab.vifs()
    kill_everything(lab)
    raised = again(lab_bench, lab)
    eventually(raised.is_up, "every session to be up again")
    assert [vif["virtualInterfaceId"] for vif in raised.vifs()] == [vif["virtualInterfaceId"] for vif in vifs]


def test_kill_9_of_everything_then_down(lab_bench: Bench) -> None:
    lab = brought_up(lab_bench)
    kill_everything(lab)
    assert namespaces(lab.places.namespace_prefix)
    done = dxlab("down", lab_bench.name)
    assert done.returncode == 0
    assert nothing_left(lab_bench.places)
    assert lab_bench.places.state.exists(), "the state directory is the user's own"


def kill_everything(lab: Running) -> None:
    """Endpoint, launcher, speakers and daemons."""
    lab.kill()
    for pid in lab_processes(lab.places):
        with suppress(ProcessLookupError):  # speakers die with their launcher
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: not lab_processes(lab.places), "every process to be gone")


def test_a_start_that_is_refused_harms_nothing_that_stands(lab_bench: Bench) -> None:
    """The port is another's; what the killed endpoint left is still there for the next one to adopt."""
    lab = brought_up(lab_bench)
    before = sessions(lab)
    lab.kill()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert lab.topology is not None
        refused = dxlab("up", lab.topology, "--state-dir", lab_bench.places.state, "--port", port)
    assert refused.returncode == 2
    assert sessions(lab) == before
    assert dxlab("down", lab_bench.name).stderr.endswith(f"are kept in {lab_bench.places.state}\n")
    assert nothing_left(lab_bench.places)


def test_down_takes_a_living_lab(lab_bench: Bench) -> None:
    lab = brought_up(lab_bench)
    assert dxlab("down", lab_bench.name).returncode == 0
    assert lab.process.wait() == 0
    assert nothing_left(lab_bench.places)


def test_everything_is_back_over_the_same_state(lab_bench: Bench) -> None:
    """First without routers (`serve`), then with them: same ids, same addresses, same keys."""
    lab = brought_up(lab_bench)
    connection, vifs = lab.connection(), lab.vifs()
    assert lab.end() == 0
    assert nothing_left(lab_bench.places)

    served = lab_bench.serve()
    eventually(lambda: set(served.statuses()) == {"down"}, "the sessions to be down, for want of a router")
    assert served.connection() == {**connection, "connectionState": "down"}
    assert [identity(vif) for vif in served.vifs()] == [identity(vif) for vif in vifs]
    assert served.end() == 0

    raised = again(lab_bench, lab)
    eventually(raised.is_up, "every session to be up again")
    assert raised.connection() == connection
    assert raised.vifs() == vifs


def identity(vif: dict[str, object]) -> dict[str, object]:
    """A VIF without what is observed of it."""
    peers = vif["bgpPeers"]
    assert isinstance(peers, list)
    settled = [{**peer, "bgpStatus": "?"} for peer in peers]
    return {**vif, "virtualInterfaceState": "?", "bgpPeers": settled}
