"""Cables, carrier and addresses."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from ipaddress import ip_interface

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6ND_NS, IPv6
from scapy.packet import Packet

from lab.errors import NetworkError
from lab.network import links
from lab.network.links import End, ensure_addresses, ensure_cable, has_carrier, remove_link, set_link
from lab.network.namespaces import namespaces, netlink
from tests.network.wire import Capture, Host, eventually, exchange, open_socket, ping

pytestmark = pytest.mark.root

Make = Callable[[str], str]
AMAZON = {4: ip_interface("169.254.10.1/30"), 6: ip_interface("2001:db8:10::1/125")}
CUSTOMER = {4: ip_interface("169.254.10.2/30"), 6: ip_interface("2001:db8:10::2/125")}


@dataclass(frozen=True)
class Cable:
    a: End
    b: End


@pytest.fixture
def cable(namespace: Make) -> Iterator[Cable]:
    joined = Cable(End(namespace("dx"), "dxcon-fg12ab34"), End(namespace("edge"), "eth1"))
    ensure_cable(joined.a, joined.b)
    yield joined


def link(end: End) -> links.Link:
    with netlink(end.namespace) as kernel:
        return links.find_link(kernel, end.interface)


def addresses(end: End) -> set[str]:
    """Those that are not link-local, with their state: a tentative one would not be usable yet."""
    found = set()
    with netlink(end.namespace) as kernel:
        for message in kernel.addr("dump", index=links.index_of(end)):
            if not message.get_attr("IFA_ADDRESS").startswith("fe80:"):
                tentative = "tentative " if message.get_attr("IFA_FLAGS") & 0x40 else ""
                found.add(f"{tentative}{message.get_attr('IFA_ADDRESS')}/{message['prefixlen']}")
    return found


def routes(end: End, family: int) -> list[tuple[str, int | None]]:
    """The main table's routes out of the interface with their hop limits; link-local and multicast apart."""
    with netlink(end.namespace) as kernel:
        index = links.index_of(end)
        return [
            (
                f"{route.get_attr('RTA_DST')}/{route['dst_len']}",
                route.get_nested("RTA_METRICS", "RTAX_HOPLIMIT"),
            )
            for route in kernel.route("dump", family=family, oif=index, table=254)
            if not route.get_attr("RTA_DST").startswith("fe80:")
        ]


# ---- cables ------------------------------------------------------------------------------------------------


def test_a_cable_joins_two_namespaces(cable: Cable) -> None:
    assert has_carrier(cable.a) and has_carrier(cable.b)
    assert link(cable.a).get_attr("IFLA_MTU") == link(cable.b).get_attr("IFLA_MTU") == 9100


def test_a_cable_that_is_right_stays(cable: Cable) -> None:
    before = link(cable.a)["index"], link(cable.b)["index"]
    set_link(cable.a, up=False)
    ensure_cable(cable.a, cable.b, mtu=1500)
    assert (link(cable.a)["index"], link(cable.b)["index"]) == before
    assert has_carrier(cable.b)
    assert link(cable.a).get_attr("IFLA_MTU") == link(cable.b).get_attr("IFLA_MTU") == 1500


def test_a_cable_that_leads_elsewhere_is_replaced(cable: Cable, namespace: Make) -> None:
    """Even when the stranger at the other end has the same number as the right one."""
    other = Cable(End(namespace("dx2"), "dxcon-fg99zz99"), End(namespace("edge2"), "eth1"))
    ensure_cable(other.a, other.b)
    assert link(cable.b)["index"] == link(other.b)["index"]
    ensure_cable(cable.a, other.b)
    assert has_carrier(cable.a) and has_carrier(other.b)
    assert link(cable.b) is None and link(other.a) is None
    ensure_addresses(cable.a, [AMAZON[4]])
    ensure_addresses(other.b, [CUSTOMER[4]])
    assert ping(cable.a.namespace, str(CUSTOMER[4].ip))


def test_both_ends_may_be_in_one_namespace(namespace: Make) -> None:
    name = namespace("one")
    ensure_cable(End(name, "left"), End(name, "right"))
    before = link(End(name, "left"))["index"]
    ensure_cable(End(name, "left"), End(name, "right"))
    assert link(End(name, "left"))["index"] == before


def test_the_ends_have_different_numbers(cable: Cable) -> None:
    """Else Linux would report a lost carrier up to a second late."""
    assert link(cable.a)["index"] != link(cable.b)["index"]


def test_unplugging_takes_the_carrier_from_both_ends(cable: Cable) -> None:
    set_link(cable.a, up=False)
    assert not has_carrier(cable.a) and not has_carrier(cable.b)
    set_link(cable.a, up=True)
    assert has_carrier(cable.a) and has_carrier(cable.b)


def test_removing_one_end_removes_the_cable(cable: Cable, prefix: str) -> None:
    remove_link(cable.a)
    assert link(cable.b) is None
    remove_link(cable.a)
    remove_link(End(f"{prefix}none", "eth1"))
    assert f"{prefix}none" not in namespaces()


def test_what_is_not_there_has_no_carrier(cable: Cable, prefix: str) -> None:
    assert not has_carrier(End(cable.a.namespace, "eth9"))
    assert not has_carrier(End(f"{prefix}none", "eth1"))


def test_a_missing_interface_is_named(cable: Cable) -> None:
    sentence = f"there is no interface 'eth9' in the network namespace '{cable.b.namespace}'"
    with pytest.raises(NetworkError, match=sentence):
        set_link(End(cable.b.namespace, "eth9"), up=True)
    with pytest.raises(NetworkError, match=sentence):
        ensure_addresses(End(cable.b.namespace, "eth9"), [AMAZON[4]])


def test_an_impossible_name_is_refused(cable: Cable) -> None:
    with pytest.raises(NetworkError, match="Linux refused a change in the network namespace"):
        ensure_cable(End(cable.a.namespace, "a/b"), End(cable.b.namespace, "eth2"))


def test_many_threads_lay_cables_at_once(namespace: Make) -> None:
    hub, spokes = namespace("hub"), [namespace(f"s{number}") for number in range(8)]
    pairs = [(End(hub, f"port{number}"), End(spoke, "eth1")) for number, spoke in enumerate(spokes)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda pair: ensure_cable(*pair), pairs))
    assert all(has_carrier(end) for pair in pairs for end in pair)


# ---- addresses ---------------------------------------------------------------------------------------------


def test_addresses_are_exactly_those_given(cable: Cable) -> None:
    ensure_addresses(cable.a, [AMAZON[4], AMAZON[6]])
    assert addresses(cable.a) == {"169.254.10.1/30", "2001:db8:10::1/125"}
    ensure_addresses(cable.a, [ip_interface("169.254.20.1/31"), AMAZON[6]])
    assert addresses(cable.a) == {"169.254.20.1/31", "2001:db8:10::1/125"}
    ensure_addresses(cable.a, [])
    assert addresses(cable.a) == set()


def test_the_link_local_address_stays(cable: Cable) -> None:
    ensure_addresses(cable.a, [AMAZON[6]])

    def has_link_local_address() -> bool:
        with netlink(cable.a.namespace) as kernel:
            found = kernel.addr("dump", family=socket.AF_INET6)
            return any(message.get_attr("IFA_ADDRESS").startswith("fe80:") for message in found)

    # Linux gives it a moment after the carrier has come.
    eventually(has_link_local_address, "a link-local address")


def test_an_address_is_kept_when_the_one_it_was_secondary_to_goes(cable: Cable) -> None:
    first, second = ip_interface("10.0.0.1/24"), ip_interface("10.0.0.2/24")
    ensure_addresses(cable.a, [first])
    ensure_addresses(cable.a, [first, second])
    ensure_addresses(cable.a, [second])
    assert addresses(cable.a) == {"10.0.0.2/24"}


@pytest.mark.parametrize("version", [4, 6])
def test_addresses_are_usable_at_once(cable: Cable, version: int) -> None:
    ensure_addresses(cable.a, [AMAZON[version]])
    ensure_addresses(cable.b, [CUSTOMER[version]], hop_limit=1)
    kind = socket.AF_INET if version == 4 else socket.AF_INET6
    with closing(open_socket(cable.b.namespace, kind, socket.SOCK_STREAM)) as listener:
        listener.bind((str(CUSTOMER[version].ip), 179))
    assert ping(cable.a.namespace, str(CUSTOMER[version].ip))


# ---- hop limit ---------------------------------------------------------------------------------------------


def test_a_hop_limit_comes_and_goes(cable: Cable) -> None:
    for hop_limit in (None, 1, 2, None):
        ensure_addresses(cable.a, AMAZON.values(), hop_limit=hop_limit)
        assert routes(cable.a, socket.AF_INET) == [("169.254.10.0/30", hop_limit)]
        assert routes(cable.a, socket.AF_INET6) == [("2001:db8:10::/125", hop_limit)]


def test_a_route_goes_with_its_address(cable: Cable) -> None:
    ensure_addresses(cable.a, AMAZON.values(), hop_limit=1)
    ensure_addresses(cable.a, [], hop_limit=1)
    assert routes(cable.a, socket.AF_INET) == routes(cable.a, socket.AF_INET6) == []


def test_a_lost_route_is_made_again(cable: Cable) -> None:
    ensure_addresses(cable.a, AMAZON.values(), hop_limit=1)
    with netlink(cable.a.namespace) as kernel:
        kernel.route("del", dst="169.254.10.0/30", scope="link")
    ensure_addresses(cable.a, AMAZON.values(), hop_limit=1)
    assert routes(cable.a, socket.AF_INET) == [("169.254.10.0/30", 1)]


@pytest.mark.parametrize("version", [4, 6])
def test_everything_to_the_customer_has_hop_limit_1(cable: Cable, version: int) -> None:
    """SYN, SYN-ACK, data, FIN, RST and echo replies; neighbour discovery keeps 255."""
    ensure_addresses(cable.a, [AMAZON[version]], hop_limit=1)
    ensure_addresses(cable.b, [CUSTOMER[version]])
    amazon = Host(cable.a.namespace, str(AMAZON[version].ip))
    customer = Host(cable.b.namespace, str(CUSTOMER[version].ip))
    with Capture(cable.b) as capture:
        assert ping(customer.namespace, amazon.address)
        for server, client in ((amazon, customer), (customer, amazon)):
            assert (
                len(exchange(server, client, server_key=b"s3cretKey9", client_key=b"s3cretKey9")) == 200_000
            )
        refused(customer, amazon)
        frames = capture.until(lambda packet: sent_by(amazon, packet) and flags_of(packet) == "RA")
    ours = [frame.packet for frame in frames if sent_by(amazon, frame.packet)]
    discovery = [packet for packet in ours if ICMPv6ND_NS in packet or ICMPv6ND_NA in packet]
    assert {hop_limit(packet) for packet in ours if packet not in discovery} == {1}
    assert {hop_limit(packet) for packet in discovery} <= {255}
    # One by one, for the last data may come with the FIN.
    assert set("SAFR") == set("".join(map(flags_of, ours))) - {"P"}


def test_beyond_the_link_the_hop_limit_is_the_usual_one(cable: Cable) -> None:
    ensure_addresses(cable.a, [AMAZON[4]], hop_limit=1)
    ensure_addresses(cable.b, [CUSTOMER[4]])
    with netlink(cable.a.namespace) as kernel:
        kernel.route("add", dst="10.99.0.0/16", gateway=str(CUSTOMER[4].ip))
    with (
        Capture(cable.b) as capture,
        closing(open_socket(cable.a.namespace, socket.AF_INET, socket.SOCK_DGRAM)) as sender,
    ):
        sender.sendto(b"beyond", ("10.99.0.1", 9))
        frames = capture.until(lambda packet: IP in packet and packet[IP].dst == "10.99.0.1")
    assert frames[-1].packet[IP].ttl == 64


def refused(caller: Host, target: Host) -> None:
    """Call a port where nobody listens."""
    family = socket.AF_INET6 if ":" in target.address else socket.AF_INET
    with (
        closing(open_socket(caller.namespace, family, socket.SOCK_STREAM)) as client,
        suppress(ConnectionRefusedError),
    ):
        client.connect((target.address, 9))


def sent_by(host: Host, packet: Packet) -> bool:
    return any(layer in packet and packet[layer].src == host.address for layer in (IP, IPv6))


def hop_limit(packet: Packet) -> int:
    return int(packet[IP].ttl if IP in packet else packet[IPv6].hlim)


def flags_of(packet: Packet) -> str:
    return str(packet[TCP].flags) if TCP in packet else ""
