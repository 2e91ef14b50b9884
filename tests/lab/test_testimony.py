"""Whose key a router signs with: what the endpoint says of it, which alone has the keys. scapy signs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scapy.layers.inet import IP, TCP, sign_tcp_md5
from scapy.layers.l2 import Ether

from lab import testimony
from lab.diagnosis import Cause, Verdict, judge
from lab.diagnosis.frames import RawFrame
from lab.diagnosis.tape import Tape
from tests.diagnosis.packets import ethernet
from tests.directconnect.office import Clock, Office

VIFS_KEY, PEERS_KEY, ANOTHER_VIFS_KEY, ANOTHER_PEERS_KEY = (
    "ofTheVif",
    "ofThePeer",
    "ofAnotherVif",
    "ofItsPeer",
)


def heard(vif: dict[str, str], key: str) -> Tape:
    """One call of the router's, signed with a key."""
    ends = (vif[name].partition("/")[0] for name in ("customerAddress", "amazonAddress"))
    packet = IP(**dict(zip(("src", "dst"), ends, strict=True)), ttl=1) / TCP(sport=40000, dport=179, seq=1)
    sign_tcp_md5(packet[TCP], key.encode())
    octets = ethernet(packet, int(vif["vlan"]))
    assert Ether(octets)[TCP].options
    tape = Tape()
    tape.keep(vif["connectionId"], RawFrame(time.time(), True, octets))
    return tape


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "state", Clock())
    yield made
    made.close()


def verdict(office: Office, vif: dict[str, str], peer: str, key: str) -> Verdict:
    told = testimony.Testimony(office.cloud, {}, lambda _: (), heard=lambda: heard(vif, key))
    case = told.of(peer)
    assert case is not None
    return judge(case)


def peers(office: Office) -> tuple[dict[str, str], str, str]:
    """A VIF whose IPv4 peer has the VIF's key, and another one; the first VIF's peer, and the second VIF's id."""
    connection = office.plug().id
    vif = office.private(connection, vlan=101, authKey=VIFS_KEY)
    other = office.private(connection, vlan=102, authKey=ANOTHER_VIFS_KEY)
    office.add_peer(other["virtualInterfaceId"], authKey=ANOTHER_PEERS_KEY)
    return vif, vif["bgpPeers"][0]["bgpPeerId"], other["virtualInterfaceId"]


def test_the_key_of_another_virtual_interface(office: Office) -> None:
    vif, peer, other = peers(office)
    found = verdict(office, vif, peer, ANOTHER_VIFS_KEY)
    assert found.cause == Cause.MD5_MISMATCH
    assert found.explanation.startswith(f"the router signs with the key of {other},")


def test_the_key_of_another_peer_that_has_its_own(office: Office) -> None:
    vif, peer, other = peers(office)
    own = office.vif(other)["bgpPeers"][1]["bgpPeerId"]
    found = verdict(office, vif, peer, ANOTHER_PEERS_KEY)
    assert found.explanation.startswith(f"the router signs with the key of BGP peer {own} of {other},")


def test_the_virtual_interfaces_key_for_a_peer_that_has_its_own(office: Office) -> None:
    """Its first peer has the virtual interface's; it is taken away, and one with a key of its own is made."""
    vif, peer, _ = peers(office)
    office.add_peer(vif["virtualInterfaceId"], authKey="ofIPv6")
    office.call("DeleteBGPPeer", virtualInterfaceId=vif["virtualInterfaceId"], bgpPeerId=peer)
    office.cloud.peer_removed(vif["virtualInterfaceId"], peer)
    members = {name: vif[name] for name in ("amazonAddress", "customerAddress")}
    made = office.add_peer(vif["virtualInterfaceId"], addressFamily="ipv4", authKey=PEERS_KEY, **members)
    own = next(each["bgpPeerId"] for each in made["bgpPeers"] if each.get("authKey") == PEERS_KEY)
    found = verdict(office, vif, own, VIFS_KEY)
    assert found.explanation.startswith(
        f"the router signs with the key of its virtual interface, {vif['virtualInterfaceId']},"
    )


def test_the_peers_own_key_is_no_mistake(office: Office) -> None:
    vif, peer, _ = peers(office)
    assert verdict(office, vif, peer, VIFS_KEY).cause != Cause.MD5_MISMATCH
