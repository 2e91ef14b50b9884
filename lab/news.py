"""Waiting for a lab to change, from outside: `GET /lab/changes/<edition>`.

A lab's status has an edition, which is another one after each change. Who names the edition that he knows is answered
when there is another, or after a while anyway, with the status and its edition; and so asks again at once without
turning round and round. Changes that come together are answered together.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

#: Seconds after which the answer comes though nothing changed; shorter than clients and proxies wait.
LONGEST = 20.0
#: Seconds for which more changes are waited for after the first.
GATHER = 0.1


class News:
    """The editions of one lab's status.

    :param status: the status as a document.
    """

    def __init__(self, status: Callable[[], Mapping[str, Any]]) -> None:
        self._status = status
        # Not 0: who watched an endpoint that was killed must not mistake its successor's editions for known ones.
        self._edition = time.time_ns()
        self._changed = asyncio.Event()
        self._closed = False

    def tell(self) -> None:
        """Something changed."""
        self._edition += 1
        self._changed.set()

    def close(self) -> None:
        """Answer everybody who waits, now and from now on: the lab ends."""
        self._closed = True
        self.tell()

    async def after(self, known: str) -> Mapping[str, Any]:
        """The status as soon as its edition is not the known one, or after `LONGEST` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                await self._until_other(known)
        return {**self._status(), "edition": str(self._edition)}

    async def _until_other(self, known: str) -> None:
        while known == str(self._edition) and not self._closed:
            self._changed.clear()
            await self._changed.wait()
            if not self._closed:
                await asyncio.sleep(GATHER)
