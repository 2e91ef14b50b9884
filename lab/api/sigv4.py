"""Who calls, and for which region: the credential scope of AWS Signature Version 4.

Every request to AWS carries, in its Authorization header, the access key and the scope of the signature:

    AWS4-HMAC-SHA256 Credential=123456789012/20261123/eu-central-1/directconnect/aws4_request,
                     SignedHeaders=host;x-amz-date, Signature=7b18438e...

The signature itself is not verified: that would take the caller's secret key, which a lab on one's own
machine does not know and must not ask for. So any access key is good, and the clock does not matter. One
thing is made of the key: when it is an account number of twelve digits, it is the caller's account, which
gives a test as many accounts as it wants. The header must be complete, and signed for this service, because
a client that gets either wrong would fail at AWS.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
"""

from __future__ import annotations

import re

from lab.api.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)
from lab.api.service import SIGNING_NAME
from lab.directconnect.cloud import Caller

DEFAULT_ACCOUNT = "123456789012"

_ALGORITHM = "AWS4-HMAC-SHA256"
_PARAMETERS = ("Credential", "SignedHeaders", "Signature")
_SCOPE = re.compile(r"(?P<key>[^/\s]+)/[0-9]{8}/(?P<region>[a-z0-9-]{1,32})/(?P<service>[^/]+)/aws4_request")
_ACCOUNT = re.compile(r"[0-9]{12}")


def caller_of(authorization: str | None, default_account: str = DEFAULT_ACCOUNT) -> Caller:
    """The caller that an Authorization header names.

    :param authorization: the header's value, or None where there is no such header.
    :param default_account: the account of access keys that are no account number.
    :raises MissingAuthenticationTokenException: there is no header.
    :raises IncompleteSignatureException: it is not a complete SigV4 header.
    :raises InvalidSignatureException: it is signed for another service.
    """
    scope = _SCOPE.fullmatch(_credential(authorization))
    if scope is None:
        raise IncompleteSignatureException(
            "The Credential must read <key>/<yyyymmdd>/<region>/<service>/aws4_request."
        )
    if scope["service"] != SIGNING_NAME:
        raise InvalidSignatureException(f"Credential should be scoped to correct service: '{SIGNING_NAME}'.")
    key = scope["key"]
    return Caller(account=key if _ACCOUNT.fullmatch(key) else default_account, region=scope["region"])


def _credential(authorization: str | None) -> str:
    if not authorization:
        raise MissingAuthenticationTokenException("Missing Authentication Token")
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != _ALGORITHM:
        raise IncompleteSignatureException(f"The Authorization header does not begin with {_ALGORITHM}.")
    given = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    for name in _PARAMETERS:
        if not given.get(name):
            raise IncompleteSignatureException(f"The Authorization header has no {name}.")
    return given["Credential"]
