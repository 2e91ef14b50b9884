from __future__ import annotations

from ipaddress import ip_network

import pytest

from lab.directconnect.gateways import PUBLIC_PREFIXES
from lab.directconnect.model import AddressFamily, Connection, VirtualInterface
from lab.errors import UsageError
from tests.directconnect.office import VGW, Office

IPV4, IPV6 = AddressFamily
CIDRS = tuple(map(ip_network, ("10.10.0.0/16", "2001:db8:10::/56", "10.20.0.0/16", "10.10.0.0/16")))


@pytest.fixture
def private(office: Office, connection: Connection) -> VirtualInterface:
    return office.resource(office.private(connection.id)["virtualInterfaceId"])


@pytest.fixture
def hub(office: Office, connection: Connection) -> VirtualInterface:
    """A VIF on the Direct Connect gateway `hub`."""
    members = {"vlan": 7, "virtualGatewayId": None, "directConnectGatewayId": office.gateway("hub")}
    return office.resource(office.private(connection.id, **members)["virtualInterfaceId"])


@pytest.fixture
def public(office: Office, connection: Connection) -> VirtualInterface:
    return office.resource(office.public(connection.id)["virtualInterfaceId"])


def advertised(office: Office, vif: VirtualInterface, family: AddressFamily = IPV4) -> list[str]:
    return [str(prefix) for prefix in office.cloud.advertised_prefixes(vif, family)]


def test_a_virtual_gateway_advertises_its_vpcs_cidrs(office: Office, private: VirtualInterface) -> None:
    assert advertised(office, private) == []
    office.cloud.declare_gateway(VGW, asn=None, cidrs=CIDRS)
    assert advertised(office, private) == ["10.10.0.0/16", "10.20.0.0/16"]
    assert advertised(office, private, IPV6) == ["2001:db8:10::/56"]


def test_a_direct_connect_gateway_advertises_what_its_name_and_its_id_declare(
    office: Office, hub: VirtualInterface, private: VirtualInterface
) -> None:
    office.cloud.declare_gateway("hub", asn=None, cidrs=CIDRS[:1])
    office.cloud.declare_gateway(hub.direct_connect_gateway_id, asn=None, cidrs=CIDRS[2:])
    assert sorted(advertised(office, hub)) == ["10.10.0.0/16", "10.20.0.0/16"]
    assert advertised(office, private) == []


def test_a_public_vif_gets_amazons_prefixes_unless_others_are_declared(
    office: Office, public: VirtualInterface
) -> None:
    both = advertised(office, public) + advertised(office, public, IPV6)
    assert sorted(both) == sorted(map(str, PUBLIC_PREFIXES))
    assert advertised(office, public, IPV6)
    office.cloud.declare_gateway("public", asn=None, cidrs=CIDRS[:1])
    assert (advertised(office, public), advertised(office, public, IPV6)) == (["10.10.0.0/16"], [])


def test_who_is_told_when_a_declaration_changes(
    office: Office, private: VirtualInterface, hub: VirtualInterface, public: VirtualInterface
) -> None:
    for name, vif in ((VGW, private), ("hub", hub), ("public", public)):
        office.changes.clear()
        office.cloud.declare_gateway(name, asn=None, cidrs=CIDRS)
        assert [change.virtual_interfaces for change in office.changes] == [{vif.id}]
        office.cloud.declare_gateway(name, asn=None, cidrs=CIDRS)
        assert len(office.changes) == 1


def test_a_vif_keeps_the_asn_it_was_made_with(office: Office, private: VirtualInterface) -> None:
    office.cloud.declare_gateway(VGW, asn=64999, cidrs=())
    assert office.resource(private.id).amazon_side_asn == 64512


@pytest.mark.parametrize("name", ["hub", "public", "5f294f92-bafb-4011-916d-9b0bd1234567"])
def test_only_a_virtual_gateway_has_a_declared_asn(office: Office, name: str) -> None:
    with pytest.raises(UsageError) as raised:
        office.cloud.declare_gateway(name, asn=64999, cidrs=())
    assert str(raised.value) == (
        f"the gateway '{name}' cannot be given an ASN in the topology: only a vgw- id can;"
        " a Direct Connect gateway's is its amazonSideAsn"
    )


@pytest.mark.parametrize(
    ("members", "limits"),
    [
        ({}, (100, 100)),
        ({"prefixPoolAllocatedCountIpv4": 0}, (0, 100)),
        ({"prefixPoolAllocatedCountIpv4": 5, "prefixPoolAllocatedCountIpv6": 1000}, (5, 1000)),
    ],
)
def test_how_many_prefixes_are_accepted(
    office: Office, connection: Connection, members: dict[str, int], limits: tuple[int, int]
) -> None:
    vif = office.resource(office.private(connection.id, **members)["virtualInterfaceId"])
    assert tuple(office.cloud.prefix_limit(vif, family) for family in (IPV4, IPV6)) == limits


def test_a_public_vif_accepts_a_thousand(office: Office, public: VirtualInterface) -> None:
    assert office.cloud.prefix_limit(public, IPV4) == office.cloud.prefix_limit(public, IPV6) == 1000


def test_a_public_vif_accepts_what_was_agreed_alone(
    office: Office, private: VirtualInterface, public: VirtualInterface
) -> None:
    assert office.cloud.accepted_within(private, IPV4) is None
    agreed = public.route_filter_prefixes
    assert agreed
    for family, version in ((IPV4, 4), (IPV6, 6)):
        wanted = tuple(prefix for prefix in agreed if prefix.version == version)
        assert office.cloud.accepted_within(public, family) == wanted
