from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lab.api.codecs.json11 import Json11
from lab.api.errors import FrontEndError, SerializationException, UnknownOperationException
from lab.api.messages import Request
from lab.api.service import OPERATIONS
from lab.directconnect.errors import ClientException
from tests.api.wire import json_request

CODEC = Json11()


def test_the_recorded_error_of_95_bytes() -> None:
    response = CODEC.failure(ClientException("Lag ID doesntexist has an invalid format."))

    expected = (
        b'{"__type":"DirectConnectClientException","message":"Lag ID doesntexist has an invalid format."}'
    )
    assert (response.status, response.body, len(response.body)) == (400, expected, 95)
    assert response.headers == ((b"content-type", b"application/x-amz-json-1.1"),)


def test_the_recorded_empty_list_of_18_bytes() -> None:
    response = CODEC.result(OPERATIONS["DescribeConnections"], {"connections": []})

    assert (response.status, response.body) == (200, b'{"connections":[]}')


def test_an_empty_result() -> None:
    assert CODEC.result(OPERATIONS["TagResource"], {}).body == b"{}"


def test_moments_are_epoch_seconds_and_blobs_base64() -> None:
    issued = datetime(2017, 4, 7, 12, 42, 44, tzinfo=UTC)

    connection = CODEC.result(OPERATIONS["CreateConnection"], {"loaIssueTime": issued})
    loa = CODEC.result(OPERATIONS["DescribeLoa"], {"loaContent": b"%PDF-1.4"})

    assert connection.body == b'{"loaIssueTime":1491568964.0}'
    assert loa.body == b'{"loaContent":"JVBERi0xLjQ="}'


def test_text_is_sent_in_utf8() -> None:
    response = CODEC.result(OPERATIONS["CreateConnection"], {"connectionName": "Büro 東京 😀"})

    assert response.body == '{"connectionName":"Büro 東京 😀"}'.encode()


def test_the_recorded_request_of_192_bytes() -> None:
    body = (
        b'{"virtualInterfaceId": "dxvif-ffffffff", "newBGPPeer": {"asn": 65001, "authKey": "abcdef", '
        b'"addressFamily": "ipv4", "amazonAddress": "169.254.255.1/30", '
        b'"customerAddress": "169.254.255.2/30"}}'
    )
    request = json_request("CreateBGPPeer", body)

    assert len(body) == 192
    assert CODEC.operation(request) is OPERATIONS["CreateBGPPeer"]
    assert CODEC.parameters(request) == json.loads(body)


ADDRESSED_WRONGLY = {
    "GET": (replace(json_request("CreateBGPPeer"), method="GET"), 404),
    "another path": (replace(json_request("CreateBGPPeer"), path="/index.html"), 404),
    "no target": (json_request("CreateBGPPeer", x_amz_target=None), 400),
    "no dot": (json_request("CreateBGPPeer", x_amz_target="OvertureService"), 400),
    "another service": (json_request("", x_amz_target="AmazonEC2.CreateBGPPeer"), 400),
    "lower case": (json_request("", x_amz_target="overtureservice.CreateBGPPeer"), 400),
    "a name space": (json_request("", x_amz_target="com.amazon.OvertureService.CreateBGPPeer"), 400),
}


@pytest.mark.parametrize(("wrong", "status"), ADDRESSED_WRONGLY.values(), ids=ADDRESSED_WRONGLY.keys())
def test_a_request_that_is_addressed_wrongly(wrong: Request, status: int) -> None:
    with pytest.raises(UnknownOperationException) as caught:
        CODEC.operation(wrong)

    assert caught.value.status == status


REFUSED = {
    "not JSON": (b"<xml/>", "The body is not JSON: Expecting value, line 1 column 1."),
    "single quotes": (
        b"{'a': 1}",
        "The body is not JSON: Expecting property name enclosed in double quotes, line 1 column 2.",
    ),
    "white space": (b" \n ", "The body is not JSON: Expecting value, line 2 column 2."),
    "member twice": (b'{"a": 1, "a": 1}', "The body gives a member of an object more than once."),
    "member twice inside": (
        b'{"b": [{"a": 1, "a": 2}]}',
        "The body gives a member of an object more than once.",
    ),
    "NaN": (b'{"a": NaN}', "The body holds NaN, which is not JSON."),
    "Infinity": (b'{"a": -Infinity}', "The body holds -Infinity, which is not JSON."),
    "half a character": (
        rb'{"a": "\ud800"}',
        "The body holds half of a surrogate pair, which is not a character.",
    ),
    "half a name": (
        rb'{"\uDFFF": 1}',
        "The body holds half of a surrogate pair, which is not a character.",
    ),
    "another encoding": ('{"a": "ü"}'.encode("latin-1"), "The body is not JSON that can be read."),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "The body is not JSON that can be read."),
    "byte order mark": (
        b"\xef\xbb\xbf{}",
        "The body is not JSON: Unexpected UTF-8 BOM (decode using utf-8-sig), line 1 column 1.",
    ),
    "5,000 digits": (b'{"a": ' + b"7" * 5000 + b"}", "The body is not JSON that can be read."),
    "nested too deeply": (b'{"a":' * 100_000, "The body is not JSON that can be read."),
}


@pytest.mark.parametrize(("body", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_body_that_cannot_be_read_in_one_way_only(body: bytes, sentence: str) -> None:
    with pytest.raises(SerializationException) as caught:
        CODEC.decode(body)

    assert caught.value.message == sentence


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert CODEC.decode(rb'{"a": "\ud83d\ude00"}') == {"a": "😀"}


def test_a_fault_in_the_body_does_not_show_the_body() -> None:
    with pytest.raises(FrontEndError) as caught:
        CODEC.decode(b'{"newBGPPeer": {"authKey": "s3cretKey9"')

    assert "s3cret" not in caught.value.message
