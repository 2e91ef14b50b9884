"""The Direct Connect device's side of the lab in the kernel: ports, cables, VIF interfaces.

All of a lab's ports stand in one namespace, the device. A port is a veth end named by its connection, and the
cable leads from it to the interface of a customer router. While no cable is plugged in, the far end is a stub
in the device's namespace, shut, so that the port exists, has no carrier, and VIFs can be wired on it before
the cable comes. Plugging in makes port and cable anew; the VIFs of the connection have to be wired again
after that. A port may also be an interface of this machine (`lab.network.host`), whose cable is a real one.

Everything here blocks and may be called from several threads, twice, and after a killed run.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass

from lab.controller.plan import wired_peers
from lab.directconnect.model import VirtualInterface
from lab.network.host import HostPorts, ports_to_oneself
from lab.network.links import (
    End,
    add_veth,
    ensure_addresses,
    ensure_cable,
    exists,
    has_carrier,
    remove_link,
    set_link,
)
from lab.network.namespaces import (
    adopt_namespace,
    ensure_namespace,
    hold_namespace,
    namespace_exists,
    namespaces,
    netlink,
    remove_namespace,
    restore_namespace,
)
from lab.network.vlan import VlanDriver
from lab.places import Places

#: AWS sends BGP with TTL 1, and nothing it sends to the customer's address needs more.
AMAZON_HOP_LIMIT = 1
#: A port takes the largest frames of any VIF (8500 or 9001 octets) with their tags.
PORT_MTU = 9100


def stub_of(port: End) -> End:
    """The far end of a port in which there is no cable."""
    return End(port.namespace, port.interface.replace("dxcon-", "stub-"))


@dataclass
class Wiring:
    """The kernel objects of one lab's Direct Connect device."""

    places: Places
    driver: VlanDriver

    def __post_init__(self) -> None:
        self.host_ports = HostPorts(self.places)
        self._port_lock = threading.Lock()
        self._cables: dict[str, End] = {}
        self._held: dict[str, int] = {}

    @property
    def device(self) -> str:
        """The namespace in which the ports stand."""
        return self.places.namespace("dx")

    def port(self, connection_id: str) -> End:
        return End(self.device, connection_id)

    def interface(self, vif_id: str) -> End:
        return End(self.places.namespace(vif_id), vif_id)

    def ensure_device(self) -> None:
        ensure_namespace(self.device)
        self._hold(self.device)

    def holds(self, namespace: str) -> bool:
        """Whether `restore` can give a namespace its name again: the device's, and those of routers with a cable."""
        return namespace in self._held

    def restore(self, namespace: str) -> None:
        """Give a namespace its name again, if somebody took it away."""
        restore_namespace(namespace, self._held[namespace])

    def adopt(self, vif_id: str, pid: int) -> None:
        """Give the namespace in which a VIF's speaker lives its name again."""
        adopt_namespace(self.interface(vif_id).namespace, pid)

    def release(self) -> None:
        """Let go of all namespaces; they go when their names do."""
        while self._held:
            os.close(self._held.popitem()[1])

    def ensure_port(self, connection_id: str) -> bool:
        """A port for this connection; True if it had to be made, without a cable and so without carrier."""
        port = self.port(connection_id)
        if exists(port):
            return False
        with self._port_lock, ports_to_oneself():
            if exists(port):  # somebody has put one there meanwhile
                return False
            stub = stub_of(port)
            with netlink(self.device) as kernel:
                add_veth(kernel, port.interface, stub, mtu=PORT_MTU)
            set_link(port, up=True)
            return True

    def plug(self, connection_id: str, router: End) -> None:
        """A cable from this port to a router's interface; one that is there already stays."""
        with self._port_lock:
            self.host_ports.give_back(connection_id)
            ensure_cable(self.port(connection_id), router)
            self._cables[connection_id] = router
            self._hold(router.namespace)

    def plug_host(self, connection_id: str, interface: str) -> None:
        """Make an interface of this machine the port; one that is that already stays.

        :raises UsageError: there is no such interface, or the machine cannot spare it.
        """
        with self._port_lock:
            self.host_ports.lend(interface, connection_id, mtu=PORT_MTU)
            self._cables.pop(connection_id, None)

    def pass_carrier(self, connection_id: str) -> None:
        """Let the 802.1Q sub-interfaces at each end of a cable have carrier while that end has."""
        with self._port_lock:  # to look and to pass on what was seen is one step
            for end in (self.port(connection_id), self._cables.get(connection_id)):
                if end is not None and namespace_exists(end.namespace):
                    self.driver.set_carrier(end, has_carrier(end))

    def remove_port(self, connection_id: str) -> None:
        """Take the port away, and with it the cable."""
        self.host_ports.give_back(connection_id)
        remove_link(self.port(connection_id))

    def ensure_vif(self, vif: VirtualInterface) -> None:
        """Namespace, 802.1Q sub-interface and exactly the Amazon addresses of the standing peers."""
        interface = self.interface(vif.id)
        self.ensure_port(vif.connection_id)
        ensure_namespace(interface.namespace)
        port = self.port(vif.connection_id)
        self.driver.ensure(port, vif.vlan, interface, mtu=vif.mtu)
        self.ensure_addresses(vif)
        with self._port_lock:
            if not has_carrier(port):
                self.driver.set_carrier(port, up=False)

    def ensure_addresses(self, vif: VirtualInterface) -> None:
        """Exactly the Amazon addresses of the standing peers, on an interface that stands already."""
        addresses = [peer.amazon_address for peer in wired_peers(vif)]
        ensure_addresses(self.interface(vif.id), addresses, hop_limit=AMAZON_HOP_LIMIT)

    def remove_vif(self, vif: VirtualInterface) -> None:
        interface = self.interface(vif.id)
        self.driver.remove(self.port(vif.connection_id), vif.vlan, interface)
        remove_namespace(interface.namespace)

    def remove_strays(self, wanted: set[str]) -> None:
        """Remove VIF namespaces, left by a killed run, whose VIF is not among the wanted ids."""
        prefix = self.places.namespace("dxvif-")
        keep = {self.interface(vif_id).namespace for vif_id in wanted}
        for name in namespaces(prefix):
            if name not in keep:
                remove_namespace(name)

    def _hold(self, namespace: str) -> None:
        """Hold the namespace that has this name now."""
        held = self._held.get(namespace)
        self._held[namespace] = hold_namespace(namespace)
        if held is not None:
            os.close(held)
