"""The kernel's own driver, and that it and the eBPF driver understand each other across a cable."""

from __future__ import annotations

import pytest

from lab.network.vlan import EbpfVlan, KernelVlan, VlanDriver, vlan_driver
from tests.network.vlan_conformance import VlanConformance

pytestmark = [pytest.mark.root, pytest.mark.uml]


class TestKernelVlan(VlanConformance):
    @pytest.fixture
    def near(self) -> VlanDriver:
        return KernelVlan()

    @pytest.fixture
    def far(self) -> VlanDriver:
        return KernelVlan()


class TestKernelVlanWithEbpfRouter(VlanConformance):
    @pytest.fixture
    def near(self) -> VlanDriver:
        return KernelVlan()

    @pytest.fixture
    def far(self) -> VlanDriver:
        return EbpfVlan()


class TestEbpfVlanWithKernelRouter(VlanConformance):
    @pytest.fixture
    def near(self) -> VlanDriver:
        return EbpfVlan()

    @pytest.fixture
    def far(self) -> VlanDriver:
        return KernelVlan()


def test_the_kernel_driver_is_preferred() -> None:
    assert vlan_driver().name == "kernel"
