"""What is known of BIRD, without any BIRD; its answers here are those of BIRD 2.0.12."""

from __future__ import annotations

import time
from ipaddress import ip_address, ip_network
from pathlib import PurePath

import pytest

from lab.routers import Neighbour, RouterRoute
from lab.routers.kinds import Refusal
from lab.routers.kinds.base import Argv
from lab.routers.kinds.bird import Bird

BIRD = Bird()
PLACE = PurePath("/run/dxlab/case/edge")


# ----- commands ---------------------------------------------------------------------------------------------


def test_the_configuration_keeps_its_lines_and_gets_a_log() -> None:
    lines = BIRD.files("router id 192.0.2.1;\n# end", PLACE)["bird.conf"].splitlines()
    assert lines[:2] == ["router id 192.0.2.1;", "# end"]
    assert f'log "{PLACE}/bird.log" all;' in lines[2:]


def test_a_configuration_is_a_whole_one() -> None:
    assert BIRD.amended_files("x", PLACE) == BIRD.files("x", PLACE)
    assert BIRD.sub_interfaces("interface eth1.101") == ()


def test_the_daemon_keeps_everything_in_its_routers_directory() -> None:
    [command] = BIRD.start_commands(PLACE)
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert (options["-u"], options["-g"]) == ("bird", "bird")
    assert {options["-c"], options["-s"], options["-P"]} == {
        f"{PLACE}/bird.conf",
        f"{PLACE}/bird.ctl",
        f"{PLACE}/bird.pid",
    }


@pytest.mark.parametrize("program", ["birdc", "/usr/sbin/birdcl"])
def test_a_users_birdc_finds_this_routers_daemon(program: str) -> None:
    command = BIRD.user_command(PLACE, [program, "show", "protocols"])
    assert command == (program, "-s", f"{PLACE}/bird.ctl", "show", "protocols")


@pytest.mark.parametrize("argv", [(), ("ip", "address"), ("echo", "birdc")])
def test_other_commands_stay(argv: Argv) -> None:
    assert BIRD.user_command(PLACE, argv) == argv


# ----- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "output",
    [
        "bird: /run/dxlab/case/edge/candidate.conf:3:41 syntax error, unexpected CF_SYM_UNDEFINED\n",
        "bird: /run/dxlab/case/edge/bird.conf:3:41 syntax error, unexpected CF_SYM_UNDEFINED\n",
        "Reading configuration from x\n/run/bird/bird.conf:3:41 syntax error, unexpected CF_SYM_UNDEFINED\n",
    ],
)
def test_what_is_refused(output: str) -> None:
    assert BIRD.refusals(output, "") == (Refusal(3, "syntax error, unexpected CF_SYM_UNDEFINED"),)


@pytest.mark.parametrize(
    "output",
    [
        "",
        "BIRD 2.0.12 ready.\nReading configuration from /run/bird/bird.conf\nReconfigured\n",
        "bird: /etc/bird/included.conf:3:41 syntax error\n",  # a line of another file than the user's
    ],
)
def test_nothing_is_refused_in_the_users_file(output: str) -> None:
    assert BIRD.refusals(output, "") == ()


# ----- answers ----------------------------------------------------------------------------------------------

_PROTOCOLS = """BIRD 2.0.12 ready.
Name       Proto      Table      State  Since         Info
device1    Device     ---        up     2026-01-01 00:00:00.000001  

k4         Kernel     master4    up     2026-01-01 00:00:00.000001  
  Channel ipv4
    State:          UP
    Routes:         0 imported, 2 exported, 0 preferred

static1    Static     master4    up     2026-01-01 00:00:00.000001  
  Channel ipv4
    Routes:         1 imported, 0 exported, 1 preferred

dx6        BGP        ---        start  2026-01-01 00:00:01.250000  Active        Socket: Connection closed
  BGP state:          Active
    Neighbor address: 2001:db8:1::1
    Neighbor AS:      4200000001
    Local AS:         65001
    Connect delay:    0.824/1
    Last error:       Socket: Connection closed
  Channel ipv6
    State:          DOWN

dx4        BGP        ---        up     2026-01-01 00:00:01.250000  Established   
  BGP state:          Established
    Neighbor address: 169.254.10.1
    Neighbor AS:      64512
    Local AS:         65001
    Neighbor ID:      192.0.2.1
    Hold timer:       73.845/90
  Channel ipv4
    State:          UP
    Routes:         3 imported, 1 filtered, 2 exported, 3 preferred
    BGP Next hop:   169.254.10.2
  Channel ipv6
    State:          UP
    Routes:         1 imported, 0 exported, 1 preferred

range      BGP        ---        start  2026-01-01 00:00:01.250000  Passive       
  BGP state:          Passive
    Neighbor range: 192.0.2.0/24
    Local AS:         65001

"""  # noqa: W291 -- BIRD pads the last column
_STATUS = "BIRD 2.0.12 ready.\nBIRD 2.0.12\nCurrent server time is 2026-01-01 00:01:01.250000\n"
_EXPORTED = """BIRD 2.0.12 ready.
Table master4:
172.16.0.0/16        unicast [dx4 00:00:01.268] * (100) [AS64512i]
\tvia 169.254.10.1 on eth1.101 weight 1
\tvia 169.254.10.5 on eth1.102 weight 1
192.168.10.0/24      unicast [direct1 00:00:01.250] * (240)
\tdev lo
10.10.0.0/16         blackhole [static1 00:00:01.250] * (200)
"""


def _ask(command: Argv) -> str:
    answers = {"protocols": _PROTOCOLS, "status": _STATUS, "route": _EXPORTED}
    assert command[:3] == ("birdc", "-s", f"{PLACE}/bird.ctl")
    return answers[command[4]]


def test_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1767225661.25)
    assert BIRD.neighbours(_ask, PLACE) == (
        Neighbour(ip_address("169.254.10.1"), 64512, "Established", 1767225601.25, 4, 2),
        Neighbour(ip_address("2001:db8:1::1"), 4200000001, "Active", last_reset="Socket: Connection closed"),
    )


@pytest.mark.parametrize(("birds", "common"), [("Down", "Idle"), ("Passive", "Active"), ("Idle", "Idle")])
def test_states_are_called_as_in_rfc_4271(birds: str, common: str) -> None:
    def ask(command: Argv) -> str:
        return _ask(command).replace("BGP state:          Active", f"BGP state:          {birds}")

    assert BIRD.neighbours(ask, PLACE)[1].state == common


def test_routes_are_those_that_the_kernel_is_given() -> None:
    asked: list[Argv] = []

    def ask(command: Argv) -> str:
        asked.append(command[3:])
        return _ask(command)

    hops = (ip_address("169.254.10.1"), ip_address("169.254.10.5"))
    assert BIRD.routes(ask, PLACE) == (
        RouterRoute(ip_network("10.10.0.0/16"), "static"),
        RouterRoute(ip_network("172.16.0.0/16"), "bgp", hops),
        RouterRoute(ip_network("192.168.10.0/24"), ""),
    )
    assert asked[1:] == [("show", "route", "export", "k4")]


def test_nothing_is_used_without_a_kernel_protocol() -> None:
    assert BIRD.routes(lambda command: _ask(command).replace("Kernel", "Pipe"), PLACE) == ()


@pytest.mark.parametrize(
    "answer", ["", "Unable to connect to server control socket (bird.ctl): No such file or directory\n"]
)
def test_nothing_to_say(answer: str) -> None:
    assert BIRD.neighbours(lambda _: answer, PLACE) == ()
    assert BIRD.routes(lambda _: answer, PLACE) == ()
