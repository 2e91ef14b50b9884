from __future__ import annotations

import pytest

from benchmarks.steps import STEPS, medians

DETAILS = (
    ("request", "bench-0 asked for an ipv4 peer"),
    ("address", "Amazon 172.16.0.1/30, customer 172.16.0.2/30"),
    ("vlan", "802.1Q sub-interface dxvif-fgbryzyq, VLAN 100"),
    ("speaker", "process 1474 listens and dials"),
    ("status", "down"),
    ("open", "OPEN sent: AS 64512, hold time 90 s"),
    ("open", "OPEN received: AS 65001, hold time 90 s, id 192.0.2.1"),
    ("established", "session Established"),
    ("established", "session Established, a second time"),
)


def timeline(milliseconds: float) -> list[dict[str, object]]:
    """Entries that are so far apart."""
    return [
        {"at": 1000 + place * milliseconds / 1000, "kind": kind, "detail": detail, "reason": ""}
        for place, (kind, detail) in enumerate(DETAILS)
    ]


def test_a_step_lasts_from_the_request_to_the_first_entry_that_marks_it() -> None:
    assert list(medians({"dxpeer-1": timeline(2)}, ["dxpeer-1"]).values()) == pytest.approx(
        [4, 6, 10, 12, 14]
    )


def test_the_median_is_taken_over_the_peers_that_are_meant() -> None:
    history = {f"dxpeer-{pace}": timeline(pace) for pace in (1, 2, 9, 1000)}
    found = medians(history, ["dxpeer-1", "dxpeer-2", "dxpeer-9"])
    assert list(found) == list(STEPS)
    assert found["Established"] == pytest.approx(14)


def test_a_peer_without_a_session_has_no_steps() -> None:
    with pytest.raises(LookupError, match="OPEN received"):
        medians({"dxpeer-1": timeline(2)[:6]}, ["dxpeer-1"])
