"""kill -9 between any two steps of any operation and report, as far as the cloud world goes.

A seed chooses what a customer and the machine do, and at which point the process ends. Afterwards the store must hold
what was answered, and of what was under way all or nothing; asked once more under the same id, it is done once.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, TextIO

import pytest

from lab.directconnect.model import BgpPeerState, VirtualInterface, VirtualInterfaceState
from tests.directconnect.office import Clock, Office, private_members
from tests.support.crashes import killed_at

SEEDS = range(450)
#: Steps that a customer and the machine do in turn; each passes three to five points.
STEPS, MOST_POINTS = 12, 40

Request = tuple[str, dict[str, Any]]


def standing(office: Office) -> list[VirtualInterface]:
    gone = (VirtualInterfaceState.DELETING, VirtualInterfaceState.DELETED)
    return [vif for vif in office.cloud.virtual_interfaces() if vif.state not in gone]


def requests(office: Office, chance: random.Random) -> Iterator[Request]:
    """What could be asked for as things stand."""
    (connection, *_) = office.cloud.connections()
    members = private_members(vlan=chance.randrange(1, 4095))
    yield (
        "CreatePrivateVirtualInterface",
        {"connectionId": connection.id, "newPrivateVirtualInterface": members},
    )
    yield "CreateConnection", {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": "more"}
    for vif in standing(office):
        peers = vif.standing_peers
        if len(peers) == 1:
            peer = {"addressFamily": {"ipv4": "ipv6", "ipv6": "ipv4"}[peers[0].family], "asn": 65001}
            yield "CreateBGPPeer", {"virtualInterfaceId": vif.id, "newBGPPeer": peer}
        else:
            yield "DeleteBGPPeer", {"virtualInterfaceId": vif.id, "bgpPeerId": chance.choice(peers).id}
        yield "DeleteVirtualInterface", {"virtualInterfaceId": vif.id}


def report(office: Office, chance: random.Random) -> None:
    """The machine does what is wanted, or a session comes or goes."""
    for vif in office.cloud.virtual_interfaces():
        if vif.state is VirtualInterfaceState.DELETING:
            office.cloud.vif_removed(vif.id)
        elif vif.state is not VirtualInterfaceState.DELETED:
            office.configure(vif.id)
            for peer in vif.peers:
                if peer.state is BgpPeerState.DELETING:
                    office.cloud.peer_removed(vif.id, peer.id)
                else:
                    office.observe(peer.id, chance.choice(["up", "down"]))


def snapshot(office: Office) -> list[str]:
    """Everything that is stored of the world."""
    resources = (*office.cloud.connections(), *office.cloud.virtual_interfaces())
    return [resource.model_dump_json() for resource in resources]


def live(directory: Path, seed: int, diary: TextIO) -> None:
    """Requests and reports in turn; each is written into the diary before it is begun, and its outcome after."""
    office, chance = Office(directory, Clock()), random.Random(seed)
    office.plug()
    write(diary, snapshot=snapshot(office))
    for number in range(STEPS):
        if number % 2:
            write(diary, report=number)
            report(office, chance)
        else:
            operation, parameters = chance.choice(list(requests(office, chance)))
            write(diary, operation=operation, parameters=parameters, invocation=f"request-{number}")
            office.cloud.perform(operation, office.caller, parameters, f"request-{number}")
        write(diary, snapshot=snapshot(office))


def write(diary: TextIO, **line: object) -> None:
    diary.write(json.dumps(line) + "\n")
    diary.flush()


def crashed(directory: Path, seed: int) -> tuple[bool, list[dict[str, Any]]]:
    """Whether the life that a seed chooses ended early, and its diary."""
    reading, writing = os.pipe()
    number = random.Random(~seed).randrange(1, MOST_POINTS)
    with os.fdopen(reading) as diary:
        with os.fdopen(writing, "w") as pen:
            early = killed_at(number, lambda: live(directory, seed, pen))
        return early, [json.loads(line) for line in diary]


def check(office: Office) -> None:
    """What must be so of any world, however it came about."""
    peers = [peer for vif in standing(office) for peer in vif.standing_peers]
    for one, other in combinations(peers, 2):
        assert not one.block.overlaps(other.block)
    assert len({peer.id for peer in peers}) == len(peers)
    vlans = [(vif.connection_id, vif.vlan) for vif in standing(office)]
    assert len(set(vlans)) == len(vlans)
    numbers = [vif.number for vif in office.cloud.virtual_interfaces()]
    assert sorted(set(numbers)) == numbers
    assert all(vif.standing_peers for vif in standing(office))
    for vif in office.cloud.virtual_interfaces():
        for peer in vif.peers:
            office.cloud.history(peer.id)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_crash_leaves(tmp_path: Path, seed: int) -> None:
    early, diary = crashed(tmp_path / "state", seed)
    office = Office(tmp_path / "state", Clock())
    check(office)
    snapshots = [line["snapshot"] for line in diary if "snapshot" in line]
    if diary and "operation" in diary[-1]:
        finish(office, diary[-1], snapshots)
    elif not early:
        assert snapshot(office) == snapshots[-1]
    check(office)
    office.plug("another")
    office.private(office.plug("another").id, vlan=7)
    check(office)
    office.close()


def finish(office: Office, under_way: dict[str, Any], snapshots: list[list[str]]) -> None:
    """What was asked for when the process ended was done or not; asked once more, it is done once."""
    found = snapshot(office)
    done = found != snapshots[-1]
    again = (under_way["operation"], office.caller, under_way["parameters"], under_way["invocation"])
    answer = office.cloud.perform(*again)
    assert office.cloud.perform(*again) == answer
    if done:
        assert snapshot(office) == found
    else:
        assert snapshot(office) != found
