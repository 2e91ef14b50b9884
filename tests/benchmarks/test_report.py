from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchmarks.figures import Aim, Spread
from benchmarks.machine import Machine
from benchmarks.rates import Rates
from benchmarks.report import Results, aims_table, number, page, table
from benchmarks.sessions import Idle, Sessions
from benchmarks.verifications import Verifications

MACHINE = Machine(
    processor="A Processor",
    cores=2,
    memory_gib=8,
    system="Some Linux 1",
    kernel="6.1",
    vlan_driver="ebpf",
    load=0.25,
    versions={"python": "3.11", "exabgp": "5.0.15"},
)
SESSIONS = Sessions(
    create_bgp_peer=Spread(50, 40.0, 60.0, 90.0, 120.0),
    create_virtual_interface=Spread(50, 70.0, 75.0, 95.0, 200.0),
    by_hand=Spread(100, 800.0, 950.0, 1100.0, 1200.0),
    by_hand_worked=Spread(100, 20.0, 25.0, 30.0, 40.0),
    steps={"the speaker listens and dials": 12.34, "Established": 45.0},
    memory={50: 6.0, 100: 5.0},
    idle=Idle(peers=100, seconds=32.0, speakers=0.75, endpoint=0.05),
)
RESULTS = Results(
    taken="2026-01-02 03:04 UTC",
    machine=MACHINE,
    sessions=SESSIONS,
    rates=Rates(
        Spread(6, 900.0, 1000.0, 1100.0, 1100.0), Spread(6, 150.0, 200.0, 210.0, 210.0), (14000, 6000)
    ),
    verifications=Verifications(
        Spread(10, 2.7, 3.0, 3.4, 3.5), Spread(10, 1.6, 1.75, 1.9, 2.0), Spread(3, 20.0, 21.0, 22.0, 22.0), 20
    ),
)


def test_idle_time_is_reckoned_for_a_hundred_peers() -> None:
    assert Idle(peers=50, seconds=30, speakers=0.4, endpoint=0.1).per_100_peers == pytest.approx(1.0)


def test_every_aim_of_good_figures_is_met() -> None:
    assert [aim.met for aim in RESULTS.aims()] == [True] * 9


@pytest.mark.parametrize(
    ("worse", "missed"),
    [
        (replace(SESSIONS, create_bgp_peer=Spread(50, 1, 151, 160, 160)), {0, 1}),
        (replace(SESSIONS, create_bgp_peer=Spread(50, 1, 76, 160, 160)), {1}),
        (replace(SESSIONS, create_virtual_interface=Spread(50, 1, 76, 160, 160)), {2}),
        (replace(SESSIONS, memory={50: 12.5, 100: 11.5}), {3}),
        (replace(SESSIONS, idle=Idle(peers=100, seconds=32, speakers=1.9, endpoint=0.2)), {5}),
    ],
)
def test_an_aim_is_missed_by_its_own_figure_alone(worse: Sessions, missed: set[int]) -> None:
    aims = replace(RESULTS, sessions=worse).aims()
    assert {place for place, aim in enumerate(aims) if not aim.met} == missed


def test_a_rate_below_three_times_motos_misses() -> None:
    slow = Rates(Spread(6, 500, 590, 600, 600), RESULTS.rates.moto, (1, 1))
    assert [aim.met for aim in replace(RESULTS, rates=slow).aims()][6:] == [False, True, True]


@pytest.mark.parametrize(
    ("worse", "missed"),
    [
        (replace(RESULTS.verifications, by_hand=Spread(10, 1.0, 1.4, 1.9, 2.0)), {7}),
        (replace(RESULTS.verifications, together=Spread(3, 24.0, 25.0, 26.0, 26.0)), {8}),
    ],
)
def test_verifications_that_are_slow_miss(worse: Verifications, missed: set[int]) -> None:
    aims = replace(RESULTS, verifications=worse).aims()
    assert {place for place, aim in enumerate(aims) if not aim.met} == missed


def test_the_numbers_can_be_read_back_as_json() -> None:
    again = json.loads(json.dumps(RESULTS.to_json()))
    assert again["machine"]["cores"] == 2
    assert again["sessions"]["memory"] == {"50": 6.0, "100": 5.0}
    assert again["aims"][0] == {
        "name": "CreateBGPPeer to `up`, p50",
        "measured": 60.0,
        "limit": 150,
        "unit": "ms",
        "at_least": False,
        "met": True,
    }


def test_the_page_says_when_on_what_and_how_fast() -> None:
    text = page(RESULTS)
    assert "Taken 2026-01-02 03:04 UTC on 2 cores (A Processor), 8 GiB, Some Linux 1, Linux 6.1" in text
    assert "| CreateBGPPeer | 50 | 40 | 60 | 90 | 120 |" in text
    assert "| API calls a second, against moto | 5 times | at least 3 times | met |" in text
    assert "| speakers and launcher, 100 peers, 32 s | 0.75 % of a core |" in text
    assert (
        "| the speaker listens and dials | 12.3 |\n| Established | 45 |\n| seen by the client | 60 |" in text
    )
    assert "4 connections" in text
    assert "14000 bytes, moto's 6000" in text


def test_a_missed_aim_stands_out() -> None:
    assert aims_table([Aim("speed", 4.04, 3, "times")]).endswith(
        "| speed | 4 times | at most 3 times | **missed** |"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.04, "0"), (2.96, "3"), (2.94, "2.9"), (99.94, "99.9"), (100.4, "100"), (1234.5, "1,234")],
)
def test_a_number_has_no_more_digits_than_it_needs(value: float, text: str) -> None:
    assert number(value) == text


def test_a_table_has_text_on_the_left_and_numbers_on_the_right() -> None:
    assert table(("", "ms"), [("one", "1")]) == "|  | ms |\n| --- | ---: |\n| one | 1 |"
