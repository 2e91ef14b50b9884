"""What is known of OpenBGPD, without any OpenBGPD; its answers here are those of the portable 7.7, cut short."""

from __future__ import annotations

import json
import time
from ipaddress import ip_address, ip_network
from pathlib import PurePath
from typing import Any

import pytest

from lab.routers import Neighbour, RouterRoute
from lab.routers.kinds import Refusal
from lab.routers.kinds.base import Argv
from lab.routers.kinds.openbgpd import OpenBgpd

BGPD = OpenBgpd()
PLACE = PurePath("/run/dxlab/case/edge")


# ----- commands ---------------------------------------------------------------------------------------------


def test_the_configuration_keeps_its_lines_and_gets_a_socket() -> None:
    lines = BGPD.files("AS 65001\n# end", PLACE)["bgpd.conf"].splitlines()
    assert lines == ["AS 65001", "# end", f'socket "{PLACE}/bgpd.sock.0"']


def test_the_daemon_goes_into_the_background_and_logs_into_its_routers_directory() -> None:
    *_, command = BGPD.start_commands(PLACE)
    assert command[:2] == ("setsid", "--fork")
    assert command[-5:] == (f"{PLACE}/bgpd.log", "/usr/sbin/bgpd", "-d", "-f", f"{PLACE}/bgpd.conf")


def test_a_users_bgpctl_finds_this_routers_daemon() -> None:
    assert BGPD.user_command(PLACE, ["bgpctl", "show"]) == ("bgpctl", "-s", f"{PLACE}/bgpd.sock.0", "show")


@pytest.mark.parametrize("argv", [(), ("ip", "address"), ("echo", "bgpctl")])
def test_other_commands_stay(argv: Argv) -> None:
    assert BGPD.user_command(PLACE, argv) == argv


# ----- refusals ---------------------------------------------------------------------------------------------


def test_what_is_refused() -> None:
    output = (
        "/run/dxlab/case/edge/candidate.conf:3: AS 6; is bad\n"
        "/run/dxlab/case/edge/candidate.conf:4: syntax error\n"
        "config file /run/dxlab/case/edge/candidate.conf has errors\n"
    )
    assert BGPD.refusals(output, "") == (Refusal(3, "AS 6; is bad"), Refusal(4, "syntax error"))


@pytest.mark.parametrize("output", ["", "configuration OK\n", "configuration error: AS not given\n"])
def test_no_line_is_refused(output: str) -> None:
    assert BGPD.refusals(output, "") == ()


# ----- answers ----------------------------------------------------------------------------------------------


def _neighbour(address: str, asn: int, state: str, **more: object) -> dict[str, Any]:
    record = {"remote_as": str(asn), "remote_addr": address, "state": state, "last_updown_sec": -1}
    return record | {"stats": {"prefixes": {"sent": 2, "received": 3}}} | more


def _route(prefix: str, address: str, hop: str, **more: object) -> dict[str, Any]:
    usable = {"valid": True, "best": True}
    return {"prefix": prefix, "exit_nexthop": hop, "neighbor": {"remote_addr": address}} | usable | more


_NEIGHBORS = [
    _neighbour("2001:db8:1::1", 4200000001, "Idle", last_error_received="Cease, administratively down"),
    _neighbour("192.0.2.9", 65009, "Active", last_error_sent="Open message error, bad peer AS"),
    _neighbour("169.254.10.1", 64512, "Established", last_updown_sec=60),
    _neighbour("192.0.2.0/24", 65010, "None"),
]
_RIB = [
    _route("10.10.0.0/16", "169.254.10.1", "169.254.10.1"),
    _route("10.11.0.0/16", "169.254.10.1", "169.254.10.1", best=False),
    _route("172.16.0.0/16", "???", "0.0.0.0", announced=True),
    _route("172.16.0.0/16", "169.254.10.1", "169.254.10.1", valid=False, best=False),
    _route("2001:db8:10::/56", "2001:db8:2::1", "2001:db8:2::1"),
]


def _ask(command: Argv) -> str:
    assert command[:5] == ("bgpctl", "-s", f"{PLACE}/bgpd.sock.0", "-j", "show")
    return json.dumps({"neighbors": _NEIGHBORS} if command[5] == "neighbor" else {"rib": _RIB})


def test_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the three prefixes that the first has sent, the filters let two pass. A range of neighbours is none."""
    monkeypatch.setattr(time, "time", lambda: 1767225661.0)
    assert BGPD.neighbours(_ask, PLACE) == (
        Neighbour(ip_address("169.254.10.1"), 64512, "Established", 1767225601.0, 2, 2),
        Neighbour(ip_address("192.0.2.9"), 65009, "Active", last_reset="Open message error, bad peer AS"),
        Neighbour(ip_address("2001:db8:1::1"), 4200000001, "Idle", last_reset="Cease, administratively down"),
    )


def test_routes_are_the_best_ones() -> None:
    assert BGPD.routes(_ask, PLACE) == (
        RouterRoute(ip_network("10.10.0.0/16"), "bgp", (ip_address("169.254.10.1"),)),
        RouterRoute(ip_network("172.16.0.0/16"), "network"),
        RouterRoute(ip_network("2001:db8:10::/56"), "bgp", (ip_address("2001:db8:2::1"),)),
    )


@pytest.mark.parametrize("answer", ["", "bgpctl: connect: /run/bgpd.sock.0: No such file or directory\n"])
def test_nothing_to_say(answer: str) -> None:
    assert BGPD.neighbours(lambda _: answer, PLACE) == ()
    assert BGPD.routes(lambda _: answer, PLACE) == ()
