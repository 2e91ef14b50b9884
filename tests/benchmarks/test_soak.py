"""What is called growth: the judgement on counts that were not taken, some of them with a leak in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.machine import Machine
from benchmarks.soak.census import ENDPOINT, LAUNCHER, SPEAKERS, Census
from benchmarks.soak.judge import judge, lives
from benchmarks.soak.report import BEGIN, END, Report, updated
from benchmarks.soak.run import Soak

MACHINE = Machine("a processor", 2, 24, "Linux", "6.18", "ebpf", 0.1, {"bird": "2.0.12"})
#: Rounds of a life here, and faults of a round.
LIFE, ROUND = 6, 11
#: What real processes gained over a life, in percent: much at first, then less and less.
SETTLING = (0.0, 1.4, 2.3, 2.6, 2.8, 2.9)


def census(number: int) -> Census:
    """A healthy lab's count of this number."""
    life, age = divmod(number, LIFE)
    settled, entries = 1 + SETTLING[age] / 100, 600 + number * 150
    return Census(
        faults=(number + 1) * ROUND,
        seconds=number * 30.0,
        lives={ENDPOINT: life, LAUNCHER: life},
        counts={"namespaces": 29, "interfaces": 141, "processes": 26, "descriptors, endpoint": 22}
        | {f"descriptors, {role}": 144 for role in (LAUNCHER, SPEAKERS)},
        memory={
            ENDPOINT: int(65e6 * settled),
            LAUNCHER: int(5e6 * settled),
            SPEAKERS: int(132e6 * settled),
        },
        state=4_200_000 + number * 30_000,
        history=entries,
    )


HEALTHY = [census(number) for number in range(3 * LIFE)]
Leak = Callable[[int], Census]


def more(name: str, each: float) -> Leak:
    """A lab that has so many more of something after each round."""

    def leaky(number: int) -> Census:
        sound = census(number)
        return replace(sound, counts=sound.counts | {name: sound.counts[name] + int(number * each)})

    return leaky


def fatter(role: str, percent: float) -> Leak:
    """A lab of which a role takes so much more memory after each round of its life."""

    def leaky(number: int) -> Census:
        sound = census(number)
        leaked = int(sound.memory[role] * (number % LIFE) * percent / 100)
        return replace(sound, memory=sound.memory | {role: sound.memory[role] + leaked})

    return leaky


def grown(counts: list[Census]) -> list[str]:
    return [aim.name for aim in judge(counts) if not aim.met]


def test_a_lab_that_settles_does_not_grow() -> None:
    assert grown(HEALTHY) == []
    assert {aim.name for aim in judge(HEALTHY)} >= {"namespaces", "memory, speakers", "state"}


@pytest.mark.parametrize("name", ["namespaces", "interfaces", "processes", "descriptors, endpoint"])
@pytest.mark.parametrize("each", [1, 0.1])
def test_one_more_of_anything_is_growth(name: str, each: float) -> None:
    assert grown([more(name, each)(number) for number in range(3 * LIFE)]) == [name]


def test_what_is_gone_at_the_end_of_a_life_was_growth_all_the_same() -> None:
    leaky = [*HEALTHY]
    leaky[LIFE - 1] = more("descriptors, endpoint", 1)(LIFE - 1)
    assert grown(leaky) == ["descriptors, endpoint"]


def test_less_is_no_growth() -> None:
    assert grown([more("descriptors, endpoint", -1)(number) for number in range(LIFE)]) == []


@pytest.mark.parametrize(("role", "percent"), [(ENDPOINT, 5.0), (LAUNCHER, 12.0), (SPEAKERS, 3.0)])
def test_memory_that_goes_on_growing_is_growth(role: str, percent: float) -> None:
    assert grown([fatter(role, percent)(number) for number in range(3 * LIFE)]) == [f"memory, {role}"]


def test_one_high_count_is_no_growth() -> None:
    counts = [*HEALTHY]
    high = counts[4]
    counts[4] = replace(high, memory=high.memory | {ENDPOINT: high.memory[ENDPOINT] * 2})
    assert grown(counts) == []


def test_a_short_life_says_nothing_of_memory() -> None:
    assert {aim.name for aim in judge(HEALTHY[:3])}.isdisjoint({"memory, endpoint", "memory, speakers"})


def test_speakers_live_with_their_launcher() -> None:
    counts = [replace(each, lives={ENDPOINT: 0, LAUNCHER: each.lives[LAUNCHER]}) for each in HEALTHY]
    assert [len(life) for life in lives(counts, SPEAKERS)] == [LIFE] * 3
    assert [len(life) for life in lives(counts, ENDPOINT)] == [3 * LIFE]


@pytest.mark.parametrize(("entries", "grows"), [(40_000, False), (0, True)])
def test_state_may_grow_by_what_happened_and_not_beyond(entries: int, grows: bool) -> None:
    last = HEALTHY[-1]
    fat = replace(last, state=HEALTHY[0].state + 10_000_000, history=HEALTHY[0].history + entries)
    assert ("state" in grown([*HEALTHY[:-1], fat])) is grows


def test_one_count_is_nothing_to_judge_by() -> None:
    with pytest.raises(ValueError, match="too short"):
        judge(HEALTHY[:1])


def test_the_page_has_the_marks_and_what_stands_between_is_replaced() -> None:
    page = (Path(__file__).parents[2] / "docs" / "performance.md").read_text()
    soak = Soak(24, 7, 510.0, {"cable cut": [1.5, 2.5, 3.5]}, HEALTHY)
    new = updated(page, Report("today", MACHINE, soak))
    assert page.partition(BEGIN)[0] == new.partition(BEGIN)[0]
    assert page.partition(END)[2] == new.partition(END)[2]
    assert "24 sessions, 8 minutes, 3 faults, seed 7" in new
    assert "| cable cut | 3 | 2.5 | 3.5 |" in new
    assert "| 0 | 11 | 65.00 | 5.00 | 5.50 | 310 | 29 | 141 | 26 | 600 | 4.2 |" in new
    assert updated(new, Report("today", MACHINE, soak)) == new
