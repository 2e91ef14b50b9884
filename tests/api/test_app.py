"""The ASGI side: how a body is read, and what becomes of clients that go away."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from lab import __version__
from lab.api.app import Application, application
from lab.api.endpoint import BODY_LIMIT
from tests.api.stand_in import StandIn
from tests.api.wire import json_request

pytestmark = pytest.mark.anyio

Message = MutableMapping[str, Any]


class Client:
    """One request in pieces, and what was answered."""

    def __init__(self, *pieces: bytes, method: str = "POST", path: str = "/", leaves: bool = False) -> None:
        request = json_request("DescribeLocations")
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": list(request.headers.items()),
        }
        self.sent: list[Message] = []
        self.taken = 0
        self._incoming = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        last: Message = {"type": "http.disconnect"} if leaves else {"type": "http.request"}
        self._incoming.append(dict(last))

    async def receive(self) -> Message:
        self.taken += 1
        return self._incoming.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def call(self, app: Application) -> int | None:
        """The status, or None where nothing was answered."""
        await app(self.scope, self.receive, self.send)
        return self.sent[0]["status"] if self.sent else None

    @property
    def answer(self) -> dict[str, object]:
        document: dict[str, object] = json.loads(self.sent[1]["body"])
        return document


async def test_a_body_may_come_in_pieces() -> None:
    service = StandIn()

    assert await Client(b"{", b"", b"}").call(application(service)) == 200
    assert len(service.calls) == 1


async def test_a_body_that_is_too_large_is_not_read_to_its_end() -> None:
    client = Client(*[b" " * 2**16] * 160)

    assert await client.call(application(StandIn())) == 413
    assert client.answer["__type"] == "RequestEntityTooLargeException"
    assert client.taken == BODY_LIMIT // 2**16 + 1


async def test_a_client_that_leaves_before_the_end_is_not_served() -> None:
    service = StandIn()

    assert await Client(b"{}", leaves=True).call(application(service)) is None
    assert service.calls == []


async def test_health() -> None:
    client = Client(method="GET", path="/health")

    assert await client.call(application(StandIn())) == 200
    assert client.answer == {"name": "dxlab", "version": __version__, "status": "serving"}


async def test_pages_of_other_rooms() -> None:
    client = Client(method="GET", path="/lab/status")
    app = application(StandIn(), extra_routes={"/lab/status": lambda: {"vifs": []}})

    assert await client.call(app) == 200
    assert client.answer == {"vifs": []}


async def test_the_account_of_ordinary_keys_can_be_chosen() -> None:
    service = StandIn()

    await Client(b"{}").call(application(service, default_account="999999999999"))

    [(_, caller, _)] = service.calls
    assert caller.account == "999999999999"
