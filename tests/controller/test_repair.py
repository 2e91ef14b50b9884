"""A launcher that does not answer; what is lost in the network is looked at in tests/lab/test_nothing_lost.py."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from lab.bgp.launcher import Launcher
from lab.controller import repair
from lab.controller.repair import keep_awake
from lab.errors import SpeakerError
from lab.places import Places
from tests.support.command import launcher

pytestmark = [pytest.mark.root, pytest.mark.anyio]


@asynccontextmanager
async def watched(places: Places) -> AsyncIterator[Launcher]:
    opened = await Launcher.open(places.run)
    watch = asyncio.create_task(keep_awake(lambda: opened))
    yield opened
    watch.cancel()
    with suppress(SpeakerError):
        await opened.shutdown()


async def test_a_launcher_that_is_stopped_goes_on(
    places: Places, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(repair, "PULSE", 0.05)
    monkeypatch.setattr(repair, "ANSWER", 0.2)
    async with watched(places) as opened:
        os.kill(launcher(places), signal.SIGSTOP)
        assert await opened.speakers() == {}
    assert any(each.startswith("event=launcher-silent") for each in caplog.messages)


async def test_a_launcher_that_hangs_is_ended(
    places: Places, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As far as its answers tell: whoever tells it to go on is not heard."""
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(repair, "PULSE", 0.05)
    monkeypatch.setattr(repair, "ANSWER", 0.05)
    monkeypatch.setattr(repair, "HANGS", 0.2)
    monkeypatch.setattr(Launcher, "rouse", lambda _: None)
    async with watched(places) as opened:
        os.kill(launcher(places), signal.SIGSTOP)
        with pytest.raises(SpeakerError, match="is gone"):
            await opened.speakers()


async def test_an_endpoint_that_comes_back_wakes_the_launcher(places: Places) -> None:
    earlier = await Launcher.open(places.run)
    os.kill(launcher(places), signal.SIGSTOP)
    await earlier.close()
    again = await Launcher.open(places.run)
    assert await again.speakers() == {}
    await again.shutdown()
