"""boto3 against a live endpoint, in both protocols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from lab.api.service import OPERATIONS
from lab.directconnect.cloud import Caller
from lab.directconnect.errors import (
    ClientException,
    DuplicateTagKeysException,
    LimitExceededException,
    ServerException,
    TooManyTagsException,
)
from tests.api.stand_in import StandIn
from tests.support.cbor_client import cbor_client, json_client
from tests.support.examples import example
from tests.support.live import live_endpoint


@dataclass(frozen=True)
class Wire:
    """A live endpoint, and a client of it."""

    service: StandIn
    client: BaseClient
    url: str


@pytest.fixture(scope="module", params=["json", "smithy-rpc-v2-cbor"])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    service = StandIn()
    with live_endpoint(service) as address:
        client = _client(request.param, address.url, tmp_path_factory.mktemp("model"))
        assert client.meta.service_model.resolved_protocol == request.param
        yield Wire(service, client, address.url)
        client.close()


def _client(protocol: str, url: str, directory: Path) -> BaseClient:
    key, region = "210987654321", "eu-central-1"
    if protocol == "json":
        return json_client(url, access_key=key, region=region)
    return cbor_client(url, directory, access_key=key, region=region)


@pytest.fixture
def wire(live: Wire) -> Wire:
    live.service.results.clear()
    live.service.calls.clear()
    return live


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_there_and_back(name: str, wire: Wire) -> None:
    parameters = example(OPERATIONS[name].input, complete=True)
    result = example(OPERATIONS[name].output, complete=True)
    wire.service.results[name] = result

    answer = getattr(wire.client, xform_name(name))(**parameters)

    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert answer == result
    assert wire.service.calls == [(name, Caller("210987654321", "eu-central-1"), parameters)]


FLAT = """
    CreatePrivateVirtualInterface CreatePublicVirtualInterface AllocatePrivateVirtualInterface
    AllocatePublicVirtualInterface AssociateVirtualInterface UpdateVirtualInterfaceAttributes
"""
NESTED = "CreateTransitVirtualInterface AllocateTransitVirtualInterface CreateBGPPeer DeleteBGPPeer"


@pytest.mark.parametrize("name", FLAT.split())
def test_results_that_are_a_virtual_interface(name: str, wire: Wire) -> None:
    wire.service.results[name] = {"virtualInterfaceId": "dxvif-ffffffff"}

    answer = getattr(wire.client, xform_name(name))(**example(OPERATIONS[name].input, complete=False))

    assert answer["virtualInterfaceId"] == "dxvif-ffffffff"


@pytest.mark.parametrize("name", NESTED.split())
def test_results_that_hold_a_virtual_interface(name: str, wire: Wire) -> None:
    wire.service.results[name] = {"virtualInterface": {"virtualInterfaceId": "dxvif-ffffffff"}}

    answer = getattr(wire.client, xform_name(name))(**example(OPERATIONS[name].input, complete=False))

    assert answer["virtualInterface"] == {"virtualInterfaceId": "dxvif-ffffffff"}


def test_moments_and_blobs(wire: Wire) -> None:
    issued = datetime(2017, 4, 7, 12, 42, 44, 250_000, tzinfo=UTC)
    wire.service.results["DescribeConnections"] = {"connections": [{"loaIssueTime": issued}]}
    wire.service.results["DescribeLoa"] = {"loaContent": bytes(range(256))}

    assert wire.client.describe_connections()["connections"][0]["loaIssueTime"] == issued
    assert wire.client.describe_loa(connectionId="dxcon-1")["loaContent"] == bytes(range(256))


@pytest.mark.parametrize(
    "error",
    [
        ClientException("Could not find Connection with ID dxcon-1"),
        DuplicateTagKeysException("owner"),
        TooManyTagsException("51"),
        LimitExceededException("11"),
        ServerException("The disk is full."),
    ],
    ids=lambda error: error.code,
)
def test_errors_are_the_exceptions_of_the_client(
    error: ClientException | ServerException, wire: Wire
) -> None:
    wire.service.results["AllocateHostedConnection"] = error
    parameters = example(OPERATIONS["AllocateHostedConnection"].input, complete=True)

    with pytest.raises(ClientError) as caught:
        wire.client.allocate_hosted_connection(**parameters)

    assert isinstance(caught.value, getattr(wire.client.exceptions, error.code))
    assert caught.value.response["Error"] == {"Code": error.code, "Message": error.message}
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == error.status


def test_what_the_client_does_not_check_is_checked_here(wire: Wire) -> None:
    with pytest.raises(wire.client.exceptions.DirectConnectClientException) as caught:
        wire.client.create_bgp_peer(virtualInterfaceId="dxvif-1", newBGPPeer={"addressFamily": "ipx"})

    assert caught.value.response["Error"]["Message"] == (
        "newBGPPeer.addressFamily ipx is invalid; use ipv4 or ipv6."
    )
    assert wire.service.calls == []
