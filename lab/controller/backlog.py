"""What happened and could not be stored: tried again and again, and said in the log meanwhile.

The cloud world keeps it (`lab.directconnect.world`); somebody has to ask it to try once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from lab.directconnect.cloud import Cloud
from lab.logs import Log

log = Log("dxlab.controller")

#: Seconds before the next try: first, and at most.
RETRY_FIRST, RETRY_MOST = 0.5, 30.0


class Backlog:
    """The reports of a cloud world that are yet to be stored.

    :param start: does something beside everything else.
    """

    def __init__(self, cloud: Cloud, start: Callable[[Coroutine[None, None, None]], None]) -> None:
        self._cloud = cloud
        self._start = start
        self._trying = False

    def mind(self) -> None:
        """Have what is not stored stored as soon as the state can be written again; to be called after reports."""
        if self._cloud.unstored is not None and not self._trying:
            self._trying = True
            self._start(self._store())

    async def _store(self) -> None:
        delay = RETRY_FIRST
        while self._cloud.unstored is not None:
            log.error(
                "state-not-written",
                error=str(self._cloud.unstored),
                retry_in=delay,
                action="what happens is kept in memory and written later",
            )
            await asyncio.sleep(delay)
            delay = min(delay * 2, RETRY_MOST)
            self._cloud.store_reports()
        log.info("state-written")
        self._trying = False
