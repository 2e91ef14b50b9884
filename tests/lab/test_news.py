"""Waiting for a lab to change."""

from __future__ import annotations

import asyncio

import pytest

from lab import news
from lab.news import News

pytestmark = pytest.mark.anyio


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> News:
    monkeypatch.setattr(news, "GATHER", 0.01)
    return News(lambda: {"lab": "office"})


async def test_who_knows_nothing_is_answered_at_once(told: News) -> None:
    answer = await told.after("none")
    assert answer["lab"] == "office"
    assert answer["edition"].isdigit()


async def test_who_knows_the_edition_waits_for_the_next(told: News) -> None:
    known = (await told.after("none"))["edition"]
    waiting = [asyncio.create_task(told.after(known)) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    told.tell()
    told.tell()
    answers = {answer["edition"] for answer in await asyncio.gather(*waiting)}
    assert len(answers) == 1
    assert answers != {known}


async def test_who_missed_a_change_is_answered_at_once(told: News) -> None:
    known = (await told.after("none"))["edition"]
    told.tell()
    async with asyncio.timeout(5):
        assert (await told.after(known))["edition"] != known


async def test_nobody_waits_for_ever(told: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "LONGEST", 0.01)
    known = (await told.after("none"))["edition"]
    assert (await told.after(known))["edition"] == known


async def test_a_lab_that_ends_keeps_nobody_waiting(told: News) -> None:
    known = (await told.after("none"))["edition"]
    waiting = asyncio.create_task(told.after(known))
    await asyncio.sleep(0)
    told.close()
    async with asyncio.timeout(5):
        last = (await waiting)["edition"]
        await told.after(last)
