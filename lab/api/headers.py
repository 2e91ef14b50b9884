"""The headers that every response of AWS has, and so every response of the endpoint."""

from __future__ import annotations

import time
from dataclasses import replace
from email.utils import formatdate
from functools import lru_cache

from lab.api.messages import Response


def complete(response: Response, request_id: str) -> Response:
    """Add the headers that every response of AWS has."""
    common = (
        (b"x-amzn-requestid", request_id.encode()),
        (b"date", _http_date(int(time.time()))),
        (b"content-length", str(len(response.body)).encode()),
    )
    return replace(response, headers=response.headers + common)


@lru_cache(maxsize=1)
def _http_date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()
