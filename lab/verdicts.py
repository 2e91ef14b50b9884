"""The cause of each session that is down, in short, for `dxlab status`: `GET /lab/causes`.

It is what `dxlab diagnose` says, without proof and fix, of the first few peers that are not up, and within `BUDGET`
seconds: a status is looked at often and must not take long. Peers beyond that have no cause here; a user has them
diagnosed by name. Who asks while others are being answered waits for the next look, and shares it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lab.diagnose import Examination
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import BgpStatus
from lab.errors import LabError

#: Peers that are examined, all at once.
MOST = 16
#: Seconds that an examination goes on where the cause is not plain at once.
BUDGET = 1.5


class Causes:
    """The causes of one lab.

    :param examine: the examination of a peer, not begun yet.
    """

    def __init__(self, cloud: Cloud, examine: Callable[[str], Examination]) -> None:
        self._cloud = cloud
        self._examine = examine
        self._asking = asyncio.Lock()
        self._found: tuple[float, dict[str, Any]] | None = None

    async def page(self) -> dict[str, Any]:
        """By peer id, the cause of its session's being down, of `unexplained` more there is none."""
        arrived = time.monotonic()
        async with self._asking:
            if self._found is None or self._found[0] < arrived:
                begun = time.monotonic()
                self._found = begun, await self._ask()
            return self._found[1]

    async def _ask(self) -> dict[str, Any]:
        down = [
            peer.id
            for vif in self._cloud.virtual_interfaces()
            for peer in vif.standing_peers
            if peer.status is not BgpStatus.UP
        ]
        examined = [(id_, self._examine(id_)) for id_ in down[:MOST]]
        loop = asyncio.get_running_loop()
        # Threads of its own: they wait for the event loop and for the network, and hold nobody else up meanwhile.
        with ThreadPoolExecutor(MOST, thread_name_prefix="examination") as pool:
            asked = [loop.run_in_executor(pool, _cause, examination) for _, examination in examined]
            causes = await asyncio.gather(*asked)
        named = {id_: cause for (id_, _), cause in zip(examined, causes, strict=True) if cause}
        return {"causes": named, "unexplained": max(0, len(down) - MOST)}


def _cause(examination: Examination) -> str | None:
    """None of a peer that is gone by now."""
    try:
        return examination.verdict(BUDGET).cause
    except LabError:
        return None
