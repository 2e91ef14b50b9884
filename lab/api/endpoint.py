"""One request from end to end, without a socket.

    Request -> codec -> operation -> caller -> parameters -> checked -> Service.perform -> Response

Each step is a function of the one before it and may refuse with an ApiError, which the codec that
recognised the request then writes. So a client is always answered in the protocol that it speaks, in AWS's
shape, with a request id that also stands in the log. Handlers are synchronous, short and run on the event
loop: one operation is one transaction, and no two of them interleave.

A client whose connection breaks before the answer sends the request once more; AWS's SDKs mark both with one
id, in the header amz-sdk-invocation-id. The service carries out what bears the same id only once, so that nobody
gets two connections who ordered one.

The access log has one line for each request on the logger `dxlab.api`, in `name=value` form. It never holds
a parameter.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate
from functools import lru_cache, partial
from typing import Any, Protocol

from lab.api.codecs import codec_for
from lab.api.codecs.base import Codec
from lab.api.errors import RequestEntityTooLargeException
from lab.api.messages import ParsedRequest, Request, Response
from lab.api.sigv4 import DEFAULT_ACCOUNT, caller_of
from lab.api.validate import validate
from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ApiError, ServerException

BODY_LIMIT = 2**20
"""Bytes of the largest body that is read; the largest request of the API has a few thousand."""

LOGGER = logging.getLogger("dxlab.api")

_INVOCATION = re.compile(r"[0-9A-Za-z-]{1,64}")

Page = Callable[..., Mapping[str, Any]]
"""What a GET of one path answers, as JSON. One whose path ends with a slash is given what comes behind it."""


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
    :param pages: the pages of the endpoint itself, by path.
    :param default_account: the account of callers whose access key is no account number.
    """

    def __init__(
        self, service: Service, pages: Mapping[str, Page], default_account: str = DEFAULT_ACCOUNT
    ) -> None:
        self._service = service
        self._pages = pages
        self._default_account = default_account

    def answer(self, request: Request) -> Response:
        """Carry out a request. Every failure becomes a response."""
        started = time.perf_counter()
        request_id = str(uuid.uuid4())
        codec = codec_for(request)
        try:
            response = self._respond(codec, request)
        except ApiError as error:
            response = codec.failure(error)
        except Exception:
            # The one place for this. Whatever is wrong inside: the client gets an answer that it understands,
            # for it repeats a request whose connection breaks and would create things twice; the log gets the
            # traceback.
            LOGGER.exception("request=%s failed", request_id)
            response = codec.failure(
                ServerException(f"Request {request_id} failed; its cause is in the log.")
            )
        _log(codec, request, response, request_id, time.perf_counter() - started)
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

    def _page(self, path: str) -> Page | None:
        parent, _, name = path.rpartition("/")
        shelf = self._pages.get(f"{parent}/") if name else None
        return self._pages.get(path) or (shelf and partial(shelf, name))

    def _respond(self, codec: Codec, request: Request) -> Response:
        page = self._page(request.path) if request.method == "GET" else None
        if page is not None:
            return Response(200, ((b"content-type", b"application/json"),), json.dumps(page()).encode())
        parsed = self.parse(codec, request)
        result = self._service.perform(
            parsed.operation.name, parsed.caller, parsed.parameters, parsed.invocation
        )
        return codec.result(parsed.operation, result)


def _invocation(request: Request) -> str | None:
    """The client's id of the request; None where it has none, or one that no SDK would give."""
    given = request.header(b"amz-sdk-invocation-id") or ""
    return given if _INVOCATION.fullmatch(given) else None


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


def _log(codec: Codec, request: Request, response: Response, request_id: str, seconds: float) -> None:
    LOGGER.info(
        "operation=%s status=%d error=%s ms=%.1f request=%s",
        _subject(codec, request),
        response.status,
        response.error or "-",
        seconds * 1000,
        request_id,
    )


def _subject(codec: Codec, request: Request) -> str:
    """The operation asked for, or a dash: no client writes what it likes into the log."""
    try:
        return codec.operation(request).name
    except ApiError:
        return "-"
