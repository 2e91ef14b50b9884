"""What a customer sees of sessions that come and go, how soon, and that he sees nothing that did not happen.

One router, one VIF, both families. Each test disturbs the lab in one way, and leaves it up.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from lab.network.links import End, set_link
from lab.network.namespaces import processes_in
from tests.support.command import Bench, Running, eventually
from tests.support.sightings import Sighting, Sightings
from tests.support.topologies import ADVERTISED, ANNOUNCED, Office, write_topology

pytestmark = pytest.mark.root

FAMILIES = ("ipv4", "ipv6")
#: Seconds in which a customer must see that a session is up, or is down.
SEEN_UP, SEEN_DOWN = 0.1, 1.0


@pytest.fixture(scope="module")
def lab(shared_bench: Bench) -> Running:
    return shared_bench.up(write_topology(shared_bench.places.state.parent, shared_bench.name, Office()))


@pytest.fixture
def customer(lab: Running) -> Iterator[Sightings]:
    """Watches a lab whose sessions are up."""
    eventually(lab.is_up, "every session to be up")
    with Sightings(lab) as watching:
        for family in FAMILIES:
            watching.wait_for(family, "up")
        yield watching


def bgpd(lab: Running) -> int:
    (pid,) = lab.routers["edge"]._runtime.processes(["bgpd"])
    return pid


def vtysh(lab: Running, *commands: str) -> str:
    words = [word for command in commands for word in ("-c", command)]
    done = lab.routers["edge"].execute(["vtysh", *words])
    assert done.status == 0, done.output
    return done.output


def neighbour(lab: Running, family: str) -> str:
    return str(lab.peer(family)["amazonAddress"]).partition("/")[0]


def changes(lab: Running, family: str, since: float) -> list[str]:
    """What the lab's own history has of bgpStatus after that time."""
    return [status for at, status in lab.history(lab.peer(family)["bgpPeerId"]) if at >= since]


def became_up(lab: Running, sighting: Sighting) -> float:
    """When the session that a customer saw up was Established."""
    entries = lab.page("history")[lab.peer(sighting.family)["bgpPeerId"]]
    return max(
        float(entry["at"])
        for entry in entries
        if entry["kind"] == "established" and entry["at"] <= sighting.at
    )


def assert_down_and_up(lab: Running, customer: Sightings, since: float, seconds: float = SEEN_DOWN) -> None:
    """Both sessions were seen down in time, then up as soon as they were, and nothing else happened."""
    for family in FAMILIES:
        down = customer.wait_for(family, "down", since=since)
        assert down.at - since < seconds
        up = customer.wait_for(family, "up", since=down.at)
        assert up.at - became_up(lab, up) < SEEN_UP
        assert changes(lab, family, since) == ["down", "up"]
        assert customer.statuses(family, since=since) == ["down", "up"]


def test_routes_go_both_ways(lab: Running, customer: Sightings) -> None:
    eventually(lambda: all(page["accepted"] for page in lab.page("routes").values()), "the router's routes")
    for family in FAMILIES:
        page = lab.page("routes")[lab.peer(family)["bgpPeerId"]]
        assert [route["prefix"] for route in page["accepted"]] == [ANNOUNCED[family]]
        assert page["advertised"] == [ADVERTISED[family]]
    eventually(lambda: learnt(lab) == set(ADVERTISED.values()), "AWS's routes in the router")


def learnt(lab: Running) -> set[str]:
    return {str(route.prefix) for route in lab.routers["edge"].routes() if route.protocol == "bgp"}


def test_a_notification(lab: Running, customer: Sightings) -> None:
    since = time.time()
    vtysh(lab, "clear bgp *")
    assert_down_and_up(lab, customer, since)


def test_one_neighbour_shut_down(lab: Running, customer: Sightings) -> None:
    since = time.time()
    address = neighbour(lab, "ipv6")
    lab.routers["edge"].reconfigure(f"router bgp 65001\n neighbor {address} shutdown message moving out\n")
    assert customer.wait_for("ipv6", "down", since=since).at - since < SEEN_DOWN
    (vif,) = lab.page("status")["connections"][0]["virtualInterfaces"]
    reason = next(peer["reason"] for peer in vif["bgpPeers"] if peer["addressFamily"] == "ipv6")
    assert reason == 'NOTIFICATION received: Cease / Administrative Shutdown (6/2): "moving out"'
    lab.routers["edge"].reconfigure(f"router bgp 65001\n no neighbor {address} shutdown\n")
    customer.wait_for("ipv6", "up", since=since)
    assert changes(lab, "ipv6", since) == ["down", "up"]
    assert changes(lab, "ipv4", since) == []


def test_a_daemon_that_is_killed(lab: Running, customer: Sightings) -> None:
    since = time.time()
    os.kill(bgpd(lab), signal.SIGKILL)
    for family in FAMILIES:
        assert customer.wait_for(family, "down", since=since).at - since < SEEN_DOWN
    lab.routers["edge"].restart()
    assert_down_and_up(lab, customer, since)


def test_a_cable_that_is_unplugged(lab: Running, customer: Sightings) -> None:
    cable = End(lab.places.namespace("dx"), lab.connection()["connectionId"])
    since = time.time()
    set_link(cable, up=False)
    for family in FAMILIES:
        assert customer.wait_for(family, "down", since=since).at - since < SEEN_DOWN
    assert lab.connection()["connectionState"] == "down"
    assert [vif["virtualInterfaceState"] for vif in lab.vifs()] == ["down"]
    set_link(cable, up=True)
    assert_down_and_up(lab, customer, since)
    assert lab.connection()["connectionState"] == "available"
    assert [vif["virtualInterfaceState"] for vif in lab.vifs()] == ["available"]


def test_a_router_that_falls_silent(lab: Running, customer: Sightings) -> None:
    """Only the session with the short hold time ends; the other one's has long to go."""
    hold = 3
    address = neighbour(lab, "ipv4")
    lab.routers["edge"].reconfigure(f"router bgp 65001\n neighbor {address} timers 1 {hold}\n")
    begun = time.time()
    vtysh(lab, f"clear bgp {address}")
    down = customer.wait_for("ipv4", "down", since=begun)
    customer.wait_for("ipv4", "up", since=down.at)
    since = time.time()
    pid = bgpd(lab)
    os.kill(pid, signal.SIGSTOP)
    try:
        silent = customer.wait_for("ipv4", "down", since=since).at - since
    finally:
        os.kill(pid, signal.SIGCONT)
    # The last message came up to one keepalive interval before the silence.
    assert hold - 1 - 0.1 <= silent < hold + SEEN_DOWN
    customer.wait_for("ipv4", "up", since=since + silent)
    assert changes(lab, "ipv4", since) == ["down", "up"]
    assert changes(lab, "ipv6", begun) == []


def test_a_speaker_that_is_killed(lab: Running, customer: Sightings) -> None:
    """Its session is down with it, and another speaker brings it back; the other peer notices nothing."""
    peer_id = lab.peer("ipv4")["bgpPeerId"]
    since = time.time()
    os.kill(speaker(lab, peer_id), signal.SIGKILL)
    down = customer.wait_for("ipv4", "down", since=since)
    assert down.at - since < SEEN_DOWN
    customer.wait_for("ipv4", "up", since=down.at)
    assert changes(lab, "ipv4", since) == ["down", "up"]
    assert changes(lab, "ipv6", since) == []


def speaker(lab: Running, peer_id: str) -> int:
    """The process that speaks for a peer, as the timeline has it."""
    details = [entry["detail"] for entry in lab.page("history")[peer_id] if entry["kind"] == "speaker"]
    pid = int(details[-1].split()[1])
    (vif,) = lab.vifs()
    assert pid in processes_in(lab.places.namespace(vif["virtualInterfaceId"]))
    return pid
