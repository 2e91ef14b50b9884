"""Expectations of a lab that runs: waited for, met, missed, and looked at further than the session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lab.lab import RunningLab
from lab.network.links import End, set_link
from lab.topology import Topology, load
from lab.verify import Check, Judgement, Nobody, Result, checks_of, run, verification
from tests.support.private_labs import none_left
from tests.support.topologies import KEY, Office, write_topology

pytestmark = [pytest.mark.root, pytest.mark.anyio]

NAME = "tlab-expect"
#: Seconds that nothing may take; nothing waits for them to pass.
LONG = "30s"


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    with none_left(NAME):
        yield


def topology(directory: Path, expect: str, office: Office | None = None, more: str = "") -> Topology:
    path = write_topology(directory, NAME, office or Office())
    path.write_text(path.read_text() + expect)
    config = directory / "edge.conf"
    config.write_text(config.read_text() + more)
    return load(path)


async def results_of(made: Topology, running: RunningLab) -> dict[str, Result]:
    """By peer and key; of several with the same, the last."""
    results = await run(running, checks_of(made, running.cloud.virtual_interfaces()))
    return {f"{result.check.subject.peer.family} {result.check.key}": result for result in results}


def said(results: dict[str, Result]) -> dict[str, tuple[bool, str]]:
    return {key: (result.is_met, result.judgement.words) for key, result in results.items()}


#: Beside what an office has by itself: something behind the router, and a policy for what it announces.
POLICY = """\
interface lo
 ip address 172.16.0.1/32
 ipv6 address 2001:db8:ace::1/128
exit
route-map TO-AWS permit 10
 set community 7224:7300
 set metric 50
 set as-path prepend 65001 65001
exit
router bgp 65001
 address-family ipv4 unicast
  neighbor ${office-private.ipv4.amazonAddress.ip} route-map TO-AWS out
 exit-address-family
exit
"""


async def test_everything_that_can_be_expected_is_met(tmp_path: Path) -> None:
    expect = f"""\
expect:
  office-private:
    within: {LONG}
    stays: 100ms
    accepted-only: [172.16.0.0/16, "2001:db8:ace::/48"]
    not-accepted: [0.0.0.0/0]
    advertised: [10.10.0.0/16, "2001:db8:10::/56"]
    customer-router-config: applied
    reachable: [{{from: aws, to: 172.16.0.1}}, {{from: aws, to: "2001:db8:ace::1"}}]
  office-private.ipv4:
    communities: {{172.16.0.0/16: ["7224:7300"]}}
    as-path: {{172.16.0.0/16: [65001, 65001, 65001]}}
    med: 50
"""
    made = topology(tmp_path, expect, more=POLICY)
    async with verification(made) as running:
        results = said(await results_of(made, running))
    assert {key: words for key, (is_met, words) in results.items() if not is_met} == {}
    assert results["ipv6 reachable"][1] == "2001:db8:ace::1 answers, with VLAN 101 both ways"
    assert len(results) == 14


async def test_what_is_not_met_is_told_in_time(tmp_path: Path) -> None:
    expect = """\
expect:
  office-private.ipv4:
    within: 4s
    accepted-only: [172.16.0.0/12]
    advertised: [10.99.0.0/16]
    communities: {172.16.0.0/16: ["7224:7100"]}
    reachable: [{from: aws, to: 198.51.100.1}, {from: aws, to: 172.16.0.9}]
"""
    made = topology(tmp_path, expect)
    async with verification(made) as running:
        checks = checks_of(made, running.cloud.virtual_interfaces())
        results = [result for result in await run(running, checks) if not result.is_met]
    assert [(result.check.key, result.judgement.words) for result in results] == [
        ("accepted-only", "not accepted: 172.16.0.0/12; accepted too: 172.16.0.0/16"),
        ("advertised", "AWS does not send 10.99.0.0/16; it sends 10.10.0.0/16"),
        ("communities", "172.16.0.0/16 comes without 7224:7100; its communities: none"),
        ("reachable", "no accepted route covers 198.51.100.1; accepted: 172.16.0.0/16"),
        ("reachable", "no answer from 172.16.0.9; the request left AWS's port with VLAN 101"),
    ]
    assert all(result.evidence and KEY not in repr(result.evidence) for result in results)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("router bgp 65001", "router bgp 65009", "bgp_asn is 65001, but the router says 65009"),
        ("remote-as ${office-private.amazonSideAsn}", "remote-as 7224",
         "amazon_bgp_asn is 64512, but the router has 7224"),
        ("interface eth1.101", "interface eth1.102", "vlan is 101, but the router has {customer} on VLAN 102"),
        ("address ${office-private.ipv4.customerAddress}", "address 192.0.2.2/30",
         "customer_address is {customer}, but the router's addresses there are 192.0.2.2/30"),
        ("neighbor ${office-private.ipv4.amazonAddress.ip}", "neighbor 192.0.2.9",
         "amazon_address is {amazon}, but the router has no such neighbour"),
        ("${office-private.ipv4.authKey}", "another", "bgp_auth_key is not the key that the router signs with"),
    ],
)  # fmt: skip
async def test_a_router_that_runs_something_else(tmp_path: Path, right: str, wrong: str, words: str) -> None:
    expect = "expect: {office-private: {within: 1s, bgpStatus: down, stays: 10ms, customer-router-config: applied}}\n"
    made = topology(tmp_path, expect, Office(families=("ipv4",)))
    replace_in(tmp_path / "edge.conf", right, wrong)
    # The topology has a word to say on the sub-interface too.
    replace_in(made.path, *(f"{each.removeprefix('interface ')}:" for each in (right, wrong)))
    made = load(made.path)
    async with verification(made) as running:
        (vif,) = running.cloud.virtual_interfaces()
        results = await results_of(made, running)
    ends = {"customer": vif.peers[0].customer_address, "amazon": vif.peers[0].amazon_address}
    assert words.format(**ends) in results["ipv4 customer-router-config"].judgement.words


def replace_in(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


class Watcher(Nobody):
    """Pulls a cable as soon as a session is up."""

    def __init__(self, running: RunningLab, end: End) -> None:
        self._running = running
        self._end = end
        self.begun_with: list[str] = []

    def begun(self, checks: Sequence[Check]) -> None:
        self.begun_with = [check.key for check in checks]

    def judged(self, check: Check, judgement: Judgement, seconds: float) -> None:
        if judgement.words.endswith("to stay so"):
            asyncio.get_running_loop().run_in_executor(None, lambda: set_link(self._end, up=False))


async def test_a_flap_of_a_session_that_has_to_stay(tmp_path: Path) -> None:
    expect = "expect: {office-private.ipv4: {stays: 60s}}\n"
    made = topology(tmp_path, expect, Office(families=("ipv4",)))
    async with verification(made) as running:
        (vif,) = running.cloud.virtual_interfaces()
        watcher = Watcher(running, End(running.places.namespace("dx"), vif.connection_id))
        (result,) = await run(running, checks_of(made, [vif]), watcher)
    assert watcher.begun_with == ["bgpStatus"]
    assert result.judgement.words == ("it was up and did not stay so; the session is down: carrier lost")


async def test_patience_ends_what_would_take_longer(tmp_path: Path) -> None:
    made = topology(tmp_path, "", Office(silent=True, families=("ipv4",)))
    async with verification(made) as running:
        checks = checks_of(made, running.cloud.virtual_interfaces())
        results = await run(running, checks, patience=0.3)
    assert {result.judgement.outcome.value for result in results} == {"not met"}
    assert all(result.judgement.words.endswith("(no time left)") for result in results)


async def test_a_second_run_does_not_count_what_the_first_saw(tmp_path: Path) -> None:
    """Between the two, the cable is pulled and put back: a flap that nobody asked about."""
    made = topology(tmp_path, "expect: {office-private.ipv4: {stays: 10ms}}\n", Office(families=("ipv4",)))
    async with verification(made) as running:
        vifs = running.cloud.virtual_interfaces()
        checks = checks_of(made, vifs)
        port = End(running.places.namespace("dx"), vifs[0].connection_id)
        (first,) = await run(running, checks)
        for up in (False, True):
            await asyncio.to_thread(set_link, port, up=up)
            await _until_flapped(running)
        (second,) = await run(running, checks)
    assert (first.is_met, second.is_met) == (True, True)


async def _until_flapped(running: RunningLab) -> None:
    heard = running.controller.heard
    async with heard:
        await heard.wait_for(lambda: all(each.flaps for each in running.controller.sessions.values()))
