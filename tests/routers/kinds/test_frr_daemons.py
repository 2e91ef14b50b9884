"""What FRR's daemons do that needs them to be known so well."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.routers import Router
from lab.routers.processes import SCRATCH

_WITH_ROUTE_MAP = """
route-map FROM-AWS permit 10
exit
router bgp 65001
 neighbor 192.0.2.1 remote-as 64512
 neighbor 192.0.2.1 timers connect 1
 address-family ipv4 unicast
  neighbor 192.0.2.1 route-map FROM-AWS in
 exit-address-family
"""


@pytest.mark.root
def test_a_configuration_with_route_maps_holds_no_session_back(make_router: Callable[..., Router]) -> None:
    """FRR alone would keep its neighbours Idle for five seconds."""
    router = make_router("edge")
    router.prepare()
    try:
        router.start(_WITH_ROUTE_MAP)
        deadline = time.monotonic() + 3
        while router.neighbours()[0].state == "Idle":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        shown = router.execute(["vtysh", "-c", "show running-config"]).output
        assert "route-map FROM-AWS" in shown
        assert "delay-timer" not in shown and "dxlab" not in shown
    finally:
        router.remove()


@pytest.mark.root
def test_daemons_that_are_killed_leave_no_directory_behind(make_router: Callable[..., Router]) -> None:
    """They would have removed the buffers of their log themselves, had they been asked to end."""
    before = _scratch()
    router = make_router("edge")
    router.prepare()
    try:
        router.start("router bgp 65001\n")
        assert _scratch() - before
        router.kill()
        assert _scratch() <= before
    finally:
        router.remove()


def _scratch() -> set[Path]:
    return set(SCRATCH.iterdir()) if SCRATCH.is_dir() else set()
