"""What FRR's daemons do that needs them to be known so well."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.routers import Router

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
def test_daemons_leave_nothing_of_their_log_behind_on_the_machine(make_router: Callable[..., Router]) -> None:
    """They keep its buffers below /var/tmp/frr, whatever they are told (lib/zlog.c); here that is their own."""
    before = _buffers()
    router = make_router("edge")
    router.prepare()
    try:
        router.start("router bgp 65001\n")
        assert _buffers() == before
        router.kill()
        assert _buffers() == before
    finally:
        router.remove()


def _buffers() -> set[Path]:
    return set(Path("/var/tmp").glob("frr/*"))
