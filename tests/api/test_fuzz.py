"""Whatever arrives: an answer in AWS's shape, and never the endpoint's own fault."""

from __future__ import annotations

import json

import cbor2
import pytest
from botocore.model import Shape
from hypothesis import given
from hypothesis import strategies as st

from lab.api.codecs import codec_for
from lab.api.endpoint import Endpoint
from lab.api.messages import Request
from lab.api.service import OPERATIONS
from tests.api.stand_in import StandIn
from tests.api.wire import Writer, cbor_request, document, json_request
from tests.support.examples import example

ENDPOINT = Endpoint(StandIn())
WRITERS = st.sampled_from([json_request, cbor_request])
NAMES = st.sampled_from(sorted(OPERATIONS))

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
MEMBERS = st.sampled_from(["asn", "key", "tags", "value", "newBGPPeer", "connectionId"]) | st.text(max_size=4)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(MEMBERS, inner), max_leaves=8)


def check(request: Request, statuses: range = range(200, 500)) -> None:
    response = ENDPOINT.answer(request)

    assert response.status in statuses
    if response.status != 200:
        told = document(response)
        assert told["__type"].endswith("Exception")
        assert told["message"]


@given(WRITERS, NAMES, st.binary())
def test_any_body(write: Writer, name: str, body: bytes) -> None:
    check(write(name, body))


@given(WRITERS, NAMES, VALUES)
def test_any_document(write: Writer, name: str, value: object) -> None:
    check(write(name, value))


@given(st.data(), WRITERS, NAMES)
def test_a_good_document_with_one_value_changed(data: st.DataObject, write: Writer, name: str) -> None:
    shape = OPERATIONS[name].input
    parameters = example(shape, complete=True)

    check(write(name, _with_one_changed(data, shape, parameters)))


@given(st.data(), WRITERS, NAMES)
def test_a_good_body_with_some_bytes_changed(data: st.DataObject, write: Writer, name: str) -> None:
    body = bytearray(write(name, example(OPERATIONS[name].input, complete=True)).body)
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    check(write(name, bytes(body)))


@given(st.text(st.sampled_from('{}[]":,0123456789.eE+-\\u tfnaN'), max_size=40))
def test_nearly_json(body: str) -> None:
    check(json_request("CreateBGPPeer", body.encode()))


@given(st.integers(0, 7), st.integers(0, 31), st.binary(max_size=40))
def test_nearly_cbor(major: int, additional: int, rest: bytes) -> None:
    check(cbor_request("CreateBGPPeer", bytes([major << 5 | additional]) + rest))


HEADERS = st.dictionaries(
    st.sampled_from(
        [b"authorization", b"content-type", b"x-amz-target", b"smithy-protocol", b"x-amz-date", b"accept"]
    ),
    st.binary(max_size=60)
    | st.sampled_from([b"OvertureService.DescribeLocations", b"rpc-v2-cbor", b"application/cbor"]),
)
PATHS = st.text(max_size=40) | st.sampled_from(["/", "/service/OvertureService/operation/DescribeLocations"])


@given(st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS"]), PATHS, HEADERS, st.binary())
def test_any_request(method: str, path: str, headers: dict[bytes, bytes], body: bytes) -> None:
    check(Request(method, path, headers, body), range(400, 500))


@given(st.binary(max_size=200))
def test_any_authorization(value: bytes) -> None:
    request = json_request("DescribeLocations")

    check(Request("POST", "/", {**request.headers, b"authorization": value}, b"{}"))


@pytest.mark.parametrize("write", [json_request, cbor_request])
def test_an_error_is_written_by_the_codec_that_reads(write: Writer) -> None:
    request = write("DescribeLocations", b"\xff\xff")

    content_type = dict(ENDPOINT.answer(request).headers)[b"content-type"].decode()

    assert content_type == codec_for(request).content_type


def test_the_fuzz_reaches_the_service() -> None:
    """What is left alone passes: the tests above change something that was right."""
    for name, operation in OPERATIONS.items():
        parameters = example(operation.input, complete=True)
        assert ENDPOINT.answer(json_request(name, json.dumps(parameters).encode())).status == 200
        assert ENDPOINT.answer(cbor_request(name, cbor2.dumps(parameters))).status == 200


def _with_one_changed(data: st.DataObject, shape: Shape | None, value: object) -> object:
    """The value with any other in place of itself, or of one within."""
    if shape is None or data.draw(st.booleans()):
        return data.draw(VALUES)
    if isinstance(value, dict):
        name = data.draw(st.sampled_from(sorted(value)))
        return value | {name: _with_one_changed(data, shape.members[name], value[name])}
    if isinstance(value, list):
        return [*value, _with_one_changed(data, shape.member, value[0])]
    return data.draw(VALUES)
