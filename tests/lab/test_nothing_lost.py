"""What can be killed, stopped, cut or deleted under a lab that runs, and what becomes of its sessions.

One router, one VIF, both families, and a hold time of 3 s, so that a silence is noticed soon. Each test breaks
something and leaves the lab up; where nothing must be noticed, the router's own count of sessions proves it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from lab.network.links import End, set_link
from lab.network.namespaces import namespace_exists, processes_in
from tests.support.command import PATIENCE, Bench, Running, eventually, launcher, nothing_left
from tests.support.sightings import Sightings
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root

FAMILIES = ("ipv4", "ipv6")
HOLD = 3


@pytest.fixture(scope="module")
def lab(shared_bench: Bench) -> Iterator[Running]:
    """At the end nothing of it is left, whatever was done to it."""
    office = Office(hold=HOLD)
    running = shared_bench.up(write_topology(shared_bench.places.state.parent, shared_bench.name, office))
    yield running
    assert running.end() == 0
    assert nothing_left(running.places)


@pytest.fixture
def customer(lab: Running) -> Iterator[Sightings]:
    """Watches a lab whose sessions are up, and at the end waits until they are so again."""
    eventually(lab.is_up, "every session to be up")
    with Sightings(lab) as watching:
        for family in FAMILIES:
            watching.wait_for(family, "up")
        yield watching
        eventually(lab.is_up, "every session to be up again")


def neighbours(lab: Running) -> Mapping[str, Any]:
    """The router's own account."""
    return dict(json.loads(lab.routers["edge"].execute(["vtysh", "-c", "show bgp neighbors json"]).output))


def established(lab: Running) -> list[int]:
    """How often each session was ever established."""
    return [each["connectionsEstablished"] for each in neighbours(lab).values()]


def heard(lab: Running) -> list[int]:
    """How many keepalives of each session the router has got."""
    return [each["messageStats"]["keepalivesRecv"] for each in neighbours(lab).values()]


def longer_than_hold_time(lab: Running) -> None:
    """Wait until the router has heard enough of both sessions to know that they live; there is one a second."""
    before = heard(lab)
    eventually(
        lambda: all(now > then + HOLD + 1 for now, then in zip(heard(lab), before, strict=True)),
        "keepalives of a hold time",
    )


def vif(lab: Running) -> End:
    (only,) = lab.vifs()
    return End(lab.places.namespace(only["virtualInterfaceId"]), only["virtualInterfaceId"])


def ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


def speaker(lab: Running) -> int:
    return processes_in(vif(lab).namespace)[0]


def bgpd(lab: Running) -> int:
    (pid,) = lab.routers["edge"]._runtime.processes(["bgpd"])
    return pid


# ---- taken away by hand: no session notices -----------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_an_address(lab: Running, customer: Sightings, family: str) -> None:
    before, end = established(lab), vif(lab)
    address = lab.peer(family)["amazonAddress"]
    ip("-n", end.namespace, "address", "delete", address, "dev", end.interface)
    eventually(lambda: address in ip("-n", end.namespace, "address", "show"), "the address to be there again")
    longer_than_hold_time(lab)
    assert established(lab) == before


def test_a_vlan_interface(lab: Running, customer: Sightings) -> None:
    before, end = established(lab), vif(lab)
    ip("-n", end.namespace, "link", "delete", end.interface)
    eventually(lambda: end.interface in ip("-n", end.namespace, "link"), "the interface to be there again")
    longer_than_hold_time(lab)
    assert established(lab) == before


@pytest.mark.parametrize("part", ["dx", "edge", "vif"])
def test_the_name_of_a_namespace(lab: Running, customer: Sightings, part: str) -> None:
    before = established(lab)
    name = vif(lab).namespace if part == "vif" else lab.places.namespace(part)
    ip("netns", "delete", name)
    eventually(lambda: namespace_exists(name), "the name to be there again")
    longer_than_hold_time(lab)
    assert established(lab) == before


def test_an_interface_that_is_set_down_is_up_again_when_the_hold_timer_has_expired(
    lab: Running, customer: Sightings
) -> None:
    end = vif(lab)
    ip("-n", end.namespace, "link", "set", end.interface, "down")
    eventually(
        lambda: "UP" in ip("-n", end.namespace, "link", "show", end.interface), "the interface to be up"
    )


# ---- stopped: no session notices ----------------------------------------------------------------------------------


def test_a_speaker_that_is_stopped_goes_on(lab: Running, customer: Sightings) -> None:
    before = established(lab)
    os.kill(speaker(lab), signal.SIGSTOP)
    longer_than_hold_time(lab)
    assert established(lab) == before


def test_a_launcher_that_is_stopped_goes_on(lab: Running, customer: Sightings) -> None:
    """Until it does, nobody hears of what becomes of the sessions."""
    before = changes(lab)
    os.kill(launcher(lab.places), signal.SIGSTOP)
    reset_sessions(lab)
    eventually(
        lambda: changes(lab) == [count + 2 for count in before], "each session's end and new beginning"
    )


def test_an_endpoint_that_is_stopped_knows_afterwards_what_happened(
    lab: Running, customer: Sightings
) -> None:
    before = changes(lab)
    lab.process.send_signal(signal.SIGSTOP)
    reset_sessions(lab)
    lab.process.send_signal(signal.SIGCONT)
    eventually(
        lambda: changes(lab) == [count + 2 for count in before], "each session's end and new beginning"
    )


def reset_sessions(lab: Running) -> None:
    """Returns when each is established once more."""
    before = established(lab)
    assert lab.routers["edge"].execute(["vtysh", "-c", "clear bgp *"]).status == 0
    eventually(lambda: established(lab) == [count + 1 for count in before], "the sessions to be back, once")


def changes(lab: Running) -> list[int]:
    """How often the status of each session changed so far."""
    return [len(lab.history(peer["bgpPeerId"])) for peer in lab.peers()]


# ---- killed, silent, cut: seen, and back --------------------------------------------------------------------------


def test_a_router_that_is_stopped_for_longer_than_hold_time(lab: Running, customer: Sightings) -> None:
    pid = bgpd(lab)
    os.kill(pid, signal.SIGSTOP)
    try:
        for family in FAMILIES:
            customer.wait_for(family, "down")
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_router_that_is_killed(lab: Running, customer: Sightings) -> None:
    lab.routers["edge"].kill()
    for family in FAMILIES:
        customer.wait_for(family, "down")
    lab.routers["edge"].restart()


def test_a_speaker_that_is_killed(lab: Running, customer: Sightings) -> None:
    before = established(lab)
    os.kill(speaker(lab), signal.SIGKILL)
    eventually(
        lambda: sum(established(lab)) == sum(before) + 1, "its session to be back, and no other to have gone"
    )


@pytest.mark.timeout(3 * PATIENCE)
def test_a_cable_that_is_flapped_a_hundred_times(lab: Running, customer: Sightings) -> None:
    port = End(lab.places.namespace("dx"), lab.connection()["connectionId"])
    for _ in range(100):
        set_link(port, up=False)
        set_link(port, up=True)
    eventually(lab.is_up, "every session to be up again")
    longer_than_hold_time(lab)
    assert lab.connection()["connectionState"] == "available"
