"""When the next dial is due, on a clock that only the test moves."""

from __future__ import annotations

import pytest

from lab.bgp.dialling import DialPolicy


@pytest.fixture
def policy() -> DialPolicy:
    return DialPolicy(100.0, jitter=lambda: 0.0)


def ended(policy: DialPolicy, now: float, *, refused: bool = False, established: bool = False) -> float:
    """A connection that ends; returns the pause after it."""
    policy.connected(called=False)
    if established:
        policy.established()
    if refused:
        policy.refused()
    policy.closed(now)
    return policy.due - now


def test_at_once_then_every_second(policy: DialPolicy) -> None:
    assert policy.due == 100.0
    policy.dialled(100.0)
    assert policy.due == 101.0
    policy.dialled(101.0)
    assert policy.due == 102.0


def test_after_an_end_a_short_pause_then_seconds(policy: DialPolicy) -> None:
    assert [ended(policy, 200.0) for _ in range(3)] == [0.25, 1.0, 1.0]
    assert ended(policy, 200.0, established=True) == 0.25


def test_refusals_make_it_reluctant(policy: DialPolicy) -> None:
    pauses = [ended(policy, 200.0, refused=True) for _ in range(7)]
    assert pauses == [1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 5.0]


def test_a_notification_after_established_is_no_refusal(policy: DialPolicy) -> None:
    assert ended(policy, 200.0, established=True, refused=True) == 0.25


def test_what_ends_the_reluctance(policy: DialPolicy) -> None:
    def make_reluctant() -> None:
        for _ in range(4):
            ended(policy, 200.0, refused=True)

    make_reluctant()
    policy.encouraged(300.0)
    assert policy.due == 300.0
    assert ended(policy, 300.0, refused=True) == 1.0

    make_reluctant()
    policy.connected(called=True)
    policy.refused()
    policy.closed(400.0)
    assert policy.due == 401.0

    make_reluctant()
    assert ended(policy, 500.0, established=True) == 0.25


def test_pauses_vary_by_milliseconds() -> None:
    policy = DialPolicy(0.0, jitter=lambda: 1.0)
    policy.dialled(0.0)
    assert policy.due == pytest.approx(1.02)
    drawn = DialPolicy(0.0)
    drawn.dialled(0.0)
    assert 1.0 <= drawn.due < 1.02
