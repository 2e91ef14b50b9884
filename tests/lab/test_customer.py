"""The customer of a topology, against an endpoint without a machine behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.customer import Customer
from lab.errors import TopologyError
from lab.topology import Request
from tests.directconnect.office import REGION, Clock, Office, private_members
from tests.support.live import live_endpoint

PATH = Path("/somewhere/office.yml")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "state", Clock())
    yield made
    made.store.close()


@pytest.fixture
def customer(office: Office) -> Iterator[Customer]:
    """Asks the office's cloud world, over the network."""
    with live_endpoint(office.cloud) as address:
        yield Customer(address.url, REGION, PATH)


def request(operation: str, line: int = 7, **parameters: object) -> Request:
    return Request(operation=operation, parameters=parameters, line=line)


def private(connection: str) -> Request:
    return request(
        "CreatePrivateVirtualInterface", connectionId=connection, newPrivateVirtualInterface=private_members()
    )


def test_names_stand_for_ids(office: Office, customer: Customer) -> None:
    connection = office.plug("office")
    vif = customer.ask(private("office"))
    assert vif["connectionId"] == connection.id
    peer = {"addressFamily": "ipv6", "asn": 65001}
    answer = customer.ask(request("CreateBGPPeer", virtualInterfaceId="office-private", newBGPPeer=peer))
    assert answer["virtualInterface"]["virtualInterfaceId"] == vif["virtualInterfaceId"]
    assert [each["virtualInterfaceId"] for each in customer.virtual_interfaces()] == [
        vif["virtualInterfaceId"]
    ]


def test_an_id_is_an_id(office: Office, customer: Customer) -> None:
    connection = office.plug("office")
    assert customer.ask(private(connection.id))["connectionId"] == connection.id


def test_a_name_is_that_of_what_stands(office: Office, customer: Customer) -> None:
    """An earlier connection of the same name was deleted."""
    gone = office.plug("office")
    office.call("DeleteConnection", connectionId=gone.id)
    standing = office.plug("office")
    assert customer.ask(private("office"))["connectionId"] == standing.id != gone.id


def test_a_gateway_is_found_on_whichever_page_it_is(office: Office, customer: Customer) -> None:
    ids = {f"hub-{number}": office.gateway(f"hub-{number}") for number in range(150)}
    office.plug("office")
    for name in ("hub-0", "hub-149"):
        members = private_members(
            virtualGatewayId=None,
            directConnectGatewayId=name,
            vlan=200 + len(name),
            virtualInterfaceName=name,
        )
        vif = customer.ask(
            request(
                "CreatePrivateVirtualInterface", connectionId="office", newPrivateVirtualInterface=members
            )
        )
        assert vif["directConnectGatewayId"] == ids[name]


def test_a_request_asked_again_under_its_id_is_not_carried_out_again(
    office: Office, customer: Customer
) -> None:
    office.plug("office")
    first = customer.ask(private("office"), "topology-request-1")
    assert (
        customer.ask(private("office"), "topology-request-1")["virtualInterfaceId"]
        == first["virtualInterfaceId"]
    )
    gone = request("DeleteVirtualInterface", virtualInterfaceId="office-private")
    for _ in range(2):  # the second time, nothing of that name stands any more
        assert customer.ask(gone, "topology-request-2")["virtualInterfaceState"] == "deleting"
    assert len(office.vifs()) == 1


def test_a_refusal_has_the_place_and_the_words(customer: Customer) -> None:
    with pytest.raises(TopologyError) as refusal:
        customer.ask(request("DeleteConnection", line=12, connectionId="dxcon-fg12ab34"))
    assert (refusal.value.path, refusal.value.line) == (PATH, 12)
    assert str(refusal.value).startswith(
        f"{PATH}:12: AWS refuses DeleteConnection: DirectConnectClientException: "
    )


def test_what_boto3_itself_refuses_is_one_line(customer: Customer) -> None:
    with pytest.raises(TopologyError) as refusal:
        customer.ask(request("CreateConnection", bandwidth=1, bandwith="1Gbps"))
    words = str(refusal.value)
    assert words.startswith(f"{PATH}:7: AWS refuses CreateConnection: Parameter validation failed")
    assert '; Unknown parameter in input: "bandwith"' in words
    assert "\n" not in words


def test_the_users_own_settings_do_not_matter(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[default]\nregion = nowhere-1\nendpoint_url = http://127.0.0.1:1\n")
    for name, value in {
        "AWS_PROFILE": "somebody",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "http_proxy": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    with live_endpoint(office.cloud) as address:
        assert list(Customer(address.url, REGION, PATH).virtual_interfaces()) == []


def test_a_misspelt_name_is_told_with_those_that_are_known(office: Office, customer: Customer) -> None:
    office.plug("office")
    with pytest.raises(TopologyError, match=r"offce.* known: office; did you mean 'office'\?"):
        customer.ask(private("offce"))
