from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import cbor2
import pytest

from lab.api.codecs.rpcv2cbor import RpcV2Cbor
from lab.api.errors import SerializationException, UnknownOperationException
from lab.api.messages import Request
from lab.api.service import OPERATIONS
from lab.directconnect.errors import ClientException
from tests.api.wire import cbor_request

CODEC = RpcV2Cbor()
RECORDED = bytes.fromhex(
    "a2727669727475616c496e7465726661636549646e64787669662d66666666666666666a6e657742475050656572a56761"
    "736e4c6f6e671afa56ea0167617574684b6579666162636465666d6164647265737346616d696c7964697076346d616d61"
    "7a6f6e41646472657373703136392e3235342e3235352e312f33306f637573746f6d657241646472657373703136392e32"
    "35342e3235352e322f3330"
)


def test_the_recorded_request_of_158_bytes() -> None:
    request = cbor_request("CreateBGPPeer", RECORDED)

    assert len(RECORDED) == 158
    assert CODEC.operation(request) is OPERATIONS["CreateBGPPeer"]
    assert CODEC.parameters(request) == {
        "virtualInterfaceId": "dxvif-ffffffff",
        "newBGPPeer": {
            "asnLong": 4_200_000_001,
            "authKey": "abcdef",
            "addressFamily": "ipv4",
            "amazonAddress": "169.254.255.1/30",
            "customerAddress": "169.254.255.2/30",
        },
    }


def test_an_error_is_a_map() -> None:
    response = CODEC.failure(ClientException("No."))

    assert response.body == b"\xa2\x66__type\x78\x1cDirectConnectClientException\x67message\x63No."
    assert response.headers == ((b"content-type", b"application/cbor"), (b"smithy-protocol", b"rpc-v2-cbor"))


def test_an_empty_result() -> None:
    assert CODEC.result(OPERATIONS["TagResource"], {}).body == b"\xa0"


def test_moments_are_tag_1_and_blobs_bytes() -> None:
    issued = datetime(2017, 4, 7, 12, 42, 44, tzinfo=UTC)

    connection = CODEC.result(OPERATIONS["CreateConnection"], {"loaIssueTime": issued})
    loa = CODEC.result(OPERATIONS["DescribeLoa"], {"loaContent": b"%PDF"})

    assert connection.body == b"\xa1\x6cloaIssueTime\xc1\xfb" + bytes.fromhex("41d639e251000000")
    assert loa.body == b"\xa1\x6aloaContent\x44%PDF"


ADDRESSED_WRONGLY = {
    "GET": (replace(cbor_request("CreateBGPPeer"), method="GET"), 404),
    "the path of JSON": (replace(cbor_request("CreateBGPPeer"), path="/"), 404),
    "another service": (
        replace(cbor_request("CreateBGPPeer"), path="/service/directconnect/operation/CreateBGPPeer"),
        404,
    ),
    "a longer path": (
        replace(cbor_request(""), path="/service/OvertureService/operation/CreateBGPPeer/"),
        400,
    ),
}


@pytest.mark.parametrize(("wrong", "status"), ADDRESSED_WRONGLY.values(), ids=ADDRESSED_WRONGLY.keys())
def test_a_request_that_is_addressed_wrongly(wrong: Request, status: int) -> None:
    assert CODEC.recognises(wrong)
    with pytest.raises(UnknownOperationException) as caught:
        CODEC.operation(wrong)

    assert caught.value.status == status


@pytest.mark.parametrize("protocol", [None, "", "rpc-v2-json", "RPC-V2-CBOR"])
def test_the_header_must_name_the_protocol(protocol: str | None) -> None:
    request = cbor_request("CreateBGPPeer", smithy_protocol=protocol)

    assert CODEC.recognises(request)
    with pytest.raises(SerializationException) as caught:
        CODEC.operation(request)

    assert caught.value.message == "The header smithy-protocol must say rpc-v2-cbor."


@pytest.mark.parametrize(
    "written",
    [
        "bf 6a6e657742475050656572 bf 6361736e 19fde9 ff ff",
        "a1 6a6e657742475050656572 a1 6361736e 1a0000fde9",
        "a1 7f 656e65774247 655050656572 ff a1 6361736e 19fde9",
        "a2 6a6e657742475050656572 a1 6361736e 19fde9 6178 f6",
        "a2 6a6e657742475050656572 a1 6361736e 19fde9 6178 f7",
    ],
    ids=["no lengths", "longer integer", "text in pieces", "null", "undefined"],
)
def test_the_same_document_may_be_written_in_several_ways(written: str) -> None:
    document = CODEC.decode(bytes.fromhex(written))

    assert isinstance(document, dict)
    assert {name: value for name, value in document.items() if value is not None} == {
        "newBGPPeer": {"asn": 65001}
    }


REFUSED = {
    "nothing but a break": "ff",
    "reserved": "1c",
    "map without its end": "bf6161",
    "length beyond the body": "5bffffffffffffffff00",
    "members beyond the body": "bbffffffffffffffff",
    "text that is not UTF-8": "a1616161ff",
    "half a character": "a1616163eda080",
    "member twice": "a2616101616102",
    "number for a name": "a10102",
    "bytes for a name": "a1416101",
    "list for a name": "a18001",
    "more after the map": "a0a0",
    "date": "a16161c074323031332d30332d32315432303a30343a30305a",
    "moment": "a16161c11a514b67b0",
    "big integer": "a16161c249010000000000000000",
    "decimal": "a16161c48221196ab3",
    "shared value": "a16161d81c81d81d00",
    "regular expression": "a16161d823622b2b",
    "set": "a16161d901028101",
    "unknown tag": "a16161d9ffff00",
    "CBOR's own mark": "d9d9f7a0",
}


@pytest.mark.parametrize("written", REFUSED.values(), ids=REFUSED.keys())
def test_a_body_that_the_protocol_does_not_allow(written: str) -> None:
    with pytest.raises(SerializationException) as caught:
        CODEC.decode(bytes.fromhex(written))

    assert caught.value.message.startswith("The body ")
    assert caught.value.message.endswith(".")


def test_a_fault_in_the_body_does_not_show_the_body() -> None:
    body = cbor2.dumps({"newBGPPeer": {"authKey": "s3cretKey9"}})

    with pytest.raises(SerializationException) as caught:
        CODEC.decode(body[:-1] + b"\xff")

    assert "s3cret" not in caught.value.message
