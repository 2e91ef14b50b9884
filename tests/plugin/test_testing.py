"""A lab for ordinary Python."""

from __future__ import annotations

import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lab import testing
from lab.errors import LabError, RouterError, UsageError
from lab.lab import RunningLab
from lab.testing import LabUnderTest
from lab.topology import Topology, load
from lab.verify import private_name, verification
from tests.plugin.project import NAME
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_topology(tmp_path_factory.mktemp("testing"), NAME, Office())


@pytest.fixture(scope="module")
def lab(path: Path) -> Iterator[LabUnderTest]:
    with LabUnderTest(path) as up:
        up.wait_for("office-private")
        yield up


def test_what_it_expects_itself(lab: LabUnderTest) -> None:
    lab.verify()
    assert {check.key for check in lab.checks()} == {"bgpStatus", "accepted"}


def test_a_topology_that_was_loaded_already(path: Path) -> None:
    with LabUnderTest(load(path)) as other:
        assert other.topology.name == NAME


def test_a_peer_of_two(lab: LabUnderTest) -> None:
    with pytest.raises(UsageError) as refusal:
        lab.peer("office-private")
    assert str(refusal.value) == (
        "'office-private' has 2 BGP peers; say which: office-private.ipv4 or office-private.ipv6"
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"acepted": ["10.0.0.0/8"]}, "expect: acepted: Extra inputs are not permitted"),
        ({"bgp_status": "sideways"}, "expect: bgp_status: Input should be 'up' or 'down'"),
        ({"accepted": ["10.0.0.0/33"]}, "expect: accepted.0."),
    ],
)
def test_an_expectation_that_is_none(lab: LabUnderTest, said: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError) as refusal:
        lab.expect("office-private", **said)
    assert str(refusal.value).startswith(words)


@pytest.mark.parametrize("verb", ["peer", "accepted", "advertised", "wait_for"])
def test_a_peer_that_is_not_there(lab: LabUnderTest, verb: str) -> None:
    with pytest.raises(UsageError, match=r"^there is no virtual interface 'branch'; known: office-private$"):
        getattr(lab, verb)("branch")


def test_a_router_and_a_connection_that_are_not_there(lab: LabUnderTest) -> None:
    with pytest.raises(
        UsageError, match="the topology has no router 'egde'; known: edge; did you mean 'edge'"
    ):
        lab.router("egde")
    with pytest.raises(UsageError, match="0 connections are named 'branch'; known: office"):
        lab.unplug("branch")


def test_a_command_that_fails(lab: LabUnderTest) -> None:
    with pytest.raises(RouterError, match=r"'ls /absent' failed in edge: .*No such file"):
        lab.router("edge").run("ls", "/absent")


def test_a_configuration_that_is_refused(lab: LabUnderTest) -> None:
    with pytest.raises(RouterError, match="router 'edge' refuses the configuration"):
        lab.router("edge").reconfigure("router bgp 65001\n bgp rooter-id 192.0.2.1\n")


def test_references_in_a_configuration(lab: LabUnderTest) -> None:
    lab.router("edge").reconfigure(
        "router bgp 65001\n neighbor ${office-private.ipv4.amazonAddress.ip} description ${office-private.vlan}\n"
    )
    assert "description 101" in lab.router("edge").run("vtysh", "-c", "show running-config")


def test_routes_of_other_protocols(lab: LabUnderTest) -> None:
    edge = lab.router("edge")
    connected = edge.routes("connected")
    assert {each.protocol for each in connected.values()} == {"connected"}
    assert connected.keys() | edge.routes().keys() <= edge.routes(None).keys()


def test_a_lab_that_is_down(path: Path) -> None:
    with LabUnderTest(path) as over:
        pass
    with pytest.raises(LabError, match=r"^the lab is not up$"):
        over.accepted("office-private.ipv4")
    assert name_is_free(over.name)


def name_is_free(name: str) -> bool:
    return not Path("/run/dxlab", name).exists()


def test_an_exception_in_the_block_takes_it_down(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), LabUnderTest(path) as failed:
        1 / 0  # noqa: B018 -- any failure of a test's own
    assert name_is_free(failed.name)


def test_a_lab_that_cannot_be(path: Path) -> None:
    with pytest.raises(LabError), LabUnderTest(path.with_name("absent.yml")):
        pass


def test_interrupted_on_its_way_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while nobody has the lab yet: it is taken down, and the interruption goes on."""
    names = []

    @asynccontextmanager
    async def interrupted(topology: Topology) -> AsyncIterator[RunningLab]:
        names.append(private_name(topology.name))
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        async with verification(topology, name=names[0]) as running:
            yield running

    monkeypatch.setattr(testing, "verification", interrupted)
    # A shell has what it starts in the background ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), LabUnderTest(path):
            signal.pause()
    finally:
        signal.signal(signal.SIGINT, before)
    assert name_is_free(names[0])
