"""Smithy RPC v2 CBOR: the operation in the path, one CBOR map each way.

The service's model lists this protocol first; SDKs that know it prefer it. The reader is cbor2's, held to
the part of CBOR that the protocol uses: no tag (a tag can make a reader compile a regular expression or
follow references; no input of this service holds a timestamp), text for the names of members, no name
twice, nothing after the map. Moments are written as tag 1 with a double, blobs as bytes.

Source: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html, RFC 8949.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

import cbor2

from lab.api.codecs.base import Codec
from lab.api.errors import NotFound, SerializationException
from lab.api.messages import Request
from lab.api.service import TARGET_PREFIX

_PATHS = f"/service/{TARGET_PREFIX}/operation/"
_EPOCH_SECONDS = 1
_DEEPEST = 32


class RpcV2Cbor(Codec):
    protocol = "smithy-rpc-v2-cbor"
    content_type = "application/cbor"
    extra_headers = ((b"smithy-protocol", b"rpc-v2-cbor"),)

    def recognises(self, request: Request) -> bool:
        return b"smithy-protocol" in request.headers or request.path.startswith("/service/")

    def operation_name(self, request: Request) -> str:
        if request.method != "POST" or not request.path.startswith(_PATHS):
            raise NotFound(f"There is nothing at {request.line}; requests go to POST {_PATHS}<operation>.")
        if request.header(b"smithy-protocol") != "rpc-v2-cbor":
            raise SerializationException("The header smithy-protocol must say rpc-v2-cbor.")
        return request.path.removeprefix(_PATHS)

    def decode(self, body: bytes) -> object:
        stream = io.BytesIO(body)
        decoder = cbor2.CBORDecoder(
            stream,
            object_hook=_structure,
            semantic_decoders=_NoTags(),
            max_depth=_DEEPEST,
            allow_duplicate_keys=False,
        )
        try:
            document: object = decoder.decode()
        except cbor2.CBORDecodeError as error:
            raise SerializationException(f"The body is not CBOR that can be read: {error}.") from None
        if stream.read(1):
            raise SerializationException("The body goes on after its CBOR document.")
        return document

    def encode(self, document: Mapping[str, Any]) -> bytes:
        encoded: bytes = cbor2.dumps(document)
        return encoded

    def timestamp(self, moment: datetime) -> cbor2.CBORTag:
        return cbor2.CBORTag(_EPOCH_SECONDS, moment.timestamp())

    def blob(self, content: bytes) -> bytes:
        return content


class _NoTags(dict[int, Callable[[object, bool], NoReturn]]):
    """A table of tag decoders in which every tag is found, and refused."""

    def __missing__(self, tag: int) -> Callable[[object, bool], NoReturn]:
        def refuse(_value: object, _immutable: bool) -> NoReturn:
            raise ValueError("no member of this service is written with a tag")

        return refuse


def _structure(members: Mapping[object, object], _immutable: bool) -> dict[str, object]:
    """A map as a structure: names are text; `undefined` says the same as null."""
    if not all(isinstance(name, str) for name in members):
        raise ValueError("the name of a member must be text")
    return {str(name): None if value is cbor2.undefined else value for name, value in members.items()}
