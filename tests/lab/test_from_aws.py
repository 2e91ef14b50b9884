"""What a router is told that is configured from AWS, against an endpoint without a machine behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.customer import Customer
from lab.errors import TopologyError
from lab.from_aws import from_aws
from lab.topology import Topology, load
from tests.directconnect.office import REGION, Clock, Office
from tests.support.live import live_endpoint

FRR = "FRRouting-FRR-8"
TOPOLOGY = """
name: office
topology:
  nodes:
    dx: {kind: aws-dx, location: EqDC2}
    edge:
      kind: frr
      startup-config: from-aws
    other: {kind: bird, startup-config: from-aws}
  links:
    - endpoints: ["dx:office", "edge:eth1"]
    - endpoints: ["dx:office-2", "edge:eth2"]
    - endpoints: ["dx:elsewhere", "other:eth1"]
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "state", Clock())
    yield made
    made.store.close()


@pytest.fixture
def customer(office: Office, tmp_path: Path) -> Iterator[Customer]:
    with live_endpoint(office.cloud) as address:
        yield Customer(address.url, REGION, tmp_path / "office.yml")


@pytest.fixture
def topology(tmp_path: Path) -> Topology:
    path = tmp_path / "office.yml"
    path.write_text(TOPOLOGY)
    return load(path)


def aws_text(office: Office, vif_id: str, router_type: str = FRR) -> str:
    answer = office.call(
        "DescribeRouterConfiguration", virtualInterfaceId=vif_id, routerTypeIdentifier=router_type
    )
    return str(answer["customerRouterConfig"])


def edge_text(topology: Topology, customer: Customer) -> str:
    return from_aws(topology.routers[0], topology, customer).text


def refusal(topology: Topology, customer: Customer) -> str:
    with pytest.raises(TopologyError) as refused:
        edge_text(topology, customer)
    assert (refused.value.path, refused.value.line) == (topology.path, 8)
    return str(refused.value).removeprefix(f"{topology.path}:8: ")


def test_it_is_what_aws_says(office: Office, topology: Topology, customer: Customer) -> None:
    vif_id = office.private(office.plug("office").id)["virtualInterfaceId"]
    assert edge_text(topology, customer) == aws_text(office, vif_id)


def test_every_virtual_interface_of_its_cables_and_no_other(
    office: Office, topology: Topology, customer: Customer
) -> None:
    one, two, other = (office.plug(name).id for name in ("office", "office-2", "elsewhere"))
    first = office.private(one)["virtualInterfaceId"]
    gone = office.private(one, vlan=102)["virtualInterfaceId"]
    second = office.private(two, vlan=103)["virtualInterfaceId"]
    office.private(other)
    office.call("DeleteVirtualInterface", virtualInterfaceId=gone)
    assert edge_text(topology, customer) == aws_text(office, first) + aws_text(office, second)


def test_nothing_leads_to_the_router(office: Office, topology: Topology, customer: Customer) -> None:
    office.private(office.plug("elsewhere").id)
    assert refusal(topology, customer) == (
        "router 'edge' cannot be configured from AWS: no virtual interface leads to it;"
        " let the 'requests' make one"
    )


def test_a_router_has_one_asn(office: Office, topology: Topology, customer: Customer) -> None:
    connection = office.plug("office").id
    office.private(connection, virtualInterfaceName="one")
    office.private(connection, virtualInterfaceName="two", vlan=102, asn=65002)
    assert refusal(topology, customer) == (
        "router 'edge' cannot be configured from AWS: 'one' and 'two' want it to have different ASNs;"
        " give it another router, or write its configuration"
    )


def test_a_text_has_a_sub_interface_for_each_vlan(
    office: Office, topology: Topology, customer: Customer
) -> None:
    office.private(office.plug("office").id, virtualInterfaceName="one")
    office.private(office.plug("office-2").id, virtualInterfaceName="two")
    assert refusal(topology, customer) == (
        "router 'edge' cannot be configured from AWS: of 'one' and 'two' some have the same VLAN,"
        " but AWS's texts know of one port; write its configuration"
    )


def test_other_kinds_than_frr_are_told_of_one(office: Office, topology: Topology, customer: Customer) -> None:
    connection = office.plug("elsewhere").id
    office.private(connection, virtualInterfaceName="one")
    assert from_aws(topology.routers[1], topology, customer).text
    office.private(connection, virtualInterfaceName="two", vlan=102)
    with pytest.raises(TopologyError) as refused:
        from_aws(topology.routers[1], topology, customer)
    assert str(refused.value).endswith(
        ":9: router 'other' cannot be configured from AWS: 'one' and 'two' lead to it,"
        " but AWS's text for kind 'bird' is a whole file; write one for both"
    )


def test_the_machine_gets_what_the_daemon_does_not_bring(
    office: Office, topology: Topology, customer: Customer
) -> None:
    """An FRR brings its addresses; nobody brings the MTU, and the port is the cable's."""
    office.private(office.plug("office-2").id, mtu=9001)
    (of_frr,) = from_aws(topology.routers[0], topology, customer).interfaces
    assert (of_frr.name, of_frr.link, of_frr.vlan, of_frr.mtu) == ("eth1.101", "eth2", 101, 9001)
    assert of_frr.addresses is None
    vif_id = office.private(office.plug("elsewhere").id)["virtualInterfaceId"]
    office.add_peer(vif_id)
    (of_bird,) = from_aws(topology.routers[1], topology, customer).interfaces
    assert (of_bird.name, of_bird.link, of_bird.mtu) == ("eth1.101", "eth1", 1500)
    assert of_bird.addresses == tuple(peer.customer_address for peer in office.resource(vif_id).peers)


def test_aws_refuses(
    office: Office, topology: Topology, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.private(office.plug("office").id)
    monkeypatch.setattr("lab.routers.kinds.frr.Frr.aws_router_type", "FRRouting-FRR-7")
    assert refusal(topology, customer).startswith(
        "router 'edge' from AWS: AWS refuses DescribeRouterConfiguration:"
        " routerTypeIdentifier FRRouting-FRR-7 is not known: use CiscoSystemsInc-2900SeriesRouters-IOS124, "
    )
