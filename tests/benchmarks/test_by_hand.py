from __future__ import annotations

import pytest

from benchmarks.bird import Session
from benchmarks.by_hand import Attempt, waited
from benchmarks.router import sessions

LOG = """\
2026-01-02 03:04:57.231362 <TRACE> f0: Initializing
2026-01-02 03:04:57.233548 <TRACE> f0: Started
2026-01-02 03:04:57.233548 <TRACE> f0: Connect delayed by 1 seconds
2026-01-02 03:04:58.155639 <TRACE> f0: Connecting to 169.254.10.2 from local address 169.254.10.1
2026-01-02 03:04:58.156105 <TRACE> f0: Connected
2026-01-02 03:04:59.000000 <TRACE> f0: Connecting to 169.254.10.2 from local address 169.254.10.1
"""


def test_birds_wait_is_from_its_resolution_to_its_first_dial() -> None:
    assert waited(LOG) == pytest.approx(0.922091)


def test_what_is_not_waiting_is_work() -> None:
    assert Attempt(total=0.95, waited=0.92).worked == pytest.approx(0.03)


def test_sessions_share_no_address_and_no_name() -> None:
    everything = [*sessions("a", 16, 100), *sessions("b", 17, 100)]
    networks = [session.amazon.network for session in everything]
    assert len({session.name for session in everything}) == len(set(networks)) == 200
    assert all(
        session.customer.network == session.amazon.network and session.customer != session.amazon
        for session in everything
    )


def test_both_ends_of_a_session_name_each_other_and_one_key() -> None:
    (session,) = sessions("s", 16, 1)
    ours, theirs = session.configuration_of_amazon(), session.configuration_of_customer()
    assert _words(ours, session) == ("172.16.0.1 as 64512", "172.16.0.2 as 65001")
    assert _words(theirs, session) == ("172.16.0.2 as 65001", "172.16.0.1 as 64512")
    assert "passive yes" in theirs
    assert "passive" not in ours


def _words(configuration: str, session: Session) -> tuple[str, str]:
    """Who a protocol is, and who its neighbour."""
    assert configuration.startswith(f"protocol bgp {session.name} ")
    statements = [statement.strip() for statement in configuration.partition("{")[2].split(";")]
    local, neighbor = statements[:2]
    return local.removeprefix("local "), neighbor.removeprefix("neighbor ")
