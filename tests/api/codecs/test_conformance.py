"""What every codec must do, tried with botocore's own serializers and parsers at the other end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import botocore.parsers
import botocore.serialize
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from lab.api.codecs import CODECS, codec_for
from lab.api.codecs.base import Codec
from lab.api.errors import SerializationException, UnknownOperationException, UnsupportedMediaTypeException
from lab.api.messages import Request, Response
from lab.api.service import OPERATIONS
from lab.directconnect.errors import ApiError, ClientException, LimitExceededException, ServerException
from tests.api.wire import cbor_request, document, json_request
from tests.support.examples import example

MODEL = ServiceModel(Loader().load_service_model("directconnect", "service-2"), "directconnect")
WRITERS = {"json": json_request, "smithy-rpc-v2-cbor": cbor_request}

every_codec = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.protocol)
every_operation = pytest.mark.parametrize("name", OPERATIONS)


def request_of_botocore(codec: Codec, name: str, parameters: Mapping[str, Any]) -> Request:
    serializer = botocore.serialize.create_serializer(codec.protocol)
    prepared = serializer.serialize_to_request(parameters, MODEL.operation_model(name))
    headers = {key.lower().encode(): value.encode() for key, value in prepared["headers"].items()}
    body = prepared["body"]
    return Request(
        prepared["method"], prepared["url_path"], headers, body.encode() if isinstance(body, str) else body
    )


def read_by_botocore(codec: Codec, name: str, response: Response) -> dict[str, Any]:
    parser = botocore.parsers.create_parser(codec.protocol)
    headers = {key.decode(): value.decode() for key, value in response.headers}
    received = {"body": response.body, "headers": headers, "status_code": response.status}
    parsed: dict[str, Any] = parser.parse(received, MODEL.operation_model(name).output_shape)
    return parsed


def test_the_codecs_are_the_protocols_of_the_model() -> None:
    assert [codec.protocol for codec in CODECS] == MODEL.metadata["protocols"]


@every_codec
@every_operation
def test_a_request_means_what_botocore_put_into_it(codec: Codec, name: str) -> None:
    parameters = example(OPERATIONS[name].input, complete=True)

    request = request_of_botocore(codec, name, parameters)

    assert codec_for(request) is codec
    assert codec.operation(request) is OPERATIONS[name]
    assert codec.parameters(request) == parameters


@every_codec
@every_operation
def test_botocore_reads_what_a_handler_returned(codec: Codec, name: str) -> None:
    result = example(OPERATIONS[name].output, complete=True)

    parsed = read_by_botocore(codec, name, codec.result(OPERATIONS[name], result))

    del parsed["ResponseMetadata"]
    assert parsed == result


@every_codec
def test_members_keep_the_order_that_the_handler_gave_them(codec: Codec) -> None:
    location = {"region": "eu-central-1", "locationCode": "EqFR5", "availableProviders": ["B", "A"]}

    response = codec.result(OPERATIONS["DescribeLocations"], {"locations": [location]})

    assert list(document(response)["locations"][0]) == ["region", "locationCode", "availableProviders"]


@every_codec
def test_what_is_not_known_is_left_out_at_every_depth(codec: Codec) -> None:
    peer = {"bgpPeerId": "dxpeer-1", "awsDeviceV2": None}
    result = {"nextToken": None, "virtualInterfaces": [{"vlan": 101, "mtu": None, "bgpPeers": [peer]}]}

    response = codec.result(OPERATIONS["DescribeVirtualInterfaces"], result)

    assert document(response) == {
        "virtualInterfaces": [{"vlan": 101, "bgpPeers": [{"bgpPeerId": "dxpeer-1"}]}]
    }


@every_codec
def test_empty_is_something_else_than_not_known(codec: Codec) -> None:
    result = {"virtualGatewayId": "", "routeFilterPrefixes": [], "asn": 0, "siteLinkEnabled": False}

    response = codec.result(OPERATIONS["CreatePrivateVirtualInterface"], result)

    assert document(response) == result


@every_codec
def test_a_result_is_not_changed_by_being_sent(codec: Codec) -> None:
    result = example(OPERATIONS["DescribeConnectionLoa"].output, complete=True) | {"unset": None}

    codec.result(OPERATIONS["DescribeConnectionLoa"], result)

    assert result == example(OPERATIONS["DescribeConnectionLoa"].output, complete=True) | {"unset": None}


@every_codec
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ClientException("Lag ID doesntexist has an invalid format."), 400),
        (LimitExceededException("Too many."), 400),
        (ServerException("Größe."), 500),
        (UnknownOperationException("What?"), 400),
    ],
    ids=lambda value: getattr(value, "code", value),
)
def test_an_error_has_its_bare_name_and_a_lower_case_message(
    codec: Codec, error: ApiError, status: int
) -> None:
    response = codec.failure(error)

    assert response.status == status
    assert response.error == error.code
    assert document(response) == {"__type": error.code, "message": error.message}
    parsed = read_by_botocore(codec, "CreateConnection", response)
    assert parsed["Error"] == {"Code": error.code, "Message": error.message}


@every_codec
def test_an_error_without_words_has_no_message(codec: Codec) -> None:
    assert document(codec.failure(LimitExceededException(""))) == {"__type": "LimitExceededException"}


@every_codec
def test_no_body_is_an_empty_structure(codec: Codec) -> None:
    request = WRITERS[codec.protocol]("DescribeLocations", b"", content_type=None)

    assert codec.parameters(request) == {}


@every_codec
@pytest.mark.parametrize("name", ["NoSuchOperation", "createBGPPeer", "", "../health", "Créer"])
def test_an_operation_that_is_not_in_the_model(codec: Codec, name: str) -> None:
    with pytest.raises(UnknownOperationException) as caught:
        codec.operation(WRITERS[codec.protocol](name))

    assert caught.value.status == 400


@every_codec
@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/json", "application/x-amz-json-1.0"]
)
def test_a_body_of_another_type(codec: Codec, content_type: str | None) -> None:
    with pytest.raises(UnsupportedMediaTypeException) as caught:
        codec.parameters(WRITERS[codec.protocol]("DescribeLocations", content_type=content_type))

    assert caught.value.status == 415
    assert codec.content_type in caught.value.message


@every_codec
def test_the_content_type_may_have_parameters(codec: Codec) -> None:
    request = WRITERS[codec.protocol](
        "CreateBGPPeer", {"a": 1}, content_type=f"{codec.content_type.upper()}; x=y"
    )

    assert codec.parameters(request) == {"a": 1}


@every_codec
def test_nesting_without_end_is_refused(codec: Codec) -> None:
    bodies = {"json": b"[" * 100_000, "smithy-rpc-v2-cbor": b"\x81" * 100_000}

    with pytest.raises(SerializationException):
        codec.decode(bodies[codec.protocol])


@every_codec
def test_a_body_that_ends_too_early_or_too_late(codec: Codec) -> None:
    body = WRITERS[codec.protocol]("CreateBGPPeer", {"newBGPPeer": {"asn": 65001}}).body

    for length in range(1, len(body)):
        with pytest.raises(SerializationException):
            codec.decode(body[:length])
    with pytest.raises(SerializationException):
        codec.decode(body + body)
