"""An echo request through a cable: its way there and back, its tags, and what nobody answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface

import pytest

from lab.errors import NetworkError
from lab.network.echo import Address, Passage, echo
from lab.network.links import End, ensure_addresses, ensure_cable
from lab.network.namespaces import ensure_namespace, namespaces, netlink, prepare_router, remove_namespace
from lab.network.vlan import vlan_driver

pytestmark = pytest.mark.root

PREFIX = f"dxlab-techo-{os.getpid()}."
DX, ROUTER, VIF = (PREFIX + part for part in ("dx", "edge", "vif"))
PORT, TRUNK = End(DX, "dxcon-fg12ab34"), End(ROUTER, "eth1")
INTERFACE, SUB = End(VIF, "dxvif-fg12ab34"), End(ROUTER, "eth1.101")
AMAZON = {4: ip_interface("169.254.10.1/30"), 6: ip_interface("2001:db8:10::1/125")}
CUSTOMER = {4: ip_interface("169.254.10.2/30"), 6: ip_interface("2001:db8:10::2/125")}
BEHIND = {4: ip_address("192.0.2.1"), 6: ip_address("2001:db8:ace::1")}
NOBODY = {4: ip_address("192.0.2.9"), 6: ip_address("2001:db8:ace::9")}
FAMILY = pytest.mark.parametrize("version", [4, 6], ids=["ipv4", "ipv6"])


@pytest.fixture(scope="module", autouse=True)
def _cable() -> Iterator[None]:
    """A virtual interface with VLAN 101, and a router that has something behind it."""
    driver = vlan_driver()
    try:
        for name in (DX, ROUTER, VIF):
            ensure_namespace(name)
        prepare_router(ROUTER)
        ensure_cable(PORT, TRUNK)
        driver.ensure(PORT, 101, INTERFACE, mtu=1500)
        driver.ensure(TRUNK, 101, SUB, mtu=1500)
        ensure_addresses(INTERFACE, AMAZON.values(), hop_limit=1)
        ensure_addresses(SUB, CUSTOMER.values())
        with netlink(ROUTER) as kernel:
            for address in BEHIND.values():
                kernel.addr("add", index=1, address=str(address), prefixlen=address.max_prefixlen)
        yield
    finally:
        for name in namespaces(PREFIX):
            remove_namespace(name)


def sent(to: Address, patience: float = 5.0) -> Passage:
    return echo(PORT, INTERFACE, AMAZON[to.version].ip, to, CUSTOMER[to.version].ip, patience)


def routes() -> list[str]:
    """Where the virtual interface's namespace has a way to."""
    with netlink(VIF) as kernel:
        return [route.get_attr("RTA_DST") for route in kernel.route("dump") if route.get_attr("RTA_GATEWAY")]


@FAMILY
def test_the_router_answers_with_the_tag_both_ways(version: int) -> None:
    assert sent(CUSTOMER[version].ip) == Passage({101}, {101}, answered=True)


@FAMILY
def test_what_is_behind_the_router_answers_and_no_route_is_left(version: int) -> None:
    """The request goes through the router, so its hop limit is not the link's 1."""
    with netlink(ROUTER) as kernel:
        index = kernel.link_lookup(ifname="lo")[0]
        assert index == 1
    assert sent(BEHIND[version]) == Passage({101}, {101}, answered=True)
    assert routes() == []


@FAMILY
def test_a_way_that_is_there_already_is_used_and_stays(version: int) -> None:
    to = BEHIND[version]
    with netlink(VIF) as kernel:
        way = {"dst": f"{to}/{to.max_prefixlen}", "gateway": str(CUSTOMER[version].ip)}
        kernel.route("add", **way)
        try:
            assert sent(to).answered
            assert routes() == [str(to)]
        finally:
            kernel.route("del", **way)


@FAMILY
def test_nobody_answers(version: int) -> None:
    """The request is seen to leave, and the wait ends."""
    assert sent(NOBODY[version], patience=0.2) == Passage({101}, set(), answered=False)
    assert routes() == []


def test_many_at_once_do_not_take_one_anothers_answers() -> None:
    assert [sent(to).answered for to in (BEHIND[4], CUSTOMER[4].ip)] == [True, True]
    assert not sent(NOBODY[4], patience=0.1).answered


def test_a_port_that_is_not_there() -> None:
    with pytest.raises(NetworkError, match="there is no interface 'dxcon-none'"):
        echo(End(DX, "dxcon-none"), INTERFACE, AMAZON[4].ip, BEHIND[4], CUSTOMER[4].ip, 0.1)


def test_an_address_that_is_not_the_interfaces() -> None:
    with pytest.raises(OSError, match="Cannot assign requested address"):
        echo(PORT, INTERFACE, ip_address("198.51.100.1"), BEHIND[4], CUSTOMER[4].ip, 0.1)
