"""What is on the cable: the tag, the signature and the hop limit of every segment that AWS's side sends.

Frames are captured where the cable ends in the router. They are of a session that ends and of one that comes
up, so handshakes and farewells are among them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.packet import Packet

from lab.network.links import End
from tests.network.wire import Capture, Frame, is_echo_request, ping
from tests.support.command import Bench, Running, eventually
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root

OFFICE = Office()
_MD5 = 19
_SYN, _FIN, _RST, _ACK = 0x02, 0x01, 0x04, 0x10


@pytest.fixture(scope="module")
def lab(shared_bench: Bench) -> Running:
    running = shared_bench.up(write_topology(shared_bench.places.state.parent, shared_bench.name, OFFICE))
    eventually(running.is_up, "every session to be up")
    return running


@pytest.fixture(scope="module")
def segments(lab: Running) -> list[Frame]:
    """The BGP segments of both sessions' end and new beginning, whoever sent them."""
    router = lab.places.namespace(OFFICE.router)
    last = address(lab, "ipv4", "amazonAddress")
    before = changes(lab)
    with Capture(End(router, "eth1")) as capture:
        assert lab.routers[OFFICE.router].execute(["vtysh", "-c", "clear bgp *"]).status == 0
        eventually(lambda: changes(lab) == [count + 2 for count in before], "both sessions to go down and up")
        assert ping(router, last)
        frames = capture.until(is_echo_request(last))
    return [frame for frame in frames if TCP in frame.packet and 179 in ports(frame.packet)]


def changes(lab: Running) -> list[int]:
    """How often the status of each session changed so far."""
    return [len(lab.history(peer["bgpPeerId"])) for peer in lab.peers()]


def address(lab: Running, family: str, end: str) -> str:
    return str(lab.peer(family)[end]).partition("/")[0]


def ports(packet: Packet) -> tuple[int, int]:
    return packet[TCP].sport, packet[TCP].dport


@pytest.mark.parametrize(("family", "layer", "hops"), [("ipv4", IP, "ttl"), ("ipv6", IPv6, "hlim")])
def test_every_segment_from_aws(
    lab: Running, segments: list[Frame], family: str, layer: type[Packet], hops: str
) -> None:
    amazon = address(lab, family, "amazonAddress")
    sent = [each for each in segments if layer in each.packet and each.packet[layer].src == amazon]
    assert all(not each.outgoing for each in sent)
    assert {tuple(each.vlans) for each in sent} == {(OFFICE.vlan,)}
    assert {getattr(each.packet[layer], hops) for each in sent} == {1}
    assert [each for each in sent if _MD5 not in option_kinds(each.packet)] == []
    flags = {int(each.packet[TCP].flags) for each in sent}
    assert any(each & _SYN for each in flags), "the capture holds the beginning of a session"
    assert any(each & (_FIN | _RST) for each in flags), "the capture holds the end of a session"


def test_the_router_tags_with_the_same_vlan(lab: Running, segments: list[Frame]) -> None:
    """What the router's own sub-interface sends; without it the test above could pass on an untagged cable."""
    sent = [each for each in segments if each.outgoing]
    assert {tuple(each.vlans) for each in sent} == {(OFFICE.vlan,)}


def option_kinds(packet: Packet) -> list[int]:
    """The kinds of a segment's TCP options, read from its octets."""
    header = bytes(packet[TCP])
    return list(_kinds(header[20 : (header[12] >> 4) * 4]))


def _kinds(options: bytes) -> Iterator[int]:
    while options and options[0] != 0:
        yield options[0]
        options = options[1:] if options[0] == 1 else options[options[1] :]
