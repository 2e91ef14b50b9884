"""The device's ports and VIF interfaces in the kernel; a ping is what proves a wire."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Interface, ip_interface

import pytest

from lab.controller import Wiring
from lab.directconnect.model import VirtualInterface
from lab.network.links import End, ensure_addresses, ensure_cable, has_carrier, set_link
from lab.network.namespaces import ensure_namespace, namespace_exists, namespaces, netlink
from lab.network.vlan import vlan_driver
from lab.network.watch import LinkEvent, LinkWatch
from lab.places import Places
from tests.directconnect.office import Office
from tests.network.wire import Capture, is_echo_request, ping

pytestmark = pytest.mark.root

AMAZON, CUSTOMER = "169.254.100.1", "169.254.100.2"
ADDRESSES = {"amazonAddress": f"{AMAZON}/30", "customerAddress": f"{CUSTOMER}/30"}


@dataclass
class Site:
    """The ends that a test looks at: one connection with its VIF, and a customer's port."""

    wiring: Wiring
    vif: VirtualInterface
    router: End

    def plug(self, *, vlan: int = 101) -> None:
        """A cable, and at the customer's end of it a sub-interface with his address."""
        self.wiring.plug(self.vif.connection_id, self.router)
        sub = End(self.router.namespace, f"{self.router.interface}.{vlan}")
        vlan_driver().ensure(self.router, vlan, sub, mtu=1500)
        vlan_driver().set_carrier(self.router, has_carrier(self.router))
        ensure_addresses(sub, [ip_interface(f"{CUSTOMER}/30")])

    def reached(self) -> bool:
        """Whether the VIF's namespace is there for the customer."""
        return ping(self.router.namespace, AMAZON)


def site(office: Office, wiring: Wiring, places: Places, node: str = "edge") -> Site:
    """A VIF of known addresses, not wired yet; routers of different nodes have different connections."""
    connection = office.plug(f"office-{node}")
    created = office.private(connection.id, **ADDRESSES)
    router = End(places.namespace(node), "eth1")
    ensure_namespace(router.namespace)
    return Site(wiring, office.resource(created["virtualInterfaceId"]), router)


@pytest.fixture
def edge(office: Office, wiring: Wiring, places: Places) -> Site:
    return site(office, wiring, places)


def addresses(end: End) -> set[str]:
    with netlink(end.namespace) as kernel:
        found = kernel.addr("dump", label=end.interface)
        return {f"{each.get_attr('IFA_ADDRESS')}/{each['prefixlen']}" for each in found}


def test_a_port_without_a_cable_has_no_carrier(wiring: Wiring) -> None:
    assert wiring.ensure_port("dxcon-fg12ab34")
    assert not wiring.ensure_port("dxcon-fg12ab34")
    assert not has_carrier(wiring.port("dxcon-fg12ab34"))


@pytest.mark.anyio
async def test_a_port_without_a_cable_never_had_carrier(wiring: Wiring) -> None:
    """Not even for the blink of an eye: that would be an `available` connection."""
    async with LinkWatch(wiring.device, "dxcon-") as links:
        news = aiter(links)
        await asyncio.to_thread(ensure_cable, End(wiring.device, "dxcon-first"), End(wiring.device, "end"))
        while await anext(news) != LinkEvent("dxcon-first", carrier=True):
            """Until the watch is under way."""
        await asyncio.to_thread(wiring.ensure_port, "dxcon-fg12ab34")
        await asyncio.to_thread(ensure_cable, End(wiring.device, "dxcon-last"), End(wiring.device, "other"))
        events = [await anext(news)]
        while events[-1] != LinkEvent("dxcon-last", carrier=True):
            events.append(await anext(news))
    carriers = {event.carrier for event in events if event.interface == "dxcon-fg12ab34"}
    assert carriers == {False}


def test_ports_are_made_once_by_however_many_threads(wiring: Wiring) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: wiring.ensure_port("dxcon-fg12ab34"), range(16)))
    assert made.count(True) == 1


def test_a_cable_brings_carrier_and_leads_to_the_router(edge: Site) -> None:
    edge.wiring.ensure_port(edge.vif.connection_id)
    edge.plug()
    assert has_carrier(edge.wiring.port(edge.vif.connection_id))
    edge.wiring.ensure_vif(edge.vif)
    assert edge.reached()


def test_a_vif_that_is_wired_before_the_cable_comes(edge: Site) -> None:
    """The port is a new one then, so the VIF has to be wired again."""
    edge.wiring.ensure_vif(edge.vif)
    assert not has_carrier(edge.wiring.interface(edge.vif.id))
    edge.plug()
    edge.wiring.ensure_vif(edge.vif)
    assert edge.reached()


def test_twice_is_once(edge: Site) -> None:
    edge.plug()
    with Capture(edge.router) as capture:
        for _ in range(2):
            edge.wiring.plug(edge.vif.connection_id, edge.router)
            edge.wiring.ensure_vif(edge.vif)
        assert edge.reached()
        assert capture.until(is_echo_request(AMAZON)), "the cable is the one that the capture began on"
    assert addresses(edge.wiring.interface(edge.vif.id)) == {f"{AMAZON}/30"}


def test_everything_to_the_customer_has_one_hop_to_live(edge: Site) -> None:
    edge.plug()
    edge.wiring.ensure_vif(edge.vif)
    with Capture(edge.router) as capture:
        assert ping(edge.wiring.interface(edge.vif.id).namespace, CUSTOMER)
        request = capture.until(is_echo_request(CUSTOMER))[-1]
    assert request.packet["IP"].ttl == 1
    assert request.vlans == [101]


def test_a_peer_that_leaves_takes_its_address_along(edge: Site) -> None:
    edge.plug()
    (peer,) = edge.vif.peers
    second = peer.model_copy(update={"amazon_address": IPv4Interface("169.254.101.1/30")})
    edge.wiring.ensure_vif(edge.vif.model_copy(update={"peers": (peer, second)}))
    assert addresses(edge.wiring.interface(edge.vif.id)) == {f"{AMAZON}/30", "169.254.101.1/30"}
    edge.wiring.ensure_vif(edge.vif)
    assert addresses(edge.wiring.interface(edge.vif.id)) == {f"{AMAZON}/30"}
    assert edge.reached()


def test_the_same_addresses_on_two_vifs(office: Office, wiring: Wiring, places: Places) -> None:
    """Each customer reaches his own VIF, and losing one does not touch the other."""
    sites = [site(office, wiring, places, node) for node in ("edge", "branch")]
    for each in sites:
        each.plug()
        wiring.ensure_vif(each.vif)
    assert [each.reached() for each in sites] == [True, True]
    wiring.remove_vif(sites[0].vif)
    assert sites[1].reached()


def test_carrier_is_passed_on(edge: Site) -> None:
    edge.plug()
    edge.wiring.ensure_vif(edge.vif)
    for up in (False, True):
        set_link(edge.router, up=up)
        edge.wiring.pass_carrier(edge.vif.connection_id)
        assert has_carrier(edge.wiring.interface(edge.vif.id)) is up


def test_a_vif_on_a_port_without_carrier_has_none(edge: Site) -> None:
    edge.plug()
    set_link(edge.router, up=False)
    edge.wiring.ensure_vif(edge.vif)
    assert not has_carrier(edge.wiring.interface(edge.vif.id))


def test_removing_a_vif_twice(edge: Site) -> None:
    edge.plug()
    edge.wiring.ensure_vif(edge.vif)
    for _ in range(2):
        edge.wiring.remove_vif(edge.vif)
    assert not namespace_exists(edge.wiring.interface(edge.vif.id).namespace)
    assert has_carrier(edge.wiring.port(edge.vif.connection_id)), "the cable stays"


def test_a_vlan_is_free_again_after_its_vif(office: Office, edge: Site) -> None:
    edge.plug()
    edge.wiring.ensure_vif(edge.vif)
    edge.wiring.remove_vif(edge.vif)
    office.call("DeleteVirtualInterface", virtualInterfaceId=edge.vif.id)
    office.cloud.vif_removed(edge.vif.id)
    created = office.private(edge.vif.connection_id, **ADDRESSES)
    edge.wiring.ensure_vif(office.resource(created["virtualInterfaceId"]))
    assert edge.reached()


def test_removing_a_port_twice(edge: Site) -> None:
    edge.plug()
    for _ in range(2):
        edge.wiring.remove_port(edge.vif.connection_id)
    assert not has_carrier(edge.router)


def test_another_process_adopts_what_stands(places: Places, edge: Site) -> None:
    """A second Wiring of the same lab, as after a kill, neither breaks the wire nor makes it anew."""
    edge.plug()
    edge.wiring.ensure_vif(edge.vif)
    adopting = Wiring(places, vlan_driver())
    with Capture(edge.router) as capture:
        adopting.ensure_device()
        assert not adopting.ensure_port(edge.vif.connection_id)
        adopting.ensure_vif(edge.vif)
        assert edge.reached()
        assert capture.until(is_echo_request(AMAZON))


def test_strays_are_the_vif_namespaces_that_nobody_wants(places: Places, edge: Site) -> None:
    edge.wiring.ensure_vif(edge.vif)
    ensure_namespace(places.namespace("dxvif-stray000"))
    edge.wiring.remove_strays({edge.vif.id})
    standing = {name.removeprefix(places.namespace_prefix) for name in namespaces(places.namespace_prefix)}
    assert standing == {"dx", "edge", edge.vif.id}
