"""`dxlab status --watch`: what is told when, without a machine, and of a lab whose cable is pulled."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lab.cli.watching import Changes, Watched
from tests.support.command import PATIENCE, Bench, Running, dxlab, eventually
from tests.support.lab import DXLAB
from tests.support.topologies import Office, write_topology

PEER = "dxpeer-fg1234ab"


def office(status: str = "up", reason: str = "Established", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A lab's document with one peer."""
    peer = {
        "bgpPeerId": PEER,
        "bgpPeerState": "available",
        "bgpStatus": status,
        "reason": reason,
        "customerAddress": "169.254.10.2/30",
        "cause": None,
    }
    vif = {
        "virtualInterfaceId": "dxvif-fg1234ab",
        "virtualInterfaceName": "office-private",
        "virtualInterfaceState": "available",
        "bgpPeers": [peer],
    }
    connection = {
        "connectionId": "dxcon-fg1234ab",
        "connectionName": "office",
        "connectionState": "available",
        "virtualInterfaces": [vif],
    }
    head = {"lab": "office", "answers": True, "endpoint": "http://127.0.0.1:1", "unstored": None}
    return {**head, "connections": [connection], **more}


def cause(watched: Watched) -> str | None:
    (lab,) = watched.labs
    found: str | None = lab["connections"][0]["virtualInterfaces"][0]["bgpPeers"][0]["cause"]
    return found


def test_a_cause_stays_while_the_reason_does() -> None:
    watched = Watched()
    watched.told("office", office("down", "hold timer expired"))
    watched.explained("office", {"causes": {PEER: "mtu-blackhole"}})
    watched.told("office", office("down", "hold timer expired"))
    assert cause(watched) == "mtu-blackhole"
    watched.told("office", office("down", "carrier lost"))
    assert cause(watched) is None


def test_a_session_that_is_up_has_no_cause() -> None:
    watched = Watched()
    watched.told("office", office("down", "hold timer expired"))
    watched.told("office", office())
    watched.explained("office", {"causes": {PEER: "mtu-blackhole"}})
    assert cause(watched) is None


def test_a_lab_that_is_gone_is_watched_no_more() -> None:
    watched = Watched()
    watched.told("office", office())
    assert watched.knows({"office"})
    watched.gone("office")
    assert watched.labs == []
    watched.explained("office", {"causes": {}})


def test_a_line_for_each_change_and_none_for_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    changes = Changes()
    changes.show([office()])
    assert len(capsys.readouterr().out.splitlines()) == 4
    changes.show([office()])
    assert capsys.readouterr().out == ""
    changes.show([office("down", "carrier lost")])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.partition(" ")[2] == f"office office-private {PEER} 169.254.10.2/30 down: carrier lost"
    changes.show([])
    assert all(line.endswith(" is gone") for line in capsys.readouterr().out.splitlines())


def test_what_a_lab_cannot_store_is_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    changes = Changes()
    changes.show([office()])
    capsys.readouterr()
    changes.show([office(unstored="the state cannot be written")])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.partition(" ")[2] == "office: the state cannot be written"


# ===== a lab that runs =====


@pytest.fixture
def running(lab_bench: Bench) -> Running:
    topology = write_topology(lab_bench.places.state.parent, lab_bench.name, Office(families=("ipv4",)))
    lab = lab_bench.up(topology)
    eventually(lab.is_up, "every session to be up")
    return lab


@contextmanager
def watching(*options: str) -> Iterator[subprocess.Popen[str]]:
    """`dxlab status --watch` in a pipe."""
    words = (*DXLAB, "status", "--watch", *options)
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def lines_until(process: subprocess.Popen[str], text: str) -> list[str]:
    """What is written up to the first line that has the text."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if text in line:
            return lines
    raise AssertionError(f"{text!r} was never written: {lines}")


@pytest.mark.root
def test_a_cable_is_pulled_and_put_back(running: Running) -> None:
    peer, name = running.peer("ipv4")["bgpPeerId"], running.places.name
    about = f"{name} office-private {peer}"
    with watching() as process:
        lines_until(process, "up: Established")
        assert dxlab("unplug", "office", "--lab", name).returncode == 0
        seen = lines_until(process, "[cable-down]")
        assert any(f"{about} " in line and "down: carrier lost" in line for line in seen)
        assert any(line.endswith(" down") and " office dxcon-" in line for line in seen)
        assert dxlab("plug", "office", "--lab", name).returncode == 0
        lines_until(process, "up: Established")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.root
def test_programs_read_a_document_for_each_change(running: Running) -> None:
    with watching("--json", "--no-why") as process:
        first = json.loads(lines_until(process, running.places.name)[-1])
        assert running.places.name in [lab["lab"] for lab in first["labs"]]
        running.routers["edge"].stop()
        last = json.loads(lines_until(process, '"bgpStatus": "down"')[-1])
        (mine,) = (lab for lab in last["labs"] if lab["lab"] == running.places.name)
        (peer,) = mine["connections"][0]["virtualInterfaces"][0]["bgpPeers"]
        assert (peer["bgpStatus"], peer["cause"]) == ("down", None)


@pytest.mark.root
def test_an_endpoint_that_is_killed_is_seen(running: Running) -> None:
    with watching() as process:
        lines_until(process, "up: Established")
        running.kill()
        lines_until(process, f"{running.places.name}: its endpoint was killed")
