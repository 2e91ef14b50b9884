"""AWS accepts 100 prefixes per family on a private VIF; with one more the session ends, and stays down.

https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html
"""

from __future__ import annotations

import time

import pytest

from tests.support.command import Bench, Running, eventually
from tests.support.sightings import Sightings
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root

LIMIT = 100


def announce(lab: Running, number: int, *, no: bool = False) -> None:
    """Have the router announce (or withdraw) this many prefixes."""
    networks = [f"  {'no ' if no else ''}network 10.99.{index}.0/24" for index in range(number)]
    lines = ["router bgp 65001", " address-family ipv4 unicast", *networks]
    lab.routers["edge"].reconfigure("\n".join(lines) + "\n")


def vtysh(lab: Running, command: str) -> str:
    done = lab.routers["edge"].execute(["vtysh", "-c", command])
    assert done.status == 0, done.output
    return done.output


def established(lab: Running) -> int:
    """How often the session was Established, on probation or not."""
    entries = lab.page("history")[lab.peer("ipv4")["bgpPeerId"]]
    return sum(entry["kind"] == "established" for entry in entries)


def accepted(lab: Running) -> int:
    (page,) = lab.page("routes").values()
    return len(page["accepted"])


def test_one_prefix_too_many(lab_bench: Bench) -> None:
    office = Office(families=("ipv4",))
    lab = lab_bench.up(write_topology(lab_bench.places.state.parent, lab_bench.name, office))
    eventually(lab.is_up, "the session to be up")
    eventually(lambda: accepted(lab) == 1, "the office's own prefix")
    with Sightings(lab) as customer:
        customer.wait_for("ipv4", "up")
        exactly_the_limit(lab)
        since = time.time()
        one_more(lab, customer, since)
        within_the_limit_again(lab, customer)
        assert customer.statuses("ipv4", since=since) == ["down", "up"]


def exactly_the_limit(lab: Running) -> None:
    announce(lab, LIMIT - 1)
    eventually(lambda: accepted(lab) == LIMIT, "all prefixes to be accepted")
    assert lab.is_up()


def one_more(lab: Running, customer: Sightings, since: float) -> None:
    """The router dials again and again, and is told the same each time."""
    sessions = established(lab)
    announce(lab, LIMIT)
    customer.wait_for("ipv4", "down", since=since)
    eventually(lambda: established(lab) > sessions, "the router to start another session")
    (vif,) = lab.page("status")["connections"][0]["virtualInterfaces"]
    (peer,) = vif["bgpPeers"]
    assert f"{LIMIT + 1} prefixes received, the limit is {LIMIT}" in peer["reason"]
    assert "Cease / Maximum Number of Prefixes Reached (6/1)" in peer["reason"]
    told = "Notification received (Cease/Maximum Number of Prefixes Reached)"
    eventually(lambda: told in vtysh(lab, "show bgp neighbors"), "the router to be told why")
    assert lab.vifs()[0]["virtualInterfaceState"] == "down"


def within_the_limit_again(lab: Running, customer: Sightings) -> None:
    withdrawn = time.time()
    announce(lab, LIMIT, no=True)
    vtysh(lab, "clear bgp *")
    customer.wait_for("ipv4", "up", since=withdrawn)
    eventually(lambda: accepted(lab) == 1, "the office's own prefix again")
