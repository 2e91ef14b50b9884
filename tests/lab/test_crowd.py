"""Sixty-four clients at once, who create and delete peers on the same virtual interfaces.

Of two who want what only one can have, one gets it, and the other AWS's error. What anybody sees meanwhile is a world
without overlap, and at the end machine and store agree. It lasts for DXLAB_CROWD_SECONDS, 8 s by default.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_interface
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from lab.controller import Wiring
from lab.lab import Lab
from lab.network.vlan import vlan_driver
from tests.api.wire import json_request
from tests.directconnect.office import private_members
from tests.support.changes import until
from tests.support.command import Bench
from tests.support.machine import compare, is_settled

CLIENTS, VIFS = 64, 4
SECONDS = float(os.environ.get("DXLAB_CROWD_SECONDS", "8"))
FAMILIES = ("ipv4", "ipv6")
#: What may be said to those who come too late.
REFUSALS = (
    "already exists on this virtual interface",
    "The last BGP Peer on a Virtual Interface cannot be deleted",
    "does not exist on Virtual Interface",
)

pytestmark = [pytest.mark.root, pytest.mark.anyio, pytest.mark.timeout(120 + 2 * SECONDS)]


@dataclass
class Client:
    """One of the crowd, with a connection of its own.

    :ivar made: virtual interface, family and id of each peer that was created for it.
    :ivar ended: the ids of those that were deleted for it.
    """

    url: str
    made: list[tuple[str, str, str]] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    refused: int = 0

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)

    def ask(self, operation: str, **parameters: object) -> tuple[int, dict[str, Any]]:
        request = json_request(operation, parameters)
        headers = {name.decode(): value.decode() for name, value in request.headers.items()}
        self.connection.request("POST", "/", request.body, headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def live(self, vif_ids: list[str], seed: int) -> None:
        """Ask for this and that until time is up."""
        chance, end = random.Random(seed), time.monotonic() + SECONDS
        while time.monotonic() < end:
            vifs = self.look()
            vif = chance.choice([vif for vif in vifs if vif["virtualInterfaceId"] in vif_ids])
            if chance.random() < 0.5:
                self.create(vif["virtualInterfaceId"], chance.choice(FAMILIES))
            else:
                self.delete(vif["virtualInterfaceId"], chance.choice(vif["bgpPeers"])["bgpPeerId"])
        self.connection.close()

    def look(self) -> list[dict[str, Any]]:
        status, answer = self.ask("DescribeVirtualInterfaces")
        assert status == 200, answer
        check(answer["virtualInterfaces"])
        return list(answer["virtualInterfaces"])

    def create(self, vif_id: str, family: str) -> None:
        peer = {"addressFamily": family, "asn": 65001}
        status, answer = self.ask("CreateBGPPeer", virtualInterfaceId=vif_id, newBGPPeer=peer)
        if status == 200:
            self.made.append((vif_id, family, answer["virtualInterface"]["bgpPeers"][-1]["bgpPeerId"]))
        else:
            self.expect_refusal(answer)

    def delete(self, vif_id: str, peer_id: str) -> None:
        status, answer = self.ask("DeleteBGPPeer", virtualInterfaceId=vif_id, bgpPeerId=peer_id)
        if status == 200:
            self.ended.add(peer_id)
        else:
            self.expect_refusal(answer)

    def expect_refusal(self, answer: dict[str, Any]) -> None:
        assert answer["__type"] == "DirectConnectClientException", answer
        assert any(words in answer["message"] for words in REFUSALS), answer
        self.refused += 1


def check(vifs: list[dict[str, Any]]) -> None:
    """One peer a family at most, and no address twice."""
    for vif in vifs:
        standing = [peer for peer in vif["bgpPeers"] if peer["bgpPeerState"] not in ("deleting", "deleted")]
        assert standing
        assert max(Counter(peer["addressFamily"] for peer in standing).values()) == 1
    blocks = [ip_interface(peer["amazonAddress"]).network for vif in vifs for peer in vif["bgpPeers"]]
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


async def test_a_crowd(lab_bench: Bench) -> None:
    wiring = await asyncio.to_thread(lambda: Wiring(lab_bench.places, vlan_driver()))
    async with Lab(lab_bench.places).running() as running:
        connection = running.cloud.plug_cable("office", location="EqDC2")
        first = await asyncio.to_thread(order, running.url, connection.id)
        crowd = [Client(running.url) for _ in range(CLIENTS)]
        loop, ids = asyncio.get_running_loop(), list(first)
        with ThreadPoolExecutor(CLIENTS) as threads:
            lives = (loop.run_in_executor(threads, each.live, ids, n) for n, each in enumerate(crowd))
            await asyncio.gather(*lives)
        await until(running.cloud, lambda: is_settled(running.cloud))
        await asyncio.to_thread(compare, running.cloud, wiring)
        made = [peer for client in crowd for peer in client.made]
        ended = set().union(*(client.ended for client in crowd))
        standing = {peer.id for vif in running.cloud.virtual_interfaces() for peer in vif.peers}
        assert standing == {peer_id for *_, peer_id in made}.union(first.values()) - ended
        assert len({peer_id for *_, peer_id in made}) == len(made) > 0
        assert ended
        assert sum(client.refused for client in crowd) > 0


def order(url: str, connection_id: str) -> dict[str, str]:
    """The virtual interfaces that all are after; each one's id, and that of the peer that it begins with."""
    client = Client(url)
    made = {}
    for number in range(VIFS):
        members = private_members(vlan=101 + number, virtualInterfaceName=f"office-{number}")
        parameters = {"connectionId": connection_id, "newPrivateVirtualInterface": members}
        _, vif = client.ask("CreatePrivateVirtualInterface", **parameters)
        made[str(vif["virtualInterfaceId"])] = str(vif["bgpPeers"][0]["bgpPeerId"])
    client.connection.close()
    return made
