"""AWS JSON 1.1: `POST /`, the operation in `X-Amz-Target`, one JSON object each way.

This is what boto3, the AWS CLI, Terraform's provider and the JavaScript SDK speak to Direct Connect.
Reading is strict where JSON is loose: a member given twice, NaN and Infinity, and half of a surrogate pair
mean different things to different readers, so they are refused. Writing is compact, as AWS's own: an empty
list of connections is the 18 bytes `{"connections":[]}`. Moments are epoch seconds, blobs are base64.

Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html, RFC 8259.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from lab.api.codecs.base import Codec
from lab.api.errors import NotFound, SerializationException, UnknownOperationException
from lab.api.messages import Request
from lab.api.service import TARGET_PREFIX

_TARGETS = f"{TARGET_PREFIX}."
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False)


class Json11(Codec):
    protocol = "json"
    content_type = "application/x-amz-json-1.1"

    def recognises(self, request: Request) -> bool:
        return b"x-amz-target" in request.headers

    def operation_name(self, request: Request) -> str:
        if (request.method, request.path) != ("POST", "/"):
            raise NotFound(f"There is nothing at {request.line}; requests go to POST /.")
        target = request.header(b"x-amz-target") or ""
        if not target.startswith(_TARGETS):
            raise UnknownOperationException(f"The header X-Amz-Target does not read {_TARGETS}<operation>.")
        return target.removeprefix(_TARGETS)

    def decode(self, body: bytes) -> object:
        try:
            document = json.loads(body.decode(), object_pairs_hook=_unambiguous, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno} column {error.colno}"
            raise SerializationException(f"The body is not JSON: {error.msg}, {place}.") from None
        except (ValueError, RecursionError):
            # Not UTF-8, an integer of thousands of digits, or nested beyond what the parser takes.
            raise SerializationException("The body is not JSON that can be read.") from None
        _require_text(body, document)
        return document

    def encode(self, document: Mapping[str, Any]) -> bytes:
        return _ENCODER.encode(document).encode()

    def timestamp(self, moment: datetime) -> float:
        return moment.timestamp()

    def blob(self, content: bytes) -> str:
        return base64.b64encode(content).decode()


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise SerializationException("The body gives a member of an object more than once.")
    return members


def _refuse(constant: str) -> NoReturn:
    raise SerializationException(f"The body holds {constant}, which is not JSON.")


def _require_text(body: bytes, document: object) -> None:
    """An escape such as \\ud800 alone makes a string that is no text: it could not be sent back."""
    if b"\\u" not in body:
        return
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise SerializationException(
            "The body holds half of a surrogate pair, which is not a character."
        ) from None
