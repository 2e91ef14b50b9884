"""Both 802.1Q drivers on an interface that this machine lent."""

from __future__ import annotations

import pytest

from lab.network.host import HostPorts
from lab.network.links import find_link
from lab.network.namespaces import netlink
from lab.network.vlan import EbpfVlan, KernelVlan, VlanDriver
from lab.places import Places
from tests.network.host.drivers import PORT, HostPortConformance, wire
from tests.support.nic import Nic

pytestmark = pytest.mark.root


class TestEbpfVlan(HostPortConformance):
    @pytest.fixture
    def driver(self) -> VlanDriver:
        return EbpfVlan()


@pytest.mark.uml
class TestKernelVlan(HostPortConformance):
    @pytest.fixture
    def driver(self) -> VlanDriver:
        return KernelVlan()

    def test_its_links_go_before_the_interface_does(
        self, driver: VlanDriver, eth: Nic, places: Places
    ) -> None:
        """They follow an interface into whatever namespace it goes, and go on drawing their frames from it."""
        vif, _ = wire(driver, eth, places)
        HostPorts(places).give_back(PORT)
        with netlink(vif.namespace) as kernel:
            assert find_link(kernel, vif.interface) is None
