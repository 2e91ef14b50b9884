"""What travels through the room: a request as HTTP has it, the same as AWS means it, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.api.service import Operation
from lab.directconnect.cloud import Caller

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Request:
    """An HTTP request, read completely. Header names are lower-case, as ASGI hands them over."""

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    body: bytes = field(default=b"", repr=False)

    @property
    def line(self) -> str:
        """Method and path, cut where they are long, to be shown."""
        return f"{self.method} {self.path}"[:64]

    def header(self, name: bytes) -> str | None:
        """The value of a header; None where the client sent none."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1").strip()


@dataclass(frozen=True)
class ParsedRequest:
    """An operation that a caller wants performed, with parameters that fit the model.

    :param invocation: the client's own id of the request, the same in each attempt.
    """

    operation: Operation
    caller: Caller
    parameters: Mapping[str, Any] = field(repr=False)
    invocation: str | None = None


@dataclass(frozen=True)
class Response:
    """An HTTP response without the headers that all responses share.

    :param error: AWS's name of the error that this reports, or None.
    """

    status: int
    headers: Headers
    body: bytes
    error: str | None = None
