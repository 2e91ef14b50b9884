"""What Prometheus reads of a lab: by its own parser, of a cloud world alone and of a lab that runs."""

from __future__ import annotations

import asyncio
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from scapy.layers.inet import ICMP

from lab import metrics
from lab.bgp.reasons import Reason, Why
from lab.bgp.session import Session, State
from lab.directconnect.model import BgpStatus
from lab.metrics import Metrics, Rates
from lab.network.namespaces import inside
from lab.network.traffic import Traffic
from lab.places import Places
from tests.directconnect.office import Clock, Office
from tests.support.command import PATIENCE, Bench, Running, eventually
from tests.support.topologies import Office as Topology
from tests.support.topologies import write_topology

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Samples:
    """The samples of an exposition by name and labels; each is there once."""
    found = [
        ((sample.name, frozenset(sample.labels.items())), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
    assert len(dict(found)) == len(found)
    return dict(found)


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


# ===== without a machine =====


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "state", Clock())
    yield made
    made.close()


@pytest.fixture
def measured(office: Office, tmp_path: Path) -> Metrics:
    """Of a cloud world with one VIF, whose session is up, and no interfaces."""
    vif = office.private(office.plug().id)
    peer = office.peer(vif["virtualInterfaceId"])
    office.cloud.observe(peer.id, BgpStatus.UP, reason="Established", at=1.0)
    because = Why(Reason.NOTIFICATION_RECEIVED, "Cease / Peer De-configured")
    sessions = {peer.id: Session(state=State.ESTABLISHED, reported=True)}
    return Metrics(Places.of("tlab-none", tmp_path), office.cloud, sessions, lambda: {("down", because): 3})


async def exposed(metrics: Metrics) -> Samples:
    return read((await metrics.text()).decode())


@pytest.mark.anyio
async def test_the_states_of_sessions_are_all_there(measured: Metrics) -> None:
    samples = await exposed(measured)
    states = {state: samples[key("dxlab_bgp_sessions", state=state)] for state in State}
    assert states == {state: float(state is State.ESTABLISHED) for state in State}


@pytest.mark.anyio
async def test_transitions_are_counted_by_reason(measured: Metrics) -> None:
    labels = {
        "status": "down",
        "reason": "notification-received",
        "notification": "Cease / Peer De-configured",
    }
    assert (await exposed(measured))[key("dxlab_bgp_status_transitions_total", **labels)] == 3


@pytest.mark.anyio
async def test_the_latency_of_operations(measured: Metrics) -> None:
    for seconds in (0.002, 0.2):
        measured.request("DescribeConnections", "success", seconds)
    samples = await exposed(measured)
    labels = {"operation": "DescribeConnections", "result": "success"}
    name = "dxlab_api_request_duration_seconds"
    assert samples[key(f"{name}_count", **labels)] == 2
    assert samples[key(f"{name}_sum", **labels)] == pytest.approx(0.202)
    assert samples[key(f"{name}_bucket", le="0.1", **labels)] == 1


@pytest.mark.anyio
async def test_a_text_serves_for_a_second(measured: Metrics, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await asyncio.gather(measured.text(), measured.text())
    assert first is second
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    assert await measured.text() is not first


@pytest.mark.anyio
async def test_aws_has_its_own_names_for_a_session(measured: Metrics, office: Office) -> None:
    (vif,) = office.cloud.virtual_interfaces()
    labels = {"ConnectionId": vif.connection_id, "VirtualInterfaceId": vif.id, "IpAddressFamily": "ipv4"}
    samples = await exposed(measured)
    assert samples[key("ConnectionState", ConnectionId=vif.connection_id)] == 1
    assert samples[key("VirtualInterfaceBgpStatus", **labels)] == 1
    assert samples[key("VirtualInterfaceBgpPrefixesAccepted", **labels)] == 0
    assert not any(name.startswith("VirtualInterfaceBps") for name, _ in samples), "there is no interface"


@pytest.mark.anyio
async def test_a_connection_without_light_is_down(measured: Metrics, office: Office) -> None:
    (vif,) = office.cloud.virtual_interfaces()
    office.cloud.set_carrier(vif.connection_id, False)
    assert (await exposed(measured))[key("ConnectionState", ConnectionId=vif.connection_id)] == 0


@pytest.mark.anyio
async def test_what_nobody_has_seen_yet_is_not_called_down(measured: Metrics, office: Office) -> None:
    (vif,) = office.cloud.virtual_interfaces()
    office.cloud.observe(vif.peers[0].id, BgpStatus.UNKNOWN, reason="nobody asked", at=2.0)
    assert not any(name == "VirtualInterfaceBgpStatus" for name, _ in await exposed(measured))


def counted(octets: int) -> dict[tuple[str, ...], Traffic]:
    return {("dxcon-fg12ab34",): Traffic(octets, 1, 2 * octets, 2)}


def test_a_rate_is_taken_over_the_last_minute() -> None:
    now = 0.0
    rates = Rates(lambda: now)
    assert list(rates.since(counted(0))) == []
    seen = []
    for now in (1.0, 15.0, 30.0, 90.0, 600.0):
        ((_, _, then, seconds),) = rates.since(counted(int(now)))
        seen.append((seconds, then.ingress_octets))
    assert seen == [(1.0, 0), (15.0, 0), (30.0, 0), (60.0, 30), (510.0, 90)]


def test_an_interface_that_was_made_anew_has_no_rate_at_first() -> None:
    now = 0.0
    rates = Rates(lambda: now)
    list(rates.since(counted(1000)))
    now = 10.0
    assert list(rates.since(counted(10))) == []


# ===== with one =====


@pytest.fixture(scope="module")
def lab(shared_bench: Bench) -> Running:
    running = shared_bench.up(write_topology(shared_bench.places.state.parent, shared_bench.name, Topology()))
    eventually(running.is_up, "every session to be up")
    eventually(lambda: routes(running) == [1, 1], "the router's routes to be accepted")
    return running


def routes(lab: Running) -> list[int]:
    return [len(each["accepted"]) for each in lab.page("routes").values()]


def scraped(lab: Running) -> Samples:
    with urllib.request.urlopen(f"{lab.url}/metrics", timeout=PATIENCE) as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=")
        return read(answer.read().decode())


def echo(namespace: str, address: str, *, times: int, octets: int) -> None:
    """Have an address answer so many ICMP echo requests of this much data, RFC 792."""
    with inside(namespace):
        asking = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    with asking:
        asking.settimeout(PATIENCE)
        for number in range(times):
            asking.sendto(bytes(ICMP(seq=number) / bytes(octets)), (address, 0))
            asking.recv(2 * octets)


@pytest.mark.root
def test_a_lab_that_runs(lab: Running) -> None:
    (vif,) = lab.vifs()
    connection, interface = vif["connectionId"], vif["virtualInterfaceId"]
    samples = scraped(lab)
    assert samples[key("ConnectionState", ConnectionId=connection)] == 1
    assert samples[key("dxlab_bgp_sessions", state="Established")] == 2
    for family in ("ipv4", "ipv6"):
        labels = {
            "ConnectionId": connection,
            "VirtualInterfaceId": interface,
            "IpAddressFamily": family,
        }
        assert samples[key("VirtualInterfaceBgpStatus", **labels)] == 1
        assert samples[key("VirtualInterfaceBgpPrefixesAccepted", **labels)] == 1
        assert samples[key("VirtualInterfaceBgpPrefixesAdvertised", **labels)] == 1
    up = {"status": "up", "reason": "established", "notification": ""}
    assert samples[key("dxlab_bgp_status_transitions_total", **up)] >= 2
    asked = {"operation": "CreatePrivateVirtualInterface", "result": "success"}
    assert samples[key("dxlab_api_request_duration_seconds_count", **asked)] == 1
    assert samples[key("process_resident_memory_bytes")] > 1e7


@pytest.mark.root
def test_traffic_of_the_real_interface_is_counted(lab: Running) -> None:
    (vif,) = lab.vifs()
    labels = {"ConnectionId": vif["connectionId"], "VirtualInterfaceId": vif["virtualInterfaceId"]}
    before = scraped(lab)
    echo(lab.places.namespace("edge"), str(vif["amazonAddress"]).partition("/")[0], times=20, octets=1000)
    time.sleep(metrics.FRESH)  # what is asked for earlier is the same text
    after = scraped(lab)
    for direction in ("ingress", "egress"):
        octets = key("dxlab_virtual_interface_bytes_total", direction=direction, **labels)
        packets = key("dxlab_virtual_interface_packets_total", direction=direction, **labels)
        assert after[octets] - before[octets] >= 20_000
        assert after[packets] - before[packets] >= 20
        rate = after[key(f"VirtualInterfaceBps{direction.title()}", **labels)]
        assert rate > 10_000
        assert after[key(f"ConnectionBps{direction.title()}", ConnectionId=vif["connectionId"])] > 10_000
        assert after[key(f"VirtualInterfacePps{direction.title()}", **labels)] > 1


@pytest.mark.root
def test_no_text_of_a_router_or_customer_is_a_label(lab: Running) -> None:
    values = {value for _, labels in scraped(lab) for _, value in labels}
    assert not values & {"office", "office-private", "edge", lab.places.name}
