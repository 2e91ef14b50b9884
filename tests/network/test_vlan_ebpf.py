"""The eBPF driver, on this machine's own kernel."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from scapy.layers.l2 import Dot1Q

from lab.network.links import End, ensure_cable, has_carrier, remove_link
from lab.network.namespaces import netlink, remove_namespace
from lab.network.vlan import EbpfVlan, VlanDriver
from lab.network.vlan.ebpf import _existing_map
from tests.network.vlan_conformance import AMAZON, PORT, V1, VlanConformance, datagram
from tests.network.wire import open_socket, send_frame

pytestmark = pytest.mark.root


class TestEbpfVlan(VlanConformance):
    @pytest.fixture
    def near(self) -> VlanDriver:
        return EbpfVlan()

    @pytest.fixture
    def far(self) -> VlanDriver:
        return EbpfVlan()

    def test_a_priority_tag_within_our_tag_makes_it_a_stranger(self) -> None:
        """Taking our tag away would leave a priority tag, which Linux takes for none."""
        with closing(open_socket(V1, socket.AF_INET, socket.SOCK_DGRAM)) as receiver:
            receiver.bind((AMAZON[0], 4000))
            send_frame(PORT, datagram(Dot1Q(vlan=101) / Dot1Q(vlan=0), "within"))
            send_frame(PORT, datagram(Dot1Q(vlan=101), "ours"))
            assert receiver.recv(64) == b"ours"


@pytest.fixture
def trunk(namespace: Callable[[str], str]) -> End:
    end = End(namespace("dx"), "dxcon-fg12ab34")
    ensure_cable(end, End(namespace("edge"), "eth1"))
    return end


def outer_ends(trunk: End) -> list[str]:
    with netlink(trunk.namespace) as kernel:
        return sorted(
            link.get_attr("IFLA_IFALIAS") for link in kernel.link("dump") if link.get_attr("IFLA_IFALIAS")
        )


def test_it_is_available_here() -> None:
    assert EbpfVlan().available()


def test_threads_make_sub_interfaces_of_one_new_trunk_at_once(
    trunk: End, namespace: Callable[[str], str]
) -> None:
    """Only one of them can attach the trunk's program; all must use its map."""
    subs = {vlan: End(namespace(f"v{vlan}"), "vif") for vlan in range(101, 113)}
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda vlan: EbpfVlan().ensure(trunk, vlan, subs[vlan], mtu=1500), subs))
    EbpfVlan().set_carrier(trunk, False)
    assert not any(has_carrier(sub) for sub in subs.values())


def test_an_outer_end_is_hidden_and_says_whose_it_is(trunk: End, namespace: Callable[[str], str]) -> None:
    sub = End(namespace("v1"), "vif")
    EbpfVlan().ensure(trunk, 101, sub, mtu=1500)
    assert outer_ends(trunk) == [f"dxlab: VLAN 101 of {trunk} for {sub}"]
    with netlink(trunk.namespace) as kernel:
        (outer,) = [link for link in kernel.link("dump") if link.get_attr("IFLA_IFALIAS")]
        assert len(outer.get_attr("IFLA_IFNAME")) <= 15
        assert list(kernel.addr("dump", index=outer["index"])) == []


def test_a_half_made_one_is_completed(trunk: End, namespace: Callable[[str], str]) -> None:
    """As after kill -9 between making the pair and noting it in the map."""
    sub = End(namespace("v1"), "vif")
    EbpfVlan().ensure(trunk, 101, sub, mtu=1500)
    with netlink(trunk.namespace) as kernel, _existing_map(kernel, trunk) as vlans:
        assert vlans is not None
        vlans.delete(101)
    EbpfVlan().ensure(trunk, 101, sub, mtu=1500)
    assert has_carrier(sub)
    assert len(outer_ends(trunk)) == 1


def test_a_sub_interface_deleted_by_others_is_made_again(trunk: End, namespace: Callable[[str], str]) -> None:
    sub = End(namespace("v1"), "vif")
    EbpfVlan().ensure(trunk, 101, sub, mtu=1500)
    remove_link(sub)
    EbpfVlan().set_carrier(trunk, True)
    EbpfVlan().ensure(trunk, 101, sub, mtu=1500)
    assert has_carrier(sub)


def test_a_namespace_made_anew_gets_its_sub_interface_again(
    trunk: End, namespace: Callable[[str], str]
) -> None:
    """Without remove() before: the kernel may not have cleared the old namespace yet."""
    sub = End(namespace("v1"), "vif")
    EbpfVlan().ensure(trunk, 101, sub, mtu=1500)
    remove_namespace(sub.namespace)
    namespace("v1")
    EbpfVlan().ensure(trunk, 101, sub, mtu=1500)
    assert has_carrier(sub)
    assert len(outer_ends(trunk)) == 1


def test_carrier_without_sub_interfaces_is_nothing_to_pass_on(trunk: End) -> None:
    EbpfVlan().set_carrier(trunk, False)
    EbpfVlan().set_carrier(End(trunk.namespace, "dxcon-none"), False)
    assert has_carrier(trunk)
