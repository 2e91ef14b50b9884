"""Two network namespaces with a cable between them: the speaker's and the router's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_interface, ip_network

from lab.bgp.launcher import SpeakerSpec
from lab.bgp.spec import Address
from lab.network.links import End, ensure_addresses, ensure_cable, set_link
from lab.network.namespaces import ensure_namespace, processes_in, remove_namespace

KEY = "s3cretKey9"
ADDRESSES = {4: ("169.254.10.1/30", "169.254.10.2/30"), 6: ("2001:db8:1::1/125", "2001:db8:1::6/125")}
ANNOUNCED = {4: (ip_network("10.10.0.0/16"),), 6: (ip_network("2001:db8:10::/56"),)}


def eventually(condition: Callable[[], bool], what: str, seconds: float = 5.0) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.005)


@dataclass(frozen=True)
class Playground:
    """The cable and the addresses at its ends."""

    amazon: End
    customer: End

    def address(self, side: str, family: int) -> Address:
        return ip_interface(ADDRESSES[family][side == "customer"]).ip

    def spec(self, family: int = 4, **changes: object) -> SpeakerSpec:
        fields: dict[str, object] = {
            "peer_id": f"dxpeer-{family}",
            "namespace": self.amazon.namespace,
            "local_address": self.address("amazon", family),
            "peer_address": self.address("customer", family),
            "local_asn": 64512,
            "peer_asn": 65001,
            "auth_key": KEY,
            "router_id": IPv4Address("169.254.10.1"),
            "announce": ANNOUNCED[family],
            "prefix_limit": 100,
        }
        return SpeakerSpec(**{**fields, **changes})  # type: ignore[arg-type]

    def plug(self, *, up: bool) -> None:
        """Pull the cable out at Amazon's end, or put it back.

        In a lab that end is a trunk without addresses. Here it has some, and Linux takes IPv6 addresses from a link
        that is set down.
        """
        set_link(self.amazon, up=up)
        if up:
            self.assign_addresses()

    def assign_addresses(self) -> None:
        for side, end in enumerate((self.amazon, self.customer)):
            ensure_addresses(end, [ip_interface(pair[side]) for pair in ADDRESSES.values()])


@contextmanager
def playground(name: str) -> Iterator[Playground]:
    """Made anew, removed at the end."""
    amazon, customer = End(f"dxlab-tbgp{name}.dx", "dx0"), End(f"dxlab-tbgp{name}.edge", "eth1")
    for end in (amazon, customer):
        remove_namespace(end.namespace)
        ensure_namespace(end.namespace)
    try:
        ensure_cable(amazon, customer)
        made = Playground(amazon, customer)
        made.assign_addresses()
        yield made
    finally:
        for end in (amazon, customer):
            await_empty(end.namespace)
            remove_namespace(end.namespace)


def await_empty(namespace: str) -> None:
    """Wait until no process is left in a namespace."""
    eventually(lambda: not processes_in(namespace), f"{namespace} to be empty")
