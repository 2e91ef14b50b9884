"""Waiting for the cloud world, in its own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from lab.directconnect.cloud import Changes, Cloud
from tests.support.command import PATIENCE


async def until(cloud: Cloud, condition: Callable[[], bool]) -> None:
    """Wait until a change of the cloud world makes the condition true, or it is true already."""
    come_true = asyncio.Event()

    def look(_: Changes | None = None) -> None:
        if condition():
            come_true.set()

    cloud.subscribe(look)
    look()
    async with asyncio.timeout(PATIENCE):
        await come_true.wait()
