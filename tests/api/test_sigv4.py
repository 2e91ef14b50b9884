from __future__ import annotations

import pytest

from lab.api.errors import (
    FrontEndError,
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)
from lab.api.sigv4 import caller_of
from lab.directconnect.cloud import Caller
from tests.api.wire import AUTHORIZATION, SCOPE


def signed(scope: str) -> str:
    return AUTHORIZATION.replace(SCOPE, scope)


@pytest.mark.parametrize(
    ("scope", "caller"),
    [
        (SCOPE, Caller("123456789012", "us-east-1")),
        ("210987654321/20261123/us-east-1/directconnect/aws4_request", Caller("210987654321", "us-east-1")),
        ("test/20261123/eu-central-1/directconnect/aws4_request", Caller("123456789012", "eu-central-1")),
        (
            "2109876543210/20261123/us-gov-west-1/directconnect/aws4_request",
            Caller("123456789012", "us-gov-west-1"),
        ),
        ("21098765432/20261123/local/directconnect/aws4_request", Caller("123456789012", "local")),
    ],
    ids=["ordinary key", "account number", "any key", "thirteen digits", "eleven digits"],
)
def test_account_and_region_come_from_the_scope(scope: str, caller: Caller) -> None:
    assert caller_of(signed(scope)) == caller


def test_the_account_of_ordinary_keys_can_be_chosen() -> None:
    assert caller_of(AUTHORIZATION, "999999999999").account == "999999999999"


@pytest.mark.parametrize(
    "header",
    [
        f"AWS4-HMAC-SHA256 Credential={SCOPE},SignedHeaders=host,Signature=ab",
        f"AWS4-HMAC-SHA256   Credential={SCOPE} ,  SignedHeaders=host , Signature=ab",
        f"AWS4-HMAC-SHA256 Signature=ab, SignedHeaders=host, Credential={SCOPE}",
    ],
    ids=["no spaces", "many spaces", "other order"],
)
def test_the_header_may_be_spaced_and_ordered_as_the_client_likes(header: str) -> None:
    assert caller_of(header).region == "us-east-1"


@pytest.mark.parametrize("header", [None, ""])
def test_a_request_without_authorization(header: str | None) -> None:
    with pytest.raises(MissingAuthenticationTokenException) as caught:
        caller_of(header)

    assert (caught.value.status, caught.value.message) == (400, "Missing Authentication Token")


INCOMPLETE = "The Credential must read <key>/<yyyymmdd>/<region>/<service>/aws4_request."
REFUSED: dict[str, tuple[str, type[FrontEndError], str]] = {
    "other scheme": (
        "Bearer abcdef",
        IncompleteSignatureException,
        "The Authorization header does not begin with AWS4-HMAC-SHA256.",
    ),
    "SigV4a": (
        AUTHORIZATION.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        IncompleteSignatureException,
        "The Authorization header does not begin with AWS4-HMAC-SHA256.",
    ),
    "algorithm alone": (
        "AWS4-HMAC-SHA256",
        IncompleteSignatureException,
        "The Authorization header has no Credential.",
    ),
    "no signed headers": (
        f"AWS4-HMAC-SHA256 Credential={SCOPE}, Signature=ab",
        IncompleteSignatureException,
        "The Authorization header has no SignedHeaders.",
    ),
    "empty signature": (
        f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=",
        IncompleteSignatureException,
        "The Authorization header has no Signature.",
    ),
    "short scope": (signed("AKID/20261123/us-east-1"), IncompleteSignatureException, INCOMPLETE),
    "no key": (
        signed("/20261123/us-east-1/directconnect/aws4_request"),
        IncompleteSignatureException,
        INCOMPLETE,
    ),
    "no date": (
        signed("AKID/today/us-east-1/directconnect/aws4_request"),
        IncompleteSignatureException,
        INCOMPLETE,
    ),
    "no region": (
        signed("AKID/20261123//directconnect/aws4_request"),
        IncompleteSignatureException,
        INCOMPLETE,
    ),
    "odd region": (
        signed("AKID/20261123/../directconnect/aws4_request"),
        IncompleteSignatureException,
        INCOMPLETE,
    ),
    "other end": (
        signed("AKID/20261123/us-east-1/directconnect/aws3"),
        IncompleteSignatureException,
        INCOMPLETE,
    ),
    "other service": (
        signed("AKID/20261123/us-east-1/ec2/aws4_request"),
        InvalidSignatureException,
        "Credential should be scoped to correct service: 'directconnect'.",
    ),
}


@pytest.mark.parametrize(("header", "error", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_header_that_would_fail_at_aws(header: str, error: type[FrontEndError], sentence: str) -> None:
    with pytest.raises(error) as caught:
        caller_of(header)

    assert caught.value.message == sentence
