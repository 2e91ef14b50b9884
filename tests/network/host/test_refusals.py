"""Interfaces that a machine cannot spare."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.errors import UsageError
from lab.network.host import refuse_unless_free
from lab.network.host.refusals import _address
from lab.network.namespaces import netlink
from tests.network.wire import open_socket
from tests.support.nic import Nic

root = pytest.mark.root


def refusal(interface: str) -> str:
    with pytest.raises(UsageError) as refused:
        refuse_unless_free(interface)
    return str(refused.value).removeprefix(f"the interface '{interface}' cannot be a port of the lab: ")


@root
def test_one_that_has_nothing_to_do(eth: Nic) -> None:
    refuse_unless_free(eth.name)


@root
def test_one_with_addresses_that_nobody_uses(eth: Nic) -> None:
    eth.assign("198.51.100.1", 24)
    eth.assign("2001:db8:77::1", 64)
    refuse_unless_free(eth.name)


@root
def test_one_that_is_not_there(eth: Nic) -> None:
    said = refusal("eth99")
    assert said.startswith("this machine has no interface 'eth99'; it has ")
    assert eth.name in said.partition("; it has ")[2].split(", ")


@root
def test_the_loopback_interface() -> None:
    assert refusal("lo") == "it is the loopback interface"


@root
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6], ids=["ipv4", "ipv6"])
def test_the_way_to_the_internet(eth: Nic, family: int) -> None:
    """A default route in a table of its own, so that the machine's own stays the one that is used."""
    eth.assign("198.51.100.1", 24)
    eth.assign("2001:db8:77::1", 64)
    gateway = "198.51.100.9" if family == socket.AF_INET else "2001:db8:77::9"
    eth.route(family=family, dst="default", gateway=gateway, table=4577)
    assert refusal(eth.name) == (
        "this machine's default route leads through it; let the route lead elsewhere first"
    )


@root
def test_one_of_several_ways_to_the_internet(eth: Nic) -> None:
    eth.assign("198.51.100.1", 24)
    hops = [{"gateway": "198.51.100.9", "oif": eth.index}, {"gateway": "198.51.100.8", "oif": eth.index}]
    with netlink(None) as kernel:
        kernel.route("add", family=socket.AF_INET, dst="default", multipath=hops, table=4577)
    assert "default route" in refusal(eth.name)


@root
def test_a_member_of_a_bridge(eth: Nic) -> None:
    with made("dxtest-bridge", kind="bridge") as bridge:
        eth.set(master=bridge)
        said = "it is a member of 'dxtest-bridge'; take it out first (ip link set ... nomaster)"
        assert refusal(eth.name) == said


@root
def test_one_that_carries_another(eth: Nic) -> None:
    with made("dxtest-macvlan", kind="macvlan", link=eth.index):
        assert refusal(eth.name) == "'dxtest-macvlan' is made on top of it; remove that first"


@root
@pytest.mark.parametrize(
    ("here", "there", "length"),
    [("198.51.100.1", "198.51.100.2", 24), ("2001:db8:77::1", "2001:db8:77::2", 64)],
    ids=["ipv4", "ipv6"],
)
def test_one_that_somebody_is_logged_in_through(eth: Nic, here: str, there: str, length: int) -> None:
    eth.assign(here, length, flags=0x02)
    with netlink(eth.far.namespace) as kernel:
        index = kernel.link("get", ifname=eth.far.interface)[0]["index"]
        kernel.addr("add", index=index, address=there, prefixlen=length, flags=0x02)
    family = socket.AF_INET if length == 24 else socket.AF_INET6
    with (
        socket.create_server((here, 0), family=family) as server,
        open_socket(eth.far.namespace, family, socket.SOCK_STREAM) as client,
    ):
        refuse_unless_free(eth.name)
        client.connect(server.getsockname()[:2])
        said = f"TCP connections, perhaps yours, use its address {here}; end them first"
        assert refusal(eth.name) == said


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("0100007F", "127.0.0.1"),
        ("0000000000000000FFFF00000100007F", "127.0.0.1"),
        ("B80D0120000077000000000001000000", "2001:db8:77::1"),
    ],
)
def test_addresses_as_proc_shows_them(words: str, address: str) -> None:
    """On a little-endian machine, which all are on which these tests run."""
    assert str(_address(words)) == address


@contextmanager
def made(name: str, **settings: object) -> Iterator[int]:
    """An interface of this machine; its number."""
    with netlink(None) as kernel:
        kernel.link("add", ifname=name, **settings)
        try:
            yield int(kernel.link("get", ifname=name)[0]["index"])
        finally:
            kernel.link("del", ifname=name)
