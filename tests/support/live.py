"""A live endpoint on the loopback, in an event loop of its own, for clients that block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from anyio.from_thread import start_blocking_portal

from lab.api.app import application
from lab.api.endpoint import Service
from lab.api.pages import Page
from lab.api.server import Address, serve


@contextmanager
def live_endpoint(
    service: Service, *, host: str = "127.0.0.1", extra_routes: Mapping[str, Page] | None = None
) -> Iterator[Address]:
    """Serve for as long as the context lasts, on a port that is free."""
    app = application(service, extra_routes=extra_routes)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serve(app, host, 0)) as address,
    ):
        yield address
