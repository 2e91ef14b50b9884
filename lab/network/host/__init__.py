"""Interfaces of this machine that are lent to a lab as ports of its Direct Connect device.

A cable may lead to a router that is not the lab's: one on the bench behind `eth3`, a node of GNS3, EVE-NG or
containerlab. Then the machine's interface *is* the port. It is moved into the device's namespace under the
connection's name, and is from there on a trunk like any other: frames with a VLAN's tag belong to that VLAN's
virtual interface, and carrier is the light on the wire.

    found.py      what an interface is like (name, MTU, flags, addresses, routes), written down and put back
    refusals.py   which interfaces are never lent: whose loss would cut somebody off
    ports.py      lending and giving back

What was found is on disk, in the lab's run directory, before anything is changed, and stays there until all
of it is put back. So whoever comes next after a kill, the lab itself or `dxlab down`, can tell at whatever
step it happened what is left to do:

    the interface is in the device's namespace      it is moved home, and put in order there
    it is at home under the connection's name       so the kernel leaves a NIC whose namespace was deleted
    it is at home under its own name                it was never taken, or was almost given back
    it is nowhere                                   it was virtual, and the kernel deleted it with its namespace

*Home* is the network namespace of the process that lends. Moving an interface between namespaces, the kernel
clears its addresses, routes, tc rules and settings under /proc/sys/net; the first two are put back.
"""

from __future__ import annotations

from lab.network.host.ports import HostPorts, ports_to_oneself
from lab.network.host.refusals import refuse_unless_free

__all__ = ["HostPorts", "ports_to_oneself", "refuse_unless_free"]
