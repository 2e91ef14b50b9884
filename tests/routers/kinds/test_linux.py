"""What is known of an image, without any."""

from __future__ import annotations

import json
from ipaddress import ip_address, ip_network
from pathlib import PurePath

import pytest

from lab.errors import RouterError
from lab.routers import RouterRoute
from lab.routers.kinds.base import Argv
from lab.routers.kinds.linux import Linux
from lab.topology import Image

PLACE = PurePath("/")
LINUX = Linux(Image(startup_config_path="/config/juniper.conf", cmd=("/sbin/init", "CEOS=1")))


def test_the_configuration_goes_where_the_image_looks_for_it() -> None:
    assert LINUX.files("text\n", PLACE) == {"/config/juniper.conf": "text\n"}
    assert LINUX.amended_files("text\n", PLACE) == {"/config/juniper.conf": "text\n"}


def test_the_start_command_is_the_topologys() -> None:
    assert LINUX.start_commands(PLACE) == (("/sbin/init", "CEOS=1"),)


def test_nobody_can_check_a_configuration() -> None:
    assert LINUX.check_command(PLACE) is None
    assert LINUX.amend_command(PLACE) is None
    assert LINUX.refusals("line 3: syntax error\n", "text\n") == ()


def test_neighbours_are_refused_in_words() -> None:
    with pytest.raises(RouterError, match="'dxlab exec' asks it in its own words"):
        LINUX.neighbours(lambda _: "", PLACE)


def test_routes_are_the_kernels() -> None:
    ipv4 = [
        {"dst": "default", "gateway": "169.254.10.1", "protocol": "bgp"},
        {"dst": "10.0.0.1", "nexthops": [{"gateway": "169.254.10.1"}, {"gateway": "169.254.20.1"}]},
        {"dst": "169.254.10.0/30", "dev": "eth1.101", "protocol": "kernel"},
        {"dst": "10.20.0.0/16", "via": {"family": "inet6", "host": "fe80::1"}, "protocol": "bird"},
        {"type": "blackhole", "dst": "172.16.0.0/16", "protocol": "static"},
    ]
    ipv6 = [{"dst": "fe80::/64", "protocol": "kernel"}, {"dst": "default", "gateway": "2001:db8:1::1"}]

    def ask(command: Argv) -> str:
        return json.dumps(ipv6 if "-6" in command else ipv4)

    hops = (ip_address("169.254.10.1"), ip_address("169.254.20.1"))
    assert LINUX.routes(ask, PLACE) == (
        RouterRoute(ip_network("0.0.0.0/0"), "bgp", hops[:1]),
        RouterRoute(ip_network("10.0.0.1/32"), "", hops),
        RouterRoute(ip_network("10.20.0.0/16"), "bird", (ip_address("fe80::1"),)),
        RouterRoute(ip_network("169.254.10.0/30"), "connected"),
        RouterRoute(ip_network("172.16.0.0/16"), "static"),
        RouterRoute(ip_network("::/0"), "", (ip_address("2001:db8:1::1"),)),
    )


@pytest.mark.parametrize("answer", ["", "sh: 1: exec: ip: not found\n", "[]"])
def test_no_routes(answer: str) -> None:
    assert LINUX.routes(lambda _: answer, PLACE) == ()
