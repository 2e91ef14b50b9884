"""The same customer, speaking AWS JSON 1.1 and then Smithy RPC v2 CBOR, is told the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.clients.customer import (
    BRANCH,
    PUBLIC,
    VGW,
    Record,
    delete_virtual_interface,
    order_gateway,
    order_port,
    virtual_interface,
)
from tests.support.cbor_client import cbor_client, json_client
from tests.support.command import Running, eventually

pytestmark = [pytest.mark.root, pytest.mark.client]

#: What AWS chooses anew each time: ids, generated keys, assigned addresses.
_CHOSEN = re.compile(
    r"dx(?:con|vif|peer)-\w{8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|0x[\w.]{22}|169\.254\.\d+\.\d+"
    r"|2001:db8:1100:2f0:[0-9a-f:]+"
)


@pytest.fixture(scope="module")
def clients(
    lab: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[BaseClient, BaseClient]]:
    model: Path = tmp_path_factory.mktemp("model")
    both = json_client(lab.url), cbor_client(lab.url, model)
    yield both
    for client in both:
        client.close()


def test_the_same_orders_get_the_same_answers(clients: tuple[BaseClient, BaseClient]) -> None:
    in_json, in_cbor = (comparable(list(orders(client))) for client in clients)

    assert in_json == in_cbor


def test_the_same_resources_are_described_alike(clients: tuple[BaseClient, BaseClient], lab: Running) -> None:
    """What the test before ordered may still be going; asked before and after, JSON says when it has gone."""
    in_json, in_cbor = clients
    before = list(descriptions(in_json))
    while (described := list(descriptions(in_cbor)), after := list(descriptions(in_json)))[1] != before:
        before = after

    assert described == before
    assert before[0]["connections"][0]["connectionName"] == "office"


def orders(client: BaseClient) -> Iterator[Record]:
    """Order one of everything, be refused, and give all of it back; what was answered on the way."""
    port = order_port(client, "both")
    gateways = [order_gateway(client, name, 64520) for name in ("private", "transit")]
    made = list(virtual_interfaces(client, port, *gateways))
    yield from made
    vifs = [answer.get("virtualInterface", answer)["virtualInterfaceId"] for answer in made]
    eventually(lambda: is_provided(virtual_interface(client, vifs[0])), "the first one to be provided")
    peer = {"addressFamily": "ipv6", "asnLong": 4_200_000_000}
    yield client.create_bgp_peer(virtualInterfaceId=vifs[0], newBGPPeer=peer)
    yield refusal(client, "create_bgp_peer", virtualInterfaceId=vifs[0], newBGPPeer=peer)
    yield refusal(client, "delete_connection", connectionId=port)
    yield refusal(client, "describe_interconnects")
    arn = f"arn:aws:directconnect:us-east-1:123456789012:dxvif/{vifs[0]}"
    yield client.describe_tags(resourceArns=[arn])
    for vif in vifs:
        delete_virtual_interface(client, vif)
    for gateway in gateways:
        yield client.delete_direct_connect_gateway(directConnectGatewayId=gateway)
    yield client.delete_connection(connectionId=port)


def virtual_interfaces(client: BaseClient, port: str, private: str, transit: str) -> Iterator[Record]:
    """One of each type, and a private one on each type of gateway."""

    def called(name: str, vlan: int) -> Record:
        return {**BRANCH, "virtualInterfaceName": name, "vlan": vlan}

    for name, vlan, behind in (
        ("vgw", 201, {"virtualGatewayId": VGW}),
        ("dxgw", 202, {"directConnectGatewayId": private}),
    ):
        yield client.create_private_virtual_interface(
            connectionId=port, newPrivateVirtualInterface={**called(name, vlan), **behind}
        )
    yield client.create_transit_virtual_interface(
        connectionId=port,
        newTransitVirtualInterface={**called("transit", 203), "directConnectGatewayId": transit},
    )
    yield client.create_public_virtual_interface(
        connectionId=port, newPublicVirtualInterface={**called("public", 204), **PUBLIC}
    )


def is_provided(vif: Record) -> bool:
    """Whether nothing of it changes by itself any more: its port has no cable."""
    (peer,) = vif["bgpPeers"]
    return (peer["bgpPeerState"], vif["virtualInterfaceState"]) == ("available", "down")


def descriptions(client: BaseClient) -> Iterator[Record]:
    for operation in (
        "describe_connections",
        "describe_virtual_interfaces",
        "describe_direct_connect_gateways",
        "describe_virtual_gateways",
        "describe_locations",
    ):
        answer = getattr(client, operation)()
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        yield answer


def refusal(client: BaseClient, operation: str, **parameters: object) -> Record:
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**parameters)
    assert isinstance(refused.value, client.exceptions.DirectConnectClientException)
    return dict(refused.value.response["Error"])


def comparable(answers: list[Record]) -> list[Record]:
    """The answers with everything that AWS chose anew named by the order in which it came up."""
    for answer in answers:
        answer.pop("ResponseMetadata", None)
    seen: dict[str, str] = {}
    text = _CHOSEN.sub(lambda match: seen.setdefault(match[0], f"<{len(seen)}>"), json.dumps(answers))
    return list(json.loads(text))
