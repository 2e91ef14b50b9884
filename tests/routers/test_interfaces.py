"""A router's interfaces: what the topology and the configuration ask for together, and what Linux then has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from ipaddress import ip_interface
from pathlib import Path
from typing import Any

import pytest

from lab.errors import RouterError, TopologyError
from lab.network.links import End, ensure_cable
from lab.routers import Interface, Router, commands_of, interfaces_of
from lab.routers.interfaces import ensure_interfaces, merged
from lab.topology import Command, NodeInterface, RouterNode, Written

PATH = Path("lab.yml")
OFFICE = {
    "virtualInterfaceId": "dxvif-1",
    "virtualInterfaceName": "office",
    "virtualInterfaceState": "available",
    "bgpPeers": [
        {
            "addressFamily": "ipv4",
            "bgpPeerState": "available",
            "customerAddress": "169.254.255.2/30",
            "amazonAddress": "169.254.255.1/30",
            "authKey": "a key's",
        }
    ],
}


def node(*interfaces: NodeInterface, commands: tuple[Command, ...] = ()) -> RouterNode:
    return RouterNode(
        name="edge", kind="bird", startup_config=Path("edge.conf"), interfaces=interfaces, commands=commands
    )


# ----- references -------------------------------------------------------------------------------------------


def test_references_in_addresses_are_replaced() -> None:
    assigned = Written(text="${office.ipv4.customerAddress}", line=9)
    said = NodeInterface(name="eth1.101", line=7, addresses=(assigned,), link="eth1", vlan=101)
    assert interfaces_of(node(said), [OFFICE], PATH) == [
        Interface("eth1.101", "lab.yml:7", "eth1", 101, addresses=(ip_interface("169.254.255.2/30"),))
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "${office.ipv6.customerAddress}",
            "${office.ipv6.customerAddress}: 'office' has no ipv6 peer; CreateBGPPeer makes one",
        ),
        (
            "${office.ipv4.authKey}",
            "'${office.ipv4.authKey}' stands for no address with a prefix length",
        ),
    ],
)
def test_what_stands_for_no_address(text: str, sentence: str) -> None:
    said = NodeInterface(name="lo", line=7, addresses=(Written(text=text, line=9),))
    with pytest.raises(TopologyError) as refusal:
        interfaces_of(node(said), [OFFICE], PATH)
    assert str(refusal.value) == f"lab.yml:9: {sentence}"


def test_a_word_of_a_command_stays_one_word() -> None:
    command = Command(words=("echo", "${office.ipv4.authKey}"), line=3)
    assert commands_of(node(commands=(command,)), [OFFICE], PATH) == [("echo", "a key's")]


# ----- two askers -------------------------------------------------------------------------------------------

CONFIGURED = Interface("eth1.101", "edge.conf:3", "eth1", 101)


def test_the_topology_goes_before_the_configuration() -> None:
    given = Interface("eth1.101", "lab.yml:7", mtu=9001)
    assert merged([CONFIGURED], [given]) == [Interface("eth1.101", "lab.yml:7", "eth1", 101, 9001)]


def test_what_the_last_asker_leaves_open_an_earlier_one_may_have_said() -> None:
    addresses = (ip_interface("192.0.2.1/30"),)
    aws = Interface("eth1.101", "lab.yml:5", "eth2", 101, 1500, addresses)
    assert merged([CONFIGURED], [aws, Interface("eth1.101", "lab.yml:7", mtu=1400)]) == [
        Interface("eth1.101", "lab.yml:7", "eth2", 101, 1400, addresses)
    ]


def test_the_topology_may_put_a_sub_interface_elsewhere() -> None:
    given = Interface("eth1.101", "lab.yml:7", "eth2", 7)
    assert merged([CONFIGURED], [given, Interface("lo", "lab.yml:9")]) == [
        given,
        Interface("lo", "lab.yml:9"),
    ]


# ----- Linux ------------------------------------------------------------------------------------------------


@pytest.fixture
def router(make_router: Callable[..., Router]) -> Iterator[Router]:
    """A place with a cable in eth1."""
    made, far = make_router("edge"), make_router("far")
    try:
        for each in (made, far):
            each.prepare()
        ensure_cable(End(far.namespace, "port1"), End(made.namespace, "eth1"))
        yield made
    finally:
        for each in (made, far):
            each.remove()


def shown(router: Router, name: str) -> tuple[int, set[str]]:
    """The MTU and the addresses that can be used; link-local ones apart."""
    [link] = json.loads(router.execute(["ip", "-j", "address", "show", name]).output)
    usable: list[dict[str, Any]] = [each for each in link["addr_info"] if not each.get("tentative")]
    addresses = {f"{each['local']}/{each['prefixlen']}" for each in usable if each["scope"] != "link"}
    return link["mtu"], addresses


@pytest.mark.root
def test_interfaces_as_asked_for(router: Router) -> None:
    wanted = [
        Interface("eth1.101", "lab.yml:9", "eth1", 101, addresses=(ip_interface("2001:db8:1::2/125"),)),
        Interface("eth1", "lab.yml:8", mtu=9000),
        Interface("lo", "lab.yml:7", addresses=(ip_interface("192.168.10.1/24"),)),
        Interface("jumbo", "lab.yml:10", "eth1", 102, mtu=8500),
    ]
    for _ in range(2):
        ensure_interfaces("edge", router.namespace, wanted)
    assert shown(router, "eth1")[0] == 9000
    assert shown(router, "eth1.101") == (1500, {"2001:db8:1::2/125"})
    assert shown(router, "jumbo") == (8500, set())
    assert shown(router, "lo")[1] == {"127.0.0.1/8", "::1/128", "192.168.10.1/24"}


@pytest.mark.root
def test_other_addresses_than_those_asked_for_go_and_others_stay(router: Router) -> None:
    for address in ("192.0.2.1/24", "192.0.2.2/24"):
        wanted = Interface("eth1", "lab.yml:8", addresses=(ip_interface(address),))
        ensure_interfaces("edge", router.namespace, [wanted, Interface("lo", "lab.yml:7", mtu=65535)])
    assert shown(router, "eth1")[1] == {"192.0.2.2/24"}
    assert shown(router, "lo") == (65535, {"127.0.0.1/8", "::1/128"})


@pytest.mark.root
def test_an_interface_that_only_a_cable_could_bring(router: Router) -> None:
    with pytest.raises(RouterError) as refusal:
        ensure_interfaces("edge", router.namespace, [Interface("eth2", "lab.yml:8", mtu=1500)])
    assert str(refusal.value) == "lab.yml:8: no cable is plugged into eth2; add a link to 'edge:eth2'"


# ----- a router ---------------------------------------------------------------------------------------------


@pytest.mark.root
def test_a_stanza_and_the_topology_make_one_interface(router: Router) -> None:
    configuration = "interface eth1.101\n ip address 192.0.2.1/30\n"
    router.start(configuration, interfaces=[Interface("eth1.101", "lab.yml:7", mtu=9001)])
    assert shown(router, "eth1.101") == (9001, {"192.0.2.1/30"})


@pytest.mark.root
def test_commands_follow_every_start(router: Router) -> None:
    mark = router.place / "mark"
    router.start("hostname edge\n", commands=[("sh", "-c", f"echo started >>{mark}")])
    router.restart()
    assert router.execute(["cat", str(mark)]).output.split() == ["started", "started"]


@pytest.mark.root
def test_a_command_that_fails_leaves_no_daemon_and_shows_no_key(router: Router) -> None:
    with pytest.raises(RouterError) as refusal:
        router.start("hostname edge\n", commands=[("vtysh", "-c", "s3cretKey9")], secrets=["s3cretKey9"])
    words = str(refusal.value).splitlines()
    assert words[0] == "router 'edge' fails to carry out 'vtysh -c ***':"
    assert "Unknown command: ***" in words[1]
    assert not router.is_running()
