"""Packets that just fit, and packets that do not, over a VIF of each MTU that AWS offers."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_interface

import pytest

from lab.network.namespaces import inside
from tests.support.command import Bench, eventually
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root

#: Octets of the headers before a UDP payload: IP's and UDP's.
HEADERS = {socket.AF_INET: 20 + 8, socket.AF_INET6: 40 + 8}
#: Linux: the option that sets DF on every packet, and never fragments (ip(7), ipv6(7)).
WITHOUT_FRAGMENTS = {
    socket.AF_INET: (socket.IPPROTO_IP, 10, 2),  # IP_MTU_DISCOVER, IP_PMTUDISC_DO
    socket.AF_INET6: (socket.IPPROTO_IPV6, 23, 2),  # IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO
}
PORT, PATIENCE = 4711, 10.0


@pytest.mark.parametrize("mtu", [1500, 8500, 9001])
def test_a_packet_of_the_mtu_passes_whole_and_a_larger_one_does_not(lab_bench: Bench, mtu: int) -> None:
    lab = lab_bench.up(write_topology(lab_bench.places.state.parent, lab_bench.name, Office(mtu=mtu)))
    eventually(lab.is_up, "every session to be up")
    (vif,) = lab.vifs()
    assert vif["mtu"] == mtu
    amazon, customer = lab.places.namespace(vif["virtualInterfaceId"]), lab.places.namespace("edge")
    for peer in lab.peers():
        ends = (amazon, address(peer, "amazonAddress")), (customer, address(peer, "customerAddress"))
        for sender, receiver in (ends, ends[::-1]):
            assert passes(sender, receiver, mtu)
            assert not passes(sender, receiver, mtu + 1)


def address(peer: dict[str, str], end: str) -> str:
    return str(ip_interface(peer[end]).ip)


def passes(sender: tuple[str, str], receiver: tuple[str, str], size: int) -> bool:
    """Whether an IP packet of this size comes through in one piece; False where it is too large to be sent.

    :param sender: namespace and address, likewise the receiver.
    """
    family = socket.AF_INET6 if ":" in sender[1] else socket.AF_INET
    with bound(family, *receiver) as receiving, bound(family, *sender) as sending:
        sending.setsockopt(*WITHOUT_FRAGMENTS[family])
        payload = bytes(size - HEADERS[family])
        try:
            sending.sendto(payload, (receiver[1], PORT))
        except OSError as error:
            assert error.errno == errno.EMSGSIZE
            return False
        return receiving.recv(65535) == payload


def bound(family: socket.AddressFamily, namespace: str, address: str) -> socket.socket:
    with inside(namespace):
        made = socket.socket(family, socket.SOCK_DGRAM)
    made.settimeout(PATIENCE)
    made.bind((address, PORT))
    return made
