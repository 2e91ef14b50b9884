"""802.1Q sub-interfaces by whichever driver this kernel has the parts for."""

from __future__ import annotations

from lab.errors import MissingPartError
from lab.network.vlan.base import VlanDriver
from lab.network.vlan.ebpf import EbpfVlan
from lab.network.vlan.kernel import KernelVlan

__all__ = ["DRIVERS", "EbpfVlan", "KernelVlan", "VlanDriver", "vlan_driver"]

# In order of preference.
DRIVERS: tuple[type[VlanDriver], ...] = (KernelVlan, EbpfVlan)


def vlan_driver() -> VlanDriver:
    """The driver that the lab uses on this machine.

    :raises MissingPartError: the kernel has the parts for none.
    :raises PrivilegeError: it cannot be told without root.
    """
    for driver in DRIVERS:
        candidate = driver()
        if candidate.available():
            return candidate
    raise MissingPartError(
        "this kernel can make no 802.1Q interfaces: it needs the module 8021q (try 'modprobe 8021q'), "
        "or veth, clsact and the bpf system call"
    )
