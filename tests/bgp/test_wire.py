"""What passes the cable: every segment signed, and everything from Amazon with TTL 1."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from lab.network.links import End
from lab.network.namespaces import inside
from tests.bgp.daemons import Frr, frr_configuration
from tests.bgp.playground import Playground
from tests.bgp.recorder import recorder

pytestmark = [pytest.mark.root, pytest.mark.anyio]

ETH_P_ALL = 3


@contextmanager
def capture(end: End) -> Iterator[list[Packet]]:
    """Every frame that passes meanwhile; the list is filled at the end."""
    frames: list[Packet] = []
    with inside(end.namespace):
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        tap.bind((end.interface, ETH_P_ALL))
    tap.setblocking(False)
    with tap:
        yield frames
        try:
            while True:
                frames.append(Ether(tap.recv(1 << 16)))
        except BlockingIOError:
            pass


@pytest.mark.parametrize("family", [4, 6])
async def test_every_segment_is_signed_and_amazon_sends_with_ttl_1(
    ground: Playground, frr: Frr, run_directory: Path, family: int
) -> None:
    """From the first SYN to the last acknowledgement of the farewell, both ends dialling."""
    spec = ground.spec(family)
    with capture(ground.customer) as frames:
        frr.start(frr_configuration())
        async with recorder(run_directory) as ears:
            await ears.launcher.start(spec)
            await ears.status(spec.peer_id, "up")
            await ears.until(lambda: bool(ears.sessions[spec.peer_id].routes), "the routes")
            await ears.launcher.stop(spec.peer_id)
    segments = [frame for frame in frames if TCP in frame and (IPv6 in frame) == (family == 6)]
    assert len(segments) > 10
    for segment in segments:
        assert 179 in (segment[TCP].sport, segment[TCP].dport)
        assert "MD5" in dict(segment[TCP].options), segment.summary()
        if family == 4 and segment[IP].src == str(spec.local_address):
            assert segment[IP].ttl == 1, segment.summary()
        if family == 6 and segment[IPv6].src == str(spec.local_address):
            assert segment[IPv6].hlim == 1, segment.summary()
    flags = {str(segment[TCP].flags) for segment in segments}
    assert {"S", "SA", "PA", "FA"} <= flags
