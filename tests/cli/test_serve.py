"""`dxlab serve`: the endpoint alone."""

from __future__ import annotations

import json
import signal
import urllib.request
from ipaddress import ip_interface, ip_network
from pathlib import Path

import pytest

from lab.places import Places, record_of
from tests.cli.words import sentence
from tests.support.command import PATIENCE, Bench, dxlab, eventually, nothing_left
from tests.support.topologies import VGW

pytestmark = pytest.mark.root


def test_it_serves_until_it_is_told_to_end(lab_bench: Bench) -> None:
    served = lab_bench.serve()
    with urllib.request.urlopen(f"{served.url}/health", timeout=PATIENCE) as answer:
        assert answer.status == 200
        assert isinstance(json.load(answer), dict)
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(PATIENCE) == 0
    assert served.process.stdout is not None
    assert served.process.stdout.read() == ""
    said = lab_bench.log().splitlines()
    assert (said[0], said[-1]) == ("serving; Ctrl-C ends it", "ending sessions")
    assert nothing_left(lab_bench.places)


def test_a_log_for_programs(lab_bench: Bench) -> None:
    served = lab_bench.serve("--log-json")
    served.client.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName="office")
    assert served.end() == 0
    events = [json.loads(line) for line in lab_bench.log().splitlines()]
    assert [event["event"] for event in events][:: len(events) - 1] == ["progress", "progress"]
    (asked,) = (event for event in events if event["event"] == "request")
    assert (asked["operation"], asked["status"], asked["level"]) == ("CreateConnection", 200, "info")


def test_resources_are_kept_for_the_next_time(lab_bench: Bench) -> None:
    first = lab_bench.serve()
    first.client.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName="office")
    eventually(lambda: first.connection()["connectionState"] == "down", "the order to be carried out")
    before = first.connection()
    assert first.end() == 0
    second = lab_bench.serve()
    assert second.connection() == before


def test_a_delay(lab_bench: Bench) -> None:
    served = lab_bench.serve("--delay", "600")
    answer = served.client.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName="office")
    assert answer["connectionState"] == "requested"
    assert served.connection()["connectionState"] == "requested"


def test_a_name_that_is_taken(lab_bench: Bench) -> None:
    lab_bench.serve()
    options = ("--name", lab_bench.name, "--port", "0", "--state-dir", lab_bench.places.state)
    said = sentence(dxlab("serve", *options), status=2)
    assert said.startswith(f"the lab '{lab_bench.name}' is already up")


def test_a_state_directory_that_is_taken(lab_bench: Bench) -> None:
    lab_bench.serve()
    other = Places.of(f"{lab_bench.name}-2")
    options = ("--name", other.name, "--port", "0", "--state-dir", lab_bench.places.state)
    said = sentence(dxlab("serve", *options), status=2)
    assert said.startswith(f"the state in {lab_bench.places.state} is in use by another lab")
    assert record_of(other.name) is None


def test_a_port_that_is_taken(lab_bench: Bench, tmp_path: Path) -> None:
    port = lab_bench.serve().url.rpartition(":")[2]
    other = Places.of(f"{lab_bench.name}-2", tmp_path / "other")
    done = dxlab("serve", "--name", other.name, "--port", port, "--state-dir", other.state)
    assert sentence(done, status=2).startswith(f"cannot listen on 127.0.0.1 port {port} (")
    assert nothing_left(other)


def test_a_name_that_cannot_be() -> None:
    assert sentence(dxlab("serve", "--name", "My Lab"), status=2) == (
        "'My Lab' cannot name a lab: use up to 31 of a-z, 0-9 and '-'"
    )


def test_an_ipv6_pool(lab_bench: Bench) -> None:
    served = lab_bench.serve("--ipv6-pool", "2001:db8:77::/64")
    connection = served.client.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName="office")
    vif = {"virtualInterfaceName": "v6", "vlan": 101, "asn": 65001, "addressFamily": "ipv6"}
    answer = served.client.create_private_virtual_interface(
        connectionId=connection["connectionId"],
        newPrivateVirtualInterface={**vif, "virtualGatewayId": VGW},
    )
    assert ip_interface(answer["amazonAddress"]) in ip_network("2001:db8:77::/64")
