"""Every kind of bad value, with the sentence that the client gets."""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import pytest
from botocore.model import DenormalizedStructureBuilder
from hypothesis import given
from hypothesis import strategies as st

from lab.api import validate as module
from lab.api.errors import SerializationException
from lab.api.service import OPERATIONS, Operation
from lab.api.validate import validate
from lab.directconnect.errors import ApiError, ClientException
from tests.support.examples import example

PEER = "asn, asnLong, authKey, addressFamily, amazonAddress, customerAddress"


def fault(operation: str, parameters: object) -> ApiError:
    with pytest.raises(ApiError) as caught:
        validate(OPERATIONS[operation], parameters)
    return caught.value


@pytest.mark.parametrize("complete", [False, True], ids=["required members", "all members"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_input_that_fits_the_model_passes_unchanged(name: str, complete: bool) -> None:
    parameters = example(OPERATIONS[name].input, complete=complete)

    assert validate(OPERATIONS[name], parameters) == parameters


def test_null_members_are_left_out() -> None:
    parameters = {"virtualInterfaceId": None, "newBGPPeer": {"asn": 65001, "authKey": None}}

    assert validate(OPERATIONS["CreateBGPPeer"], parameters) == {"newBGPPeer": {"asn": 65001}}


def test_members_keep_the_order_of_the_request() -> None:
    parameters = {"virtualInterfaceId": "dxvif-ffffffff", "bgpPeerId": "dxpeer-1", "asn": 65001}

    assert list(validate(OPERATIONS["DeleteBGPPeer"], parameters)) == [
        "virtualInterfaceId",
        "bgpPeerId",
        "asn",
    ]


WRONG_TYPES: dict[str, tuple[str, Any, str]] = {
    "body is a list": ("DescribeConnections", [], "The body must be a structure, not a list."),
    "body is null": ("DescribeConnections", None, "The body must be a structure, not null."),
    "body of no input": ("DescribeLocations", "x", "The body must be a structure, not a string."),
    "string for integer": (
        "CreateBGPPeer",
        {"newBGPPeer": {"asn": "65001"}},
        "newBGPPeer.asn must be an integer, not a string.",
    ),
    "float for integer": (
        "DescribeConnections",
        {"maxResults": 10.0},
        "maxResults must be an integer, not a floating-point number.",
    ),
    "boolean for integer": (
        "DescribeConnections",
        {"maxResults": True},
        "maxResults must be an integer, not a boolean.",
    ),
    "integer for boolean": (
        "CreateConnection",
        {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": "c", "requestMACSec": 1},
        "requestMACSec must be a boolean, not an integer.",
    ),
    "integer for string": (
        "DescribeConnections",
        {"connectionId": 7},
        "connectionId must be a string, not an integer.",
    ),
    "blob for string": (
        "DescribeConnections",
        {"connectionId": b"dxcon"},
        "connectionId must be a string, not a blob.",
    ),
    "list for structure": (
        "CreateBGPPeer",
        {"newBGPPeer": [65001]},
        "newBGPPeer must be a structure, not a list.",
    ),
    "structure for list": (
        "DescribeTags",
        {"resourceArns": {"a": 1}},
        "resourceArns must be a list, not a structure.",
    ),
    "null in a list": (
        "DescribeTags",
        {"resourceArns": ["a", None]},
        "resourceArns[1] must be a string, not null.",
    ),
    "wrong type deep inside": (
        "TagResource",
        {"resourceArn": "a", "tags": [{"key": "a"}, {"key": "b", "value": 1}]},
        "tags[1].value must be a string, not an integer.",
    ),
    "a type that no wire has": (
        "DescribeConnections",
        {"connectionId": object()},
        "connectionId must be a string, not something else.",
    ),
}


@pytest.mark.parametrize(
    ("operation", "parameters", "sentence"), WRONG_TYPES.values(), ids=WRONG_TYPES.keys()
)
def test_a_value_of_another_type(operation: str, parameters: object, sentence: str) -> None:
    error = fault(operation, parameters)

    assert isinstance(error, SerializationException)
    assert error.message == sentence


GROUP = {"resiliencyGroupName": "g", "connections": ["dxcon-1"]}
BROKEN: dict[str, tuple[str, Any, str]] = {
    "missing": ("DeleteConnection", {}, "connectionId is required."),
    "null for required": ("DeleteConnection", {"connectionId": None}, "connectionId is required."),
    "missing inside": (
        "CreatePrivateVirtualInterface",
        {"connectionId": "dxcon-1", "newPrivateVirtualInterface": {"vlan": 101}},
        "newPrivateVirtualInterface.virtualInterfaceName is required.",
    ),
    "missing in a list": (
        "TagResource",
        {"resourceArn": "a", "tags": [{"value": "v"}]},
        "tags[0].key is required.",
    ),
    "unknown": (
        "DeleteConnection",
        {"connectionId": "dxcon-1", "force": True},
        "force is unknown; DeleteConnection takes connectionId.",
    ),
    "unknown and null": (
        "DeleteConnection",
        {"connectionId": "dxcon-1", "force": None},
        "force is unknown; DeleteConnection takes connectionId.",
    ),
    "unknown inside": (
        "CreateBGPPeer",
        {"newBGPPeer": {"Asn": 1}},
        f"newBGPPeer.Asn is unknown; newBGPPeer takes {PEER}.",
    ),
    "unknown of no input": (
        "DescribeLocations",
        {"a": 1},
        "a is unknown; DescribeLocations takes no parameters.",
    ),
    "unknown with a long name": (
        "DescribeLocations",
        {"x" * 65: 1},
        f"{'x' * 64}... is unknown; DescribeLocations takes no parameters.",
    ),
    "enumeration of two": (
        "CreateBGPPeer",
        {"newBGPPeer": {"addressFamily": "ipx"}},
        "newBGPPeer.addressFamily ipx is invalid; use ipv4 or ipv6.",
    ),
    "enumeration of three": (
        "CreateResiliencyGroup",
        {"resiliencyGroupName": "g", "intendedResiliencyModel": "x"},
        "intendedResiliencyModel x is invalid; use maximum-resiliency, high-resiliency or basic-resiliency.",
    ),
    "enumerations mind the case": (
        "CreateBGPPeer",
        {"newBGPPeer": {"addressFamily": "IPv4"}},
        "newBGPPeer.addressFamily IPv4 is invalid; use ipv4 or ipv6.",
    ),
    "too short a list": (
        "TagResource",
        {"resourceArn": "a", "tags": []},
        "tags has 0 items; it must have at least 1.",
    ),
    "exact length": (
        "DeleteResiliencyGroup",
        {"resiliencyGroupId": "dxrg-1"},
        "resiliencyGroupId has 6 characters; it must have exactly 22.",
    ),
    "empty": (
        "UntagResource",
        {"resourceArn": "a", "tagKeys": [""]},
        "tagKeys[0] has 0 characters; it must have between 1 and 128.",
    ),
    "too long": (
        "TagResource",
        {"resourceArn": "a", "tags": [{"key": "k", "value": "v" * 257}]},
        "tags[0].value has 257 characters; it must have between 0 and 256.",
    ),
    "pattern": (
        "DeleteResiliencyGroup",
        {"resiliencyGroupId": "dxgr-0a1b2c3d4e5f6g7h8"},
        "resiliencyGroupId dxgr-0a1b2c3d4e5f6g7h8 has an invalid format.",
    ),
    "pattern and a line end": (
        "UntagResource",
        {"resourceArn": "a", "tagKeys": ["owner\n"]},
        "tagKeys[0] owner\\n has an invalid format.",
    ),
    "pattern, long value": (
        "UntagResource",
        {"resourceArn": "a", "tagKeys": ["?" * 100]},
        f"tagKeys[0] {'?' * 64}... has an invalid format.",
    ),
    "below the range": (
        "UpdateVirtualInterfaceAttributes",
        {"virtualInterfaceId": "dxvif-1", "prefixPoolAllocatedCountIpv4": -1},
        "prefixPoolAllocatedCountIpv4 -1 is out of range; it must be at least 0.",
    ),
    "beyond 64 bits": (
        "DescribeConnections",
        {"maxResults": 2**63},
        "maxResults 9223372036854775808 is out of range; it must fit into 64 bits.",
    ),
}


@pytest.mark.parametrize(("operation", "parameters", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_value_that_breaks_a_constraint(operation: str, parameters: object, sentence: str) -> None:
    error = fault(operation, parameters)

    assert isinstance(error, ClientException)
    assert error.message == sentence


def test_the_first_fault_alone_is_reported() -> None:
    error = fault("CreateBGPPeer", {"virtualInterfaceId": 1, "newBGPPeer": 2})

    assert error.message == "virtualInterfaceId must be a string, not an integer."


def test_a_type_that_a_later_model_may_bring_goes_through() -> None:
    later = DenormalizedStructureBuilder().with_members({"since": {"type": "timestamp"}}).build_model()

    assert validate(Operation("ListOutages", later, None), {"since": 1.5}) == {"since": 1.5}


@pytest.mark.parametrize("asn", [0, -1, 2**31, 4_294_967_296, 2**63 - 1])
def test_the_limits_of_an_integer_are_left_to_the_service(asn: int) -> None:
    parameters = {"newBGPPeer": {"asn": asn}}

    assert validate(OPERATIONS["CreateBGPPeer"], parameters) == parameters


def test_more_results_than_a_page_holds_are_no_fault() -> None:
    assert validate(OPERATIONS["DescribeConnections"], {"maxResults": 1000}) == {"maxResults": 1000}


@pytest.mark.parametrize("secret", [65, 6.5, True, ["s3cretKey9"], {"s3cretKey9": 1}])
def test_a_secret_of_the_wrong_type_is_not_shown(secret: object) -> None:
    error = fault("CreateBGPPeer", {"newBGPPeer": {"authKey": secret}})

    assert error.message.startswith("newBGPPeer.authKey must be a string, not a")
    assert "s3cret" not in error.message


@pytest.mark.parametrize("secret", sorted(module.SECRETS))
def test_a_secret_is_named_without_its_value(secret: str) -> None:
    """No constraint of today's model stands on a secret; should one come, its sentence must keep quiet."""
    assert module._shown(f"newBGPPeer.{secret}", "s3cretKey9") == f"newBGPPeer.{secret}"
    assert module._shown("newBGPPeer.asn", 7) == "newBGPPeer.asn 7"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["tags", "key", "value"]) | st.text(), inner)
        ),
    )
)
def test_any_value_passes_or_is_refused(value: object) -> None:
    for name in ("TagResource", "CreateBGPPeer", "DescribeLocations"):
        try:
            assert isinstance(validate(OPERATIONS[name], value), dict)
        except ApiError as error:
            assert error.status == 400
            assert error.message.endswith(".")


def test_unicode_categories_of_patterns() -> None:
    """Python has no \\p{L}, \\p{Z}, \\p{N}; what stands for them must match the same characters."""
    pattern = module._pattern(r"^([\p{L}\p{Z}\p{N}_]*)$")
    characters = [chr(code) for code in range(sys.maxunicode + 1)]

    matched = {character for character in characters if pattern.fullmatch(character)}

    assert matched == {c for c in characters if unicodedata.category(c)[0] in "LZN" or c == "_"}
