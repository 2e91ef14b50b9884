"""What an 802.1Q driver must do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from lab.errors import NetworkError
from lab.network.links import End


class VlanDriver(ABC):
    """Makes 802.1Q sub-interfaces: `sub` sends and receives what carries one VLAN id on the trunk.

    A trunk is one end of a cable. A sub-interface may live in the trunk's namespace (a router's eth1.101) or
    in another (a virtual interface's). Every driver puts the same frames on the trunk; `tests/network` holds
    each of them to that with one and the same set of checks.
    """

    name: str

    @abstractmethod
    def available(self) -> bool:
        """Whether this kernel has what the driver needs.

        :raises PrivilegeError: it cannot be told without root.
        """

    @abstractmethod
    def ensure(self, trunk: End, vlan: int, sub: End, *, mtu: int) -> None:
        """Have the sub-interface, up, with this MTU. One that is already right stays as it is.

        :param vlan: the VLAN id, 1 to 4094.
        :raises NetworkError: the trunk does not exist, or carries this VLAN for another sub-interface.
        """

    @abstractmethod
    def remove(self, trunk: End, vlan: int, sub: End) -> None:
        """Delete the sub-interface; no error when it, the trunk or a namespace is absent."""

    @abstractmethod
    def sub_interfaces(self, trunk: End) -> Mapping[int, str]:
        """The names of the trunk's sub-interfaces in its own namespace, by VLAN id.

        :raises NetworkError: the trunk does not exist.
        """

    @abstractmethod
    def set_carrier(self, trunk: End, up: bool) -> None:
        """Pass the trunk's carrier on to its sub-interfaces, where the kernel does not do so itself."""


def vlan_taken(trunk: End, vlan: int, sub: End) -> NetworkError:
    return NetworkError(
        f"VLAN {vlan} of {trunk} already has another sub-interface than {sub}; remove that one first"
    )
