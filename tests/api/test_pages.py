"""The endpoint's own pages: JSON and other texts, at once and after a while, and those that fail."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from lab.api.messages import Request, Response
from lab.api.pages import Pages, Text

pytestmark = pytest.mark.anyio


async def later() -> Mapping[str, Any]:
    return {"later": True}


def failing() -> Mapping[str, Any]:
    raise ZeroDivisionError("the cause")


PAGES = Pages(
    {
        "/page": lambda: {"page": 1},
        "/text": lambda: Text(b"plain", "text/plain"),
        "/later": later,
        "/shelf/": lambda name: {"name": name},
        "/failing": failing,
    }
)


async def answered(path: str) -> Response:
    page = PAGES.of(Request("GET", path, {}))
    assert page is not None
    return await PAGES.answer(page)


@pytest.mark.parametrize(
    ("path", "document"),
    [("/page", {"page": 1}), ("/later", {"later": True}), ("/shelf/one", {"name": "one"})],
)
async def test_what_a_page_has_is_sent_as_json(path: str, document: object) -> None:
    response = await answered(path)
    assert (response.status, json.loads(response.body)) == (200, document)
    assert dict(response.headers)[b"content-type"] == b"application/json"


async def test_a_page_may_be_of_another_type() -> None:
    response = await answered("/text")
    assert response.body == b"plain"
    assert dict(response.headers)[b"content-type"] == b"text/plain"
    assert dict(response.headers)[b"content-length"] == b"5"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/page"), ("GET", "/other"), ("GET", "/shelf/"), ("GET", "/shelf/a/b")]
)
async def test_what_is_no_page(method: str, path: str) -> None:
    page = PAGES.of(Request(method, path, {}))
    assert page is None or path == "/shelf/"


async def test_a_page_that_fails_is_explained_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    response = await answered("/failing")
    assert response.status == 500
    assert b"its cause is in the log" in response.body
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "event=page-failed" in record.message
    assert "ZeroDivisionError: the cause" in record.message
