"""A peer in the launcher's charge, with children that are forked for real and do as the test says."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable

import pytest

from lab.bgp.channel import Channel
from lab.bgp.charge import Birth, Charge, InChild
from lab.bgp.events import PrefixLimitExceeded, ProbationPassed, SpeakerExited, SpeakerStarted
from tests.bgp.playground import eventually
from tests.bgp.test_spec import SPEC

PEER = SPEC.peer_id
STARTED = SpeakerStarted(PEER, 1.0, 77).encode()


class Answers(list[str | None]):
    """What a request was answered."""

    def __call__(self, error: str | None) -> None:
        self.append(error)


def bear(charge: Charge, life: Callable[[Birth], int]) -> None:
    """Fork a child that ends with the status that its life returns."""
    try:
        charge.bear()
    except InChild as child:
        os._exit(life(child.birth))


def await_death(charge: Charge) -> SpeakerExited:
    assert charge.line is not None
    line = charge.line

    def dead() -> bool:
        lines = line.receive()
        for each in lines or ():
            charge.note(each)
        return lines is None

    eventually(dead, "the child to die")
    return charge.bury()


def end_at_once(_birth: Birth) -> int:
    return 3


def wait_for_orders(birth: Birth) -> int:
    """Obey the first order by exiting with the subcode it names."""
    birth.orders.setblocking(True)
    order = json.loads(birth.orders.makefile().readline() or "{}")
    return int(order.get("subcode", 99))


def never_end(_birth: Birth) -> int:
    signal.pause()
    return 0


def due_in(charge: Charge) -> float | None:
    """Seconds until something is due."""
    return None if charge.due is None else charge.due - time.monotonic()


def test_a_child_learns_what_it_must_know() -> None:
    charge = Charge(SPEC, Answers())
    charge.set_link(False)
    charge.on_probation = True

    def tell(birth: Birth) -> int:
        known = (birth.spec == SPEC, birth.link_up, birth.on_probation, birth.launcher == os.getppid())
        return 7 if known == (True, False, True, True) else 1

    bear(charge, tell)
    assert await_death(charge).status == 7


def test_the_start_is_answered_once() -> None:
    answers = Answers()
    charge = Charge(SPEC, answers)
    charge.note(STARTED)
    charge.note(STARTED)
    assert answers == [None]
    assert charge.lives_on


def test_a_first_child_that_never_runs_has_no_successor() -> None:
    answers = Answers()
    charge = Charge(SPEC, answers)

    def fail(birth: Birth) -> int:
        Channel(birth.orders).send(SpeakerExited(PEER, 1.0, 1, "cannot listen").encode())
        return 1

    bear(charge, fail)
    exited = await_death(charge)
    assert (exited.status, exited.reason) == (1, "cannot listen")
    assert not charge.lives_on
    assert charge.due is None
    charge.settle()
    assert answers == ["cannot listen"]


def test_a_killed_child_is_succeeded_at_once_then_more_slowly() -> None:
    charge = Charge(SPEC, Answers())
    charge.note(STARTED)
    pauses = []
    for _ in range(8):
        bear(charge, wait_for_orders)
        assert due_in(charge) is None
        os.kill(charge.pid, signal.SIGKILL)
        exited = await_death(charge)
        assert (exited.status, exited.reason) == (-signal.SIGKILL, "speaker died (SIGKILL)")
        pauses.append(due_in(charge))
    assert pauses == pytest.approx([0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0], abs=0.05)


def test_a_long_life_makes_up_for_early_deaths(monkeypatch: pytest.MonkeyPatch) -> None:
    charge = Charge(SPEC, Answers())
    charge.note(STARTED)
    for _ in range(3):
        bear(charge, end_at_once)
        assert await_death(charge).reason == "speaker died (exit status 3)"
    bear(charge, end_at_once)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 11.0)
    assert charge.line is not None
    charge.bury()
    assert charge.due == now + 11.0


def test_a_stopped_child_has_no_successor() -> None:
    answers = Answers()
    charge = Charge(SPEC, Answers())
    charge.note(STARTED)
    bear(charge, wait_for_orders)
    charge.stop(3, answers)
    charge.stop(3, answers)
    assert charge.stopping
    exited = await_death(charge)
    assert (exited.status, exited.reason) == (3, "speaker stopped")
    assert not charge.lives_on
    assert answers == []
    charge.settle()
    assert answers == [None, None]


def test_one_that_does_not_stop_is_killed_when_that_is_due() -> None:
    charge = Charge(SPEC, Answers())
    charge.note(STARTED)
    bear(charge, never_end)
    charge.stop(3, Answers())
    assert due_in(charge) == pytest.approx(3.0, abs=0.5)
    charge.kill()
    assert await_death(charge).status == -signal.SIGKILL


def test_probation_is_remembered() -> None:
    charge = Charge(SPEC, Answers())
    charge.note(PrefixLimitExceeded(PEER, 1.0, 101, 100).encode())
    assert charge.on_probation
    charge.note(ProbationPassed(PEER, 2.0).encode())
    assert not charge.on_probation


def test_announcements_are_remembered() -> None:
    charge = Charge(SPEC, Answers())
    charge.announce(SPEC.announce[:1])
    assert charge.spec.announce == SPEC.announce[:1]
