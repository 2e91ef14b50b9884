"""One request from end to end, without a socket.

    Request -> codec -> operation -> caller -> parameters -> checked -> Service.perform -> Response

Each step is a function of the one before it and may refuse with an ApiError, which the codec that
recognised the request then writes. So a client is always answered in the protocol that it speaks, in AWS's
shape, with a request id that also stands in the log. Handlers are synchronous, short and run on the event
loop: one operation is one transaction, and no two of them interleave.

A client whose connection breaks before the answer sends the request once more; AWS's SDKs mark both with one
id, in the header amz-sdk-invocation-id. The service carries out what bears the same id only once, so that nobody
gets two connections who ordered one.

The access log has one event for each request, `request`. It never holds a parameter but ids.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lab.api.codecs import codec_for
from lab.api.codecs.base import Codec
from lab.api.errors import RequestEntityTooLargeException
from lab.api.headers import complete
from lab.api.messages import ParsedRequest, Request, Response
from lab.api.sigv4 import DEFAULT_ACCOUNT, caller_of
from lab.api.validate import validate
from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ApiError, ServerException
from lab.directconnect.identifiers import Kind
from lab.logs import Log

BODY_LIMIT = 2**20
"""Bytes of the largest body that is read; the largest request of the API has a few thousand."""

log = Log("dxlab.api")

#: The log's names for the resources that a request may name: the request's member, and the form of such an id.
_RESOURCES = {
    "connection": ("connectionId", Kind.CONNECTION),
    "vif": ("virtualInterfaceId", Kind.VIRTUAL_INTERFACE),
    "peer": ("bgpPeerId", Kind.BGP_PEER),
}

_INVOCATION = re.compile(r"[0-9A-Za-z-]{1,64}")

#: Is told of each request for an operation: the operation, AWS's name of the error or `success`, and seconds.
Meter = Callable[[str, str, float], None]


def unmetered(_operation: str, _result: str, _seconds: float) -> None:
    """Count nothing."""


class Service(Protocol):
    """What stands behind the wire."""

    def perform(
        self, operation: str, caller: Caller, parameters: Mapping[str, Any], invocation: str | None
    ) -> Mapping[str, Any]:
        """Carry out an operation of the model with parameters that fit it.

        :param invocation: the same for each attempt of one request; None where the client gives none.
        :return: the result in the model's words; None members are left out, moments are aware `datetime`s.
        :raises ApiError: nothing was changed, for the reason that the client is told.
        """


class Endpoint:
    """Answers requests for a service.

    :param service: what the operations mean.
    :param default_account: the account of callers whose access key is no account number.
    """

    def __init__(
        self, service: Service, default_account: str = DEFAULT_ACCOUNT, meter: Meter = unmetered
    ) -> None:
        self._service = service
        self._default_account = default_account
        self._meter = meter

    def answer(self, request: Request) -> Response:
        """Carry out a request. Every failure becomes a response."""
        started = time.perf_counter()
        request_id = str(uuid.uuid4())
        codec = codec_for(request)
        about: dict[str, str] = {}
        try:
            response = self._respond(codec, request, about)
        except ApiError as error:
            response = codec.failure(error)
        except Exception as error:
            # The one place for operations, as `Pages.answer` is for pages. Whatever is wrong inside: the client
            # gets an answer that it understands, for it repeats a request whose connection breaks and would create
            # things twice; the log gets the traceback.
            log.failure("request-failed", error, request=request_id, action="a server error is answered")
            response = codec.failure(
                ServerException(f"Request {request_id} failed; its cause is in the log.")
            )
        self._account(_subject(codec, request), about, response, request_id, time.perf_counter() - started)
        return complete(response, request_id)

    def parse(self, codec: Codec, request: Request) -> ParsedRequest:
        """What the request asks for, the same whichever protocol it came in.

        :raises ApiError: it asks for nothing that could be carried out.
        """
        if len(request.body) > BODY_LIMIT:
            raise RequestEntityTooLargeException(f"The body has more than {BODY_LIMIT} bytes.")
        operation = codec.operation(request)
        caller = caller_of(request.header(b"authorization"), self._default_account)
        parameters = validate(operation, codec.parameters(request))
        return ParsedRequest(operation, caller, parameters, _invocation(request))

    def _respond(self, codec: Codec, request: Request, about: dict[str, str]) -> Response:
        """The answer; meanwhile, notes what the request is about."""
        parsed = self.parse(codec, request)
        about |= _ids(parsed.parameters)
        result = self._service.perform(
            parsed.operation.name, parsed.caller, parsed.parameters, parsed.invocation
        )
        return codec.result(parsed.operation, result)

    def _account(
        self, operation: str, about: Mapping[str, str], response: Response, request_id: str, seconds: float
    ) -> None:
        self._meter(operation, response.error or "success", seconds)
        log.info(
            "request",
            operation=operation,
            status=response.status,
            error=response.error,
            **about,
            ms=round(seconds * 1000, 1),
            request=request_id,
            action="nothing is changed" if response.error else None,
        )


def _ids(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The resources that a request names, by the log's names for them. Only what has the form of an id is one, so
    that no other parameter gets into the log.
    """
    named = {field: str(parameters.get(member)) for field, (member, _) in _RESOURCES.items()}
    return {field: text for field, text in named.items() if _RESOURCES[field][1].matches(text)}


def _invocation(request: Request) -> str | None:
    """The client's id of the request; None where it has none, or one that no SDK would give."""
    given = request.header(b"amz-sdk-invocation-id") or ""
    return given if _INVOCATION.fullmatch(given) else None


def _subject(codec: Codec, request: Request) -> str:
    """The operation asked for, or a dash: no client writes what it likes into the log."""
    try:
        return codec.operation(request).name
    except ApiError:
        return "-"
