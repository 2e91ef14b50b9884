"""What every 802.1Q driver must do on an interface that this machine lent, as one set of checks."""

from __future__ import annotations

from ipaddress import ip_interface

from scapy.layers.l2 import Ether

from lab.network.host import HostPorts
from lab.network.links import End, ensure_addresses, has_carrier, set_link
from lab.network.namespaces import ensure_namespace
from lab.network.vlan import VlanDriver
from lab.places import Places
from tests.network.wire import Capture, eventually, is_echo_request, ping, send_frame
from tests.support.nic import Nic

PORT = "dxcon-fg12ab34"
AMAZON = {4: ip_interface("169.254.10.1/30"), 6: ip_interface("2001:db8:10::1/125")}
CUSTOMER = {4: ip_interface("169.254.10.2/30"), 6: ip_interface("2001:db8:10::2/125")}


def wire(driver: VlanDriver, eth: Nic, places: Places) -> tuple[End, End]:
    """VLAN 101 at both ends of the wire: the virtual interface, and the sub-interface of whoever is there."""
    port = End(places.namespace("dx"), PORT)
    vif, sub = End(places.namespace("dxvif-fg12ab34"), "dxvif-fg12ab34"), End(eth.far.namespace, "eth1.101")
    HostPorts(places).lend(eth.name, PORT, mtu=9100)
    ensure_namespace(vif.namespace)
    driver.ensure(port, 101, vif, mtu=1500)
    driver.ensure(eth.far, 101, sub, mtu=1500)
    ensure_addresses(vif, AMAZON.values(), hop_limit=1)
    ensure_addresses(sub, CUSTOMER.values())
    return vif, sub


class HostPortConformance:
    """The checks. The fixture `driver` is the one under test."""

    def test_tagged_frames_reach_the_virtual_interface(
        self, driver: VlanDriver, eth: Nic, places: Places
    ) -> None:
        vif, sub = wire(driver, eth, places)
        with Capture(eth.far) as capture:
            assert all(ping(vif.namespace, str(each.ip)) for each in CUSTOMER.values())
            assert all(ping(sub.namespace, str(each.ip)) for each in AMAZON.values())
            frames = capture.until(is_echo_request(str(AMAZON[6].ip)))
        pings = [frame for frame in frames if is_echo_request(str(CUSTOMER[4].ip))(frame.packet)]
        assert [frame.vlans for frame in pings] == [[101]]

    def test_full_frames_pass(self, driver: VlanDriver, eth: Nic, places: Places) -> None:
        vif, _ = wire(driver, eth, places)
        assert ping(vif.namespace, str(CUSTOMER[4].ip), size=1500)

    def test_carrier_comes_and_goes(self, driver: VlanDriver, eth: Nic, places: Places) -> None:
        vif, _ = wire(driver, eth, places)
        port = End(places.namespace("dx"), PORT)
        for up in (False, True):
            set_link(eth.far, up=up)
            eventually(lambda up=up: has_carrier(port) is up, f"the port's carrier {up}")  # type: ignore[misc]
            driver.set_carrier(port, has_carrier(port))
            eventually(lambda up=up: has_carrier(vif) is up, f"the VIF's carrier {up}")  # type: ignore[misc]

    def test_nothing_of_it_is_left_at_home(self, driver: VlanDriver, eth: Nic, places: Places) -> None:
        """A frame with the tag leads nowhere there, and the interface can be lent again."""
        before = eth.state()
        vif, sub = wire(driver, eth, places)
        HostPorts(places).give_back(PORT)
        assert eth.state() == before
        with Capture(eth.name) as home:
            send_frame(sub, Ether(dst="ff:ff:ff:ff:ff:ff") / b"late")
            (*_, late) = home.until(lambda packet: b"late" in bytes(packet))
        assert late.vlans == [101]
        vif, _ = wire(driver, eth, places)
        assert ping(vif.namespace, str(CUSTOMER[4].ip))
