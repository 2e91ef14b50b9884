"""The way of one request, without a socket."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest

from lab.api.codecs import CODECS
from lab.api.endpoint import BODY_LIMIT, Endpoint
from lab.api.messages import Request
from lab.api.service import OPERATIONS
from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ClientException
from tests.api.stand_in import StandIn
from tests.api.wire import AUTHORIZATION, Writer, cbor_request, document, json_request
from tests.support.examples import example

both = pytest.mark.parametrize("write", [json_request, cbor_request], ids=["json", "cbor"])


@pytest.fixture
def service() -> StandIn:
    return StandIn()


@pytest.fixture
def endpoint(service: StandIn) -> Endpoint:
    return Endpoint(service)


@both
def test_the_service_gets_operation_caller_and_parameters(
    write: Writer, service: StandIn, endpoint: Endpoint
) -> None:
    parameters = {"virtualInterfaceId": "dxvif-ffffffff", "newBGPPeer": {"asn": 65001}}

    endpoint.answer(write("CreateBGPPeer", parameters))

    assert service.calls == [("CreateBGPPeer", Caller("123456789012", "us-east-1"), parameters)]


@both
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("59ca81ac-0e61-4f9d-a7a5-b6f4f3d2c0d7", "59ca81ac-0e61-4f9d-a7a5-b6f4f3d2c0d7"),
        (None, None),
        ("", None),
        ("a b", None),
        ("a" * 65, None),
    ],
)
def test_the_service_gets_the_clients_id_of_the_request(
    write: Writer, given: str | None, told: str | None, service: StandIn, endpoint: Endpoint
) -> None:
    endpoint.answer(write("DescribeConnections", amz_sdk_invocation_id=given))

    assert service.invocations == [told]


@both
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_reaches_the_service(
    write: Writer, name: str, service: StandIn, endpoint: Endpoint
) -> None:
    response = endpoint.answer(write(name, example(OPERATIONS[name].input, complete=False)))

    assert (response.status, document(response)) == (200, {})
    assert [operation for operation, _, _ in service.calls] == [name]


def test_both_protocols_mean_the_same(endpoint: Endpoint) -> None:
    cbor, plain = CODECS
    parameters = example(OPERATIONS["CreateTransitVirtualInterface"].input, complete=True)

    from_json = endpoint.parse(plain, json_request("CreateTransitVirtualInterface", parameters))
    from_cbor = endpoint.parse(cbor, cbor_request("CreateTransitVirtualInterface", parameters))

    assert from_json == from_cbor


def test_a_parsed_request_does_not_show_its_parameters(endpoint: Endpoint) -> None:
    parsed = endpoint.parse(
        CODECS[-1], json_request("CreateBGPPeer", {"newBGPPeer": {"authKey": "s3cretKey9"}})
    )

    assert "s3cret" not in repr(parsed)


@both
def test_the_headers_of_every_answer(write: Writer, endpoint: Endpoint) -> None:
    response = endpoint.answer(write("DescribeLocations"))

    headers = dict(response.headers)
    assert uuid.UUID(headers[b"x-amzn-requestid"].decode()).version == 4
    assert parsedate_to_datetime(headers[b"date"].decode()).tzname() == "UTC"
    assert headers[b"content-length"] == str(len(response.body)).encode()


def test_a_json_answer_has_four_headers(endpoint: Endpoint) -> None:
    response = endpoint.answer(json_request("DescribeLocations"))

    names = [name for name, _ in response.headers]
    assert names == [b"content-type", b"x-amzn-requestid", b"date", b"content-length"]


def test_every_answer_has_a_request_id_of_its_own(endpoint: Endpoint) -> None:
    identifiers = {dict(endpoint.answer(json_request("")).headers)[b"x-amzn-requestid"] for _ in range(9)}

    assert len(identifiers) == 9


@both
def test_an_error_of_the_service(write: Writer, service: StandIn, endpoint: Endpoint) -> None:
    service.results["DeleteConnection"] = ClientException("Could not find Connection with ID dxcon-1")

    response = endpoint.answer(write("DeleteConnection", {"connectionId": "dxcon-1"}))

    assert response.status == 400
    assert document(response) == {
        "__type": "DirectConnectClientException",
        "message": "Could not find Connection with ID dxcon-1",
    }


BAD: dict[str, tuple[Callable[[Writer], Request], int, str]] = {
    "no authorization": (
        lambda write: write("DescribeLocations", authorization=None),
        400,
        "MissingAuthenticationTokenException",
    ),
    "half an authorization": (
        lambda write: write("DescribeLocations", authorization="AWS4-HMAC-SHA256 Credential=x"),
        400,
        "IncompleteSignatureException",
    ),
    "signed for another service": (
        lambda write: write("DescribeLocations", authorization=AUTHORIZATION.replace("directconnect", "ec2")),
        400,
        "InvalidSignatureException",
    ),
    "no such operation": (lambda write: write("Describe"), 400, "UnknownOperationException"),
    "no such path": (
        lambda write: replace(write("DescribeLocations"), path="/x"),
        404,
        "UnknownOperationException",
    ),
    "GET": (
        lambda write: replace(write("DescribeLocations"), method="GET"),
        404,
        "UnknownOperationException",
    ),
    "unreadable": (lambda write: write("DescribeLocations", b"\xff"), 400, "SerializationException"),
    "other content": (
        lambda write: write("DescribeLocations", content_type="text/xml"),
        415,
        "UnsupportedMediaTypeException",
    ),
    "wrong type": (
        lambda write: write("DeleteConnection", {"connectionId": 1}),
        400,
        "SerializationException",
    ),
    "missing": (lambda write: write("DeleteConnection"), 400, "DirectConnectClientException"),
    "too large": (
        lambda write: write("DescribeLocations", b" " * (BODY_LIMIT + 1)),
        413,
        "RequestEntityTooLargeException",
    ),
}


@both
@pytest.mark.parametrize(("bad", "status", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_request_is_answered_in_its_own_protocol_and_changes_nothing(
    write: Writer,
    bad: Callable[[Writer], Request],
    status: int,
    code: str,
    service: StandIn,
    endpoint: Endpoint,
) -> None:
    response = endpoint.answer(bad(write))

    assert (response.status, document(response)["__type"]) == (status, code)
    assert (
        dict(response.headers)[b"content-type"] == dict(endpoint.answer(write("")).headers)[b"content-type"]
    )
    assert service.calls == []


def test_the_largest_body_is_still_read(endpoint: Endpoint) -> None:
    body = b"{}".ljust(BODY_LIMIT)

    assert endpoint.answer(json_request("DescribeLocations", body)).status == 200


def test_who_speaks_no_protocol_is_answered_in_json(endpoint: Endpoint) -> None:
    response = endpoint.answer(Request("POST", "/", {}, b"<xml/>"))

    assert (response.status, document(response)["__type"]) == (400, "UnknownOperationException")


@both
def test_a_failure_inside_is_told_to_the_client_and_explained_in_the_log(
    write: Writer, service: StandIn, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    service.results["DescribeLocations"] = ZeroDivisionError("the cause")

    response = endpoint.answer(write("DescribeLocations"))

    request_id = dict(response.headers)[b"x-amzn-requestid"].decode()
    assert response.status == 500
    assert document(response) == {
        "__type": "DirectConnectServerException",
        "message": f"Request {request_id} failed; its cause is in the log.",
    }
    [failure] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert request_id in failure.message
    assert "ZeroDivisionError: the cause" in failure.message


def test_a_result_that_cannot_be_sent_is_a_failure_inside(service: StandIn, endpoint: Endpoint) -> None:
    service.results["DescribeLocations"] = {"locations": object()}

    assert endpoint.answer(json_request("DescribeLocations")).status == 500


LINE = re.compile(
    r"event=request operation=(?P<operation>\S+) status=(?P<status>\d+)( error=(?P<error>\S+))?"
    r"( connection=dxcon-fg12ab34)? ms=[\d.]+ request=[0-9a-f-]{36}( action=\"nothing is changed\")?"
)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (json_request("DescribeLocations"), ("DescribeLocations", "200", None)),
        (cbor_request("DeleteConnection"), ("DeleteConnection", "400", "DirectConnectClientException")),
        (json_request("X\nforged"), ("-", "400", "UnknownOperationException")),
        (
            json_request("DescribeConnections", {"connectionId": "dxcon-fg12ab34"}),
            ("DescribeConnections", "200", None),
        ),
        (
            json_request("DescribeConnections", {"connectionId": "dxcon-fg12ab34 peer=forged"}),
            ("DescribeConnections", "200", None),
        ),
    ],
    ids=["success", "error", "forged line", "with an id", "forged id"],
)
def test_the_access_log_has_one_line_for_a_request(
    request_: Request, expected: tuple[str, ...], endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dxlab.api")

    endpoint.answer(request_)

    [record] = caplog.records
    line = LINE.fullmatch(record.message)
    assert line is not None
    assert line.group("operation", "status", "error") == expected


def test_no_log_holds_a_parameter(
    service: StandIn, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.results["CreateBGPPeer"] = ZeroDivisionError()
    for key in ("s3cretKey9", ["s3cretKey9"]):
        endpoint.answer(json_request("CreateBGPPeer", {"newBGPPeer": {"authKey": key}}))

    assert len(caplog.records) == 3
    assert "s3cret" not in caplog.text


def test_each_request_is_metered(service: StandIn) -> None:
    seen: list[tuple[str, str]] = []
    service.results["DeleteConnection"] = ClientException("It is gone.")
    metered = Endpoint(service, meter=lambda operation, result, _: seen.append((operation, result)))
    for operation in ("DescribeLocations", "DeleteConnection", "NoSuchOperation"):
        metered.answer(
            json_request(operation, {"connectionId": "dxcon-fg12ab34"} if "Del" in operation else {})
        )

    assert seen == [
        ("DescribeLocations", "success"),
        ("DeleteConnection", "DirectConnectClientException"),
        ("-", "UnknownOperationException"),
    ]
