"""The seam between the endpoint and the protocols.

A codec knows one protocol completely: how to tell that a request speaks it, where the operation stands, how
a body becomes parameters, how a result or an error becomes a body. It knows nothing of the meaning of any
of these.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from lab.api.codecs.output import Converters
from lab.api.errors import UnknownOperationException, UnsupportedMediaTypeException
from lab.api.messages import Headers, Request, Response
from lab.api.service import OPERATIONS, Operation
from lab.directconnect.errors import ApiError


class Codec(ABC):
    """One wire protocol of the service."""

    protocol: ClassVar[str]
    """The protocol's name in the `protocols` of the service's model."""

    content_type: ClassVar[str]
    """The media type of the protocol's bodies."""

    extra_headers: ClassVar[Headers] = ()
    """Headers of the protocol's responses beside the content type."""

    def __init__(self) -> None:
        self._converters = Converters(timestamp=self.timestamp, blob=self.blob)
        self._headers: Headers = ((b"content-type", self.content_type.encode()), *self.extra_headers)

    @abstractmethod
    def recognises(self, request: Request) -> bool:
        """Whether the client means this protocol, well spoken or not."""

    @abstractmethod
    def operation_name(self, request: Request) -> str:
        """The name of the operation that the request asks for, known or not.

        :raises FrontEndError: the request is not addressed as the protocol demands.
        """

    @abstractmethod
    def decode(self, body: bytes) -> object:
        """The document in a body that is not empty.

        :raises SerializationException: it cannot be read, or it can be read in more than one way.
        """

    @abstractmethod
    def encode(self, document: Mapping[str, Any]) -> bytes:
        """The body that carries a document of plain values."""

    @abstractmethod
    def timestamp(self, moment: datetime) -> object:
        """The plain value that stands for a moment in a result."""

    @abstractmethod
    def blob(self, content: bytes) -> object:
        """The plain value that stands for bytes in a result."""

    def operation(self, request: Request) -> Operation:
        """The operation that the request asks for.

        :raises FrontEndError: the request is wrongly addressed, or asks for no operation of the model.
        """
        name = self.operation_name(request)
        try:
            return OPERATIONS[name]
        except KeyError:
            raise UnknownOperationException(f"AWS Direct Connect has no operation {name[:64]!r}.") from None

    def parameters(self, request: Request) -> object:
        """What the client sent, not checked yet.

        No body says the same as an empty structure: CBOR clients send none where an operation has no input.

        :raises FrontEndError: the body is of another type, or unreadable.
        """
        if not request.body:
            return {}
        media_type = (request.header(b"content-type") or "none").partition(";")[0].strip().lower()
        if media_type != self.content_type:
            raise UnsupportedMediaTypeException(
                f"Content-Type {media_type[:64]} is not supported; use {self.content_type}."
            )
        return self.decode(request.body)

    def result(self, operation: Operation, result: Mapping[str, Any]) -> Response:
        """The response to a request that was carried out."""
        document = self._converters.of(operation)(result)
        return Response(200, self._headers, self.encode(document))

    def failure(self, error: ApiError) -> Response:
        """The response to a request that was refused: AWS puts the bare name of the error into `__type`."""
        document = {"__type": error.code}
        if error.message:
            document["message"] = error.message
        return Response(error.status, self._headers, self.encode(document), error.code)
