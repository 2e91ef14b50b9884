"""The endpoint as an ASGI application: reads a body, asks the endpoint, sends what it answers.

Plain ASGI without a framework, because there is nothing to route: AWS's protocols put the operation into a
header or into one fixed path. `GET /health` answers once requests are accepted; other rooms may add pages
(`lab.api.pages`) of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from lab import __version__
from lab.api.endpoint import BODY_LIMIT, Endpoint, Meter, Service, unmetered
from lab.api.messages import Request
from lab.api.pages import Page, Pages
from lab.api.sigv4 import DEFAULT_ACCOUNT

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def application(
    service: Service,
    *,
    extra_routes: Mapping[str, Page] | None = None,
    default_account: str = DEFAULT_ACCOUNT,
    meter: Meter = unmetered,
) -> Application:
    """The ASGI application that serves a service on the wire.

    :param service: what the operations mean; its `perform` runs on the event loop.
    :param extra_routes: pages to answer, by path, beside `/health`.
    :param default_account: the account of callers whose access key is no account number of twelve digits.
    :param meter: is told of each request for an operation.
    """
    endpoint = Endpoint(service, default_account, meter)
    pages = Pages({"/health": _health, **(extra_routes or {})})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        request = Request(scope["method"], scope["path"], dict(scope["headers"]), body)
        page = pages.of(request)
        response = await pages.answer(page) if page else endpoint.answer(request)
        await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
        await send({"type": "http.response.body", "body": response.body})

    return app


def _health() -> Mapping[str, str]:
    return {"name": "dxlab", "version": __version__, "status": "serving"}


async def _body(receive: Receive) -> bytes | None:
    """The body, or of one that is too large as much as shows it; None when the client has gone."""
    body = bytearray()
    while len(body) <= BODY_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)
