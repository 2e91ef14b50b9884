"""The customer's router: BIRD in a namespace, with everything configured and nobody to talk to yet.

Its sessions are passive. So what is measured is AWS's end alone, without the luck of where in its second a
dialling router's retry timer happens to be; and dozens of waiting sessions cost nothing meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from ipaddress import IPv4Address, IPv4Interface, ip_interface
from pathlib import Path

from benchmarks.bird import Bird, Session
from lab.network.links import End, ensure_addresses
from lab.network.vlan import VlanDriver

_ROUTER_ID = IPv4Address("192.0.2.1")


def sessions(prefix: str, block: int, count: int) -> list[Session]:
    """Sessions with addresses of their own, out of 172.<block>.0.0/16; one /30 each."""
    return [
        Session(f"{prefix}{number}", *(_address(block, number * 4 + host) for host in (1, 2)))
        for number in range(count)
    ]


def _address(block: int, number: int) -> IPv4Interface:
    return IPv4Interface(f"172.{block}.{number >> 8}.{number & 0xFF}/30")


def start_waiting(namespace: str, directory: Path, waiting: Iterable[Session]) -> None:
    """Have a router wait for all of these sessions."""
    protocols = [session.configuration_of_customer() for session in waiting]
    with closing(Bird(namespace, directory, _ROUTER_ID, protocols).start()):
        pass


def add_vlan(driver: VlanDriver, trunk: End, vlan: int, on_it: Iterable[Session]) -> None:
    """Give the router an 802.1Q sub-interface with the customer's addresses of these sessions."""
    sub = End(trunk.namespace, f"{trunk.interface}.{vlan}")
    driver.ensure(trunk, vlan, sub, mtu=1500)
    ensure_addresses(sub, [ip_interface(session.customer) for session in on_it])
