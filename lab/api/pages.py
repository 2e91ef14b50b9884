"""The endpoint's own pages, beside the AWS API: what a GET of a path answers.

A page is a function that says what it has: a mapping, which is sent as JSON, or `Text` of any type. One that has to
wait, or to work where it holds nobody up, is a coroutine function. A path that ends with a slash is a shelf: its page
is given what comes behind it. A page that fails is told to the client and explained in the log, as an operation is.
"""

from __future__ import annotations

import inspect
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lab.api.headers import complete
from lab.api.messages import Request, Response
from lab.logs import Log

log = Log("dxlab.api")


@dataclass(frozen=True)
class Text:
    """A page that is no JSON."""

    body: bytes
    content_type: str


Content = Mapping[str, Any] | Text
Page = Callable[..., Content | Awaitable[Content]]


class Pages:
    """The pages by their paths."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._pages = pages

    def of(self, request: Request) -> Page | None:
        """The page that a request asks for; None where it asks for none, and so for an operation."""
        if request.method != "GET":
            return None
        parent, _, name = request.path.rpartition("/")
        shelf = self._pages.get(f"{parent}/") if name else None
        return self._pages.get(request.path) or (partial(shelf, name) if shelf else None)

    async def answer(self, page: Page) -> Response:
        """What a page says, or that it failed."""
        request_id = str(uuid.uuid4())
        try:
            content = page()
            made = await content if inspect.isawaitable(content) else content
            response = _response(made)
        except Exception as error:
            log.failure("page-failed", error, request=request_id, action="status 500 is answered")
            message = f"Request {request_id} failed; its cause is in the log."
            response = Response(500, _type("application/json"), json.dumps({"message": message}).encode())
        return complete(response, request_id)


def _response(content: Content) -> Response:
    if isinstance(content, Text):
        return Response(200, _type(content.content_type), content.body)
    return Response(200, _type("application/json"), json.dumps(content).encode())


def _type(content_type: str) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"content-type", content_type.encode()),)
