"""A router that sends far more prefixes than AWS allows, again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Interface

from benchmarks.bird import AUTH_KEY, CUSTOMER_ASN, Bird
from benchmarks.client import Connection
from benchmarks.endpoint import Endpoint
from benchmarks.progress import tell, wait_for
from benchmarks.scale.site import prefixes
from lab.network.links import End, ensure_addresses
from lab.network.vlan import vlan_driver

#: The end of the flooding router's own cable, which is the endpoint's last.
FLOOD_CABLE = "flood:eth1"
#: Prefixes that it sends; AWS accepts 1,000 on a public virtual interface.
FLOOD = 100_000
_VLAN = 4000
_AMAZON, _CUSTOMER = IPv4Interface("52.93.0.1/30"), IPv4Interface("52.93.0.2/30")
_PUBLIC_ASN = 7224


@contextmanager
def flooding(endpoint: Endpoint, connection: Connection) -> Iterator[None]:
    """A public virtual interface whose router floods it for as long as the block lasts; it dials every second."""
    tell(f"scale: a router sends {FLOOD:,} prefixes")
    trunk = endpoint.routers[-1]
    sub = End(trunk.namespace, f"{trunk.interface}.{_VLAN}")
    vlan_driver().ensure(trunk, _VLAN, sub, mtu=1500)
    ensure_addresses(sub, [_CUSTOMER])
    vif_id = _create(endpoint, connection)
    bird = Bird(trunk.namespace, endpoint.places.run / "bird-flood", IPv4Address("192.0.2.9"), _protocols())
    control = bird.start()
    try:
        wait_for(lambda: _cut_off(endpoint), "the prefix limit to be exceeded")
        yield
    finally:
        control.ask("down")
        control.close()
        connection.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)


def _create(endpoint: Endpoint, connection: Connection) -> str:
    vif = connection.call(
        "CreatePublicVirtualInterface",
        connectionId=endpoint.connection_ids[-1],
        newPublicVirtualInterface={
            "virtualInterfaceName": "flood",
            "vlan": _VLAN,
            "addressFamily": "ipv4",
            "asn": CUSTOMER_ASN,
            "authKey": AUTH_KEY,
            "amazonAddress": str(_AMAZON),
            "customerAddress": str(_CUSTOMER),
            "routeFilterPrefixes": [{"cidr": "20.0.0.0/6"}],
        },
    )
    return str(vif["virtualInterfaceId"])


def _cut_off(endpoint: Endpoint) -> bool:
    return any("the limit is" in peer["reason"] for peer in endpoint.peers())


def _protocols() -> list[str]:
    routes = " ".join(f"route {prefix} blackhole;" for prefix in prefixes(FLOOD))
    session = (
        f"protocol bgp flood {{ local {_CUSTOMER.ip} as {CUSTOMER_ASN}; neighbor {_AMAZON.ip} as {_PUBLIC_ASN};"
        f' password "{AUTH_KEY}"; connect delay time 1; connect retry time 1; error wait time 1, 1;'
        " ipv4 { import none; export where source = RTS_STATIC; }; }"
    )
    return [f"protocol static many {{ ipv4; {routes} }}", session]
