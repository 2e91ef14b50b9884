"""What every 802.1Q driver must do, as one set of checks.

A driver's test module derives its class from `VlanConformance` and gives it the two fixtures `near` and
`far`: the driver of the Direct Connect end, which is under test, and that of the router's end. With different
ones, the same checks show that both put the same frames on the cable.

    dx: trunk =========== cable =========== r1: eth1      eth1.101 beside eth1 in r1
         v1: vif (VLAN 101)                               eth1.102 in r2, so that both may have the same
         address v2: vif (VLAN 102)
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_interface

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether
from scapy.packet import Packet

from lab.errors import NetworkError
from lab.network import links
from lab.network.links import End, ensure_addresses, ensure_cable, has_carrier, set_link
from lab.network.namespaces import (
    ensure_namespace,
    namespaces,
    netlink,
    prepare_router,
    processes_in,
    remove_namespace,
)
from lab.network.vlan import VlanDriver
from tests.network.wire import (
    Capture,
    Host,
    eventually,
    exchange,
    is_echo_request,
    mac_address,
    open_socket,
    ping,
    send_frame,
    tcp_counter,
)

AMAZON = ("169.254.10.1", "2001:db8:10::1")
CUSTOMER = ("169.254.10.2", "2001:db8:10::2")
LENGTHS = (30, 125)
PREFIX = f"dxlab-tnetwork-{os.getpid()}."
DX, R1, R2, V1, V2 = (PREFIX + part for part in ("dx", "r1", "r2", "v1", "v2"))
TRUNK, PORT = End(DX, "dxcon-fg12ab34"), End(R1, "eth1")
VIF1, VIF2 = End(V1, "dxvif-fg12ab34"), End(V2, "dxvif-fg12ab34")
SUB1, SUB2 = End(R1, "eth1.101"), End(R2, "eth1.102")


def interfaces(addresses: tuple[str, str]) -> list[links.Interface]:
    return [ip_interface(f"{address}/{length}") for address, length in zip(addresses, LENGTHS, strict=True)]


def connect(near: VlanDriver, far: VlanDriver, vlan: int, vif: End, sub: End, *, mtu: int = 1500) -> None:
    """A VIF on the one side, a router's sub-interface on the other, both with their addresses."""
    near.ensure(TRUNK, vlan, vif, mtu=mtu)
    far.ensure(PORT, vlan, sub, mtu=mtu)
    ensure_addresses(vif, interfaces(AMAZON), hop_limit=1)
    ensure_addresses(sub, interfaces(CUSTOMER))


def identity(end: End) -> tuple[int, str]:
    """What changes when an interface is made anew."""
    return links.index_of(end), mac_address(end)


def exists(end: End) -> bool:
    with netlink(end.namespace) as kernel:
        return links.find_link(kernel, end.interface) is not None


class VlanConformance:
    """The checks. `near` is the driver under test."""

    @pytest.fixture(autouse=True)
    def _cable(self, near: VlanDriver, far: VlanDriver) -> Iterator[None]:
        for name in (DX, R1, R2, V1, V2):
            ensure_namespace(name)
        prepare_router(R1)
        ensure_cable(TRUNK, PORT)
        try:
            connect(near, far, 101, VIF1, SUB1)
            yield
        finally:
            for name in namespaces(PREFIX):
                remove_namespace(name)

    # ---- traffic ------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("family", [0, 1], ids=["ipv4", "ipv6"])
    def test_both_ends_answer(self, family: int) -> None:
        assert ping(V1, CUSTOMER[family])
        assert ping(R1, AMAZON[family])

    @pytest.mark.parametrize("place", [TRUNK, PORT], ids=["trunk", "router"])
    def test_every_frame_on_the_cable_bears_the_tag(self, place: End) -> None:
        with Capture(place) as capture:
            assert all(ping(V1, address) for address in CUSTOMER)
            assert all(ping(R1, address) for address in AMAZON)
            frames = capture.until(is_echo_request(AMAZON[1]))
        between = [frame for frame in frames if IP in frame.packet or is_echo_between(frame.packet)]
        assert {frame.outgoing for frame in between} == {False, True}
        assert all(frame.packet.type == 0x8100 and frame.vlans == [101] for frame in between)

    @pytest.mark.parametrize("family", [0, 1], ids=["ipv4", "ipv6"])
    def test_signed_tcp_passes_in_both_directions(self, family: int) -> None:
        key = b"s3cretKey9"
        amazon, customer = Host(V1, AMAZON[family]), Host(R1, CUSTOMER[family])
        for server, client in ((amazon, customer), (customer, amazon)):
            assert len(exchange(server, client, server_key=key, client_key=key)) == 200_000
        assert tcp_counter(V1, "TCPMD5Failure") == tcp_counter(R1, "TCPMD5Failure") == 0

    @pytest.mark.parametrize("family", [0, 1], ids=["ipv4", "ipv6"])
    def test_a_wrong_signature_is_noticed(self, family: int) -> None:
        amazon, customer = Host(V1, AMAZON[family]), Host(R1, CUSTOMER[family])
        assert (
            exchange(amazon, customer, server_key=b"s3cretKey9", client_key=b"another", patience=0.3) == b""
        )
        assert tcp_counter(V1, "TCPMD5Failure") > 0

    @pytest.mark.parametrize("mtu", [1500, 8500, 9001])
    def test_full_sized_packets_pass(self, near: VlanDriver, far: VlanDriver, mtu: int) -> None:
        connect(near, far, 101, VIF1, SUB1, mtu=mtu)
        assert all(ping(V1, address, size=mtu) for address in CUSTOMER)
        assert all(ping(R1, address, size=mtu) for address in AMAZON)

    @pytest.mark.parametrize("vlan", [1, 255, 256, 4094])
    def test_every_vlan_id_can_be_used(self, near: VlanDriver, far: VlanDriver, vlan: int) -> None:
        connect(near, far, vlan, VIF2, SUB2)
        with Capture(PORT) as capture:
            assert ping(V2, CUSTOMER[0])
            assert capture.until(is_echo_request(CUSTOMER[0]))[-1].vlans == [vlan]

    # ---- what must not pass -------------------------------------------------------------------------------

    def test_two_vlans_do_not_leak(self, near: VlanDriver, far: VlanDriver) -> None:
        connect(near, far, 102, VIF2, SUB2)
        with Capture(VIF2) as capture:
            broadcast = Ether(dst="ff:ff:ff:ff:ff:ff") / IP(dst="255.255.255.255", tos=4) / UDP(dport=9)
            send_frame(SUB1, broadcast)
            assert all(ping(V1, address) for address in CUSTOMER)
            assert ping(V2, CUSTOMER[0])
            frames = capture.until(is_echo_request(CUSTOMER[0]))
        strangers = {mac_address(VIF1), mac_address(SUB1)} - {mac_address(VIF2), mac_address(SUB2)}
        assert not any(frame.packet.src in strangers for frame in frames)
        assert not any(IP in frame.packet and frame.packet[IP].tos == 4 for frame in frames)

    def test_the_same_addresses_on_two_vifs_do_not_disturb(self, near: VlanDriver, far: VlanDriver) -> None:
        connect(near, far, 102, VIF2, SUB2)
        for namespace, port in ((V1, PORT), (V2, PORT)):
            with Capture(port) as capture:
                assert ping(namespace, CUSTOMER[0])
                expected = 101 if namespace == V1 else 102
                assert capture.until(is_echo_request(CUSTOMER[0]))[-1].vlans == [expected]
        near.remove(TRUNK, 101, VIF1)
        assert all(ping(V2, address) for address in CUSTOMER)

    def test_only_its_own_single_tag_reaches_a_vif(self, near: VlanDriver) -> None:
        """Untagged, priority-tagged, 802.1ad, doubly tagged and unknown VLANs are not a VIF's."""
        ours = Dot1Q(vlan=101)
        wrong = [
            None,
            Dot1Q(vlan=0),
            Dot1Q(vlan=103),
            Dot1AD(vlan=101),
            Dot1AD(vlan=101) / ours,
            Dot1Q(vlan=101) / Dot1Q(vlan=7),
        ]
        with closing(open_socket(V1, socket.AF_INET, socket.SOCK_DGRAM)) as receiver:
            receiver.bind((AMAZON[0], 4000))
            for number, tags in enumerate([*wrong, ours]):
                send_frame(PORT, datagram(tags, str(number)))
            assert receiver.recv(64) == str(len(wrong)).encode()

    # ---- asking -------------------------------------------------------------------------------------------

    def test_the_sub_interfaces_beside_a_trunk_are_found_by_their_vlan(self, near: VlanDriver) -> None:
        """A virtual interface's are elsewhere."""
        for vlan in (7, 4094):
            near.ensure(TRUNK, vlan, End(DX, f"beside.{vlan}"), mtu=1500)
        assert near.sub_interfaces(TRUNK) == {7: "beside.7", 4094: "beside.4094"}
        with pytest.raises(NetworkError, match="there is no interface 'nothing'"):
            near.sub_interfaces(End(DX, "nothing"))

    # ---- making and removing ------------------------------------------------------------------------------

    def test_ensuring_again_changes_nothing(self, near: VlanDriver) -> None:
        before = identity(VIF1)
        near.ensure(TRUNK, 101, VIF1, mtu=1500)
        assert identity(VIF1) == before

    def test_another_process_takes_over_what_this_one_made(self, near: VlanDriver, far: VlanDriver) -> None:
        before = identity(VIF1)
        in_another_process(near, f"driver.ensure(trunk, 101, End({V1!r}, {VIF1.interface!r}), mtu=1500)")
        assert identity(VIF1) == before
        in_another_process(near, f"driver.ensure(trunk, 102, End({V2!r}, {VIF2.interface!r}), mtu=1500)")
        connect(near, far, 102, VIF2, SUB2)
        assert ping(V2, CUSTOMER[0])
        in_another_process(near, f"driver.remove(trunk, 101, End({V1!r}, {VIF1.interface!r}))")
        assert not exists(VIF1)
        assert ping(V2, CUSTOMER[0])

    def test_a_removed_one_can_be_made_again(self, near: VlanDriver, far: VlanDriver) -> None:
        near.remove(TRUNK, 101, VIF1)
        assert not exists(VIF1)
        near.remove(TRUNK, 101, VIF1)
        connect(near, far, 101, VIF1, SUB1)
        assert all(ping(V1, address) for address in CUSTOMER)

    def test_a_vlan_moves_to_another_namespace_once_it_is_removed(
        self, near: VlanDriver, far: VlanDriver
    ) -> None:
        near.remove(TRUNK, 101, VIF1)
        connect(near, far, 101, VIF2, SUB1)
        assert ping(V2, CUSTOMER[0])

    def test_a_new_cable_gets_new_sub_interfaces(self, near: VlanDriver, far: VlanDriver) -> None:
        links.remove_link(TRUNK)
        ensure_cable(TRUNK, PORT)
        connect(near, far, 101, VIF1, SUB1)
        assert all(ping(V1, address) for address in CUSTOMER)

    def test_an_interface_of_that_name_that_leads_elsewhere_is_replaced(self, near: VlanDriver) -> None:
        near.remove(TRUNK, 101, VIF1)
        near.ensure(TRUNK, 77, VIF1, mtu=1500)
        near.remove(TRUNK, 101, VIF2)
        near.ensure(TRUNK, 101, VIF1, mtu=1500)
        ensure_addresses(VIF1, interfaces(AMAZON))
        assert ping(V1, CUSTOMER[0])

    def test_a_vlan_in_use_is_refused(self, near: VlanDriver) -> None:
        before = identity(VIF1)
        with pytest.raises(NetworkError, match=r"VLAN 101 of .* already has another sub-interface"):
            near.ensure(TRUNK, 101, VIF2, mtu=1500)
        assert identity(VIF1) == before
        assert not exists(VIF2)

    def test_a_missing_trunk_is_named(self, near: VlanDriver) -> None:
        with pytest.raises(NetworkError, match=f"no interface 'dxcon-none' in the network namespace '{DX}'"):
            near.ensure(End(DX, "dxcon-none"), 101, VIF2, mtu=1500)

    def test_removing_needs_neither_trunk_nor_namespace(self, near: VlanDriver) -> None:
        near.remove(End(DX, "dxcon-none"), 101, VIF2)
        near.remove(End(f"{PREFIX}none", "dxcon-none"), 101, End(f"{PREFIX}gone", "dxvif-none"))

    def test_the_mtu_can_change(self, near: VlanDriver, far: VlanDriver) -> None:
        before = identity(VIF1)
        connect(near, far, 101, VIF1, SUB1, mtu=9001)
        assert identity(VIF1) == before
        assert ping(V1, CUSTOMER[0], size=9001)

    # ---- carrier ------------------------------------------------------------------------------------------

    def test_the_router_unplugs(self, near: VlanDriver) -> None:
        set_link(PORT, up=False)
        near.set_carrier(TRUNK, has_carrier(TRUNK))
        eventually(lambda: not has_carrier(VIF1), "the VIF has no carrier")
        set_link(PORT, up=True)
        near.set_carrier(TRUNK, has_carrier(TRUNK))
        eventually(lambda: has_carrier(VIF1), "the VIF has its carrier back")

    def test_the_cable_is_unplugged_and_plugged_in(self, near: VlanDriver) -> None:
        """Addresses and sub-interface stay as they were."""
        before = identity(VIF1)
        set_link(TRUNK, up=False)
        near.set_carrier(TRUNK, False)
        eventually(lambda: not has_carrier(PORT), "the router sees no carrier")
        set_link(TRUNK, up=True)
        near.set_carrier(TRUNK, True)
        eventually(lambda: has_carrier(VIF1), "the VIF has its carrier back")
        assert identity(VIF1) == before
        assert all(ping(V1, address) for address in CUSTOMER)

    def test_nothing_else_runs_in_the_namespaces(self) -> None:
        assert processes_in(DX) == processes_in(V1) == []


def is_echo_between(packet: Packet) -> bool:
    return IPv6 in packet and packet[IPv6].dst in (*AMAZON, *CUSTOMER)


def datagram(tags: Packet | None, text: str) -> Packet:
    """A UDP datagram to the first VIF's port 4000, within these tags."""
    frame = Ether(src=mac_address(SUB1), dst=mac_address(VIF1))
    inner = IP(src=CUSTOMER[0], dst=AMAZON[0]) / UDP(sport=4000, dport=4000) / text.encode()
    return frame / inner if tags is None else frame / tags / inner


def in_another_process(driver: VlanDriver, statement: str) -> None:
    """Carry out a statement on `driver` and `trunk` in a fresh process, which then ends."""
    kind = type(driver)
    program = (
        f"from {kind.__module__} import {kind.__name__}\n"
        "from lab.network.links import End\n"
        f"driver, trunk = {kind.__name__}(), End({DX!r}, {TRUNK.interface!r})\n"
        f"{statement}\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
