"""The protocols that the endpoint speaks, and which of them a request means.

A new protocol is one file with one `Codec`, and one entry here.
"""

from __future__ import annotations

from lab.api.codecs.base import Codec
from lab.api.codecs.json11 import Json11
from lab.api.codecs.rpcv2cbor import RpcV2Cbor
from lab.api.messages import Request

CODECS: tuple[Codec, ...] = (RpcV2Cbor(), Json11())
"""In the order in which they are asked. The last one also answers those who speak none of them."""


def codec_for(request: Request) -> Codec:
    """The codec that reads the request and writes its answer."""
    return next((codec for codec in CODECS if codec.recognises(request)), CODECS[-1])
