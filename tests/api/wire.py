"""Requests as clients put them on the wire, made without a client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import cbor2

from lab.api.messages import Request, Response

Writer = Callable[..., Request]

SCOPE = "AKIDEXAMPLE/20261123/us-east-1/directconnect/aws4_request"
AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host;x-amz-date, Signature=7b18438e"


def json_request(operation: str, body: object = None, **changed: str | None) -> Request:
    """An AWS JSON 1.1 request.

    :param body: bytes as they are, anything else as JSON; by default an empty object.
    :param changed: other headers, or None to leave one out; `_` stands for `-`.
    """
    headers: dict[str, str | None] = {
        "x-amz-target": f"OvertureService.{operation}",
        "content-type": "application/x-amz-json-1.1",
        "authorization": AUTHORIZATION,
    }
    encoded = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    return Request("POST", "/", _headers(headers, changed), encoded)


def cbor_request(operation: str, body: object = None, **changed: str | None) -> Request:
    """A Smithy RPC v2 CBOR request; the parameters are those of `json_request`."""
    headers: dict[str, str | None] = {
        "smithy-protocol": "rpc-v2-cbor",
        "content-type": "application/cbor",
        "accept": "application/cbor",
        "authorization": AUTHORIZATION,
    }
    encoded = body if isinstance(body, bytes) else cbor2.dumps({} if body is None else body)
    path = f"/service/OvertureService/operation/{operation}"
    return Request("POST", path, _headers(headers, changed), encoded)


def _headers(usual: dict[str, str | None], changed: dict[str, str | None]) -> dict[bytes, bytes]:
    merged = usual | {name.replace("_", "-"): value for name, value in changed.items()}
    return {name.encode(): value.encode() for name, value in merged.items() if value is not None}


def document(response: Response) -> dict[str, Any]:
    """What the body of a response says, by its content type."""
    cbor = dict(response.headers)[b"content-type"] == b"application/cbor"
    read: dict[str, Any] = cbor2.loads(response.body) if cbor else json.loads(response.body)
    return read
