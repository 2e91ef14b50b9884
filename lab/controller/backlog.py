"""What happened and could not be stored: tried again and again, and said in the log meanwhile.

The cloud world keeps it (`lab.directconnect.world`); somebody has to ask it to try once more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

from lab.directconnect.cloud import Cloud

log = logging.getLogger("dxlab.controller")

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
            log.error("%s; what happens is kept in memory, next try in %.1f s", self._cloud.unstored, delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, RETRY_MOST)
            self._cloud.store_reports()
        log.info("the state is written again")
        self._trying = False
