"""What is known of ExaBGP as a customer's router, without any ExaBGP."""

from __future__ import annotations

import time
from ipaddress import ip_address, ip_network
from pathlib import PurePath

import pytest

from lab.errors import RouterError
from lab.routers import RouterRoute
from lab.routers.kinds import Refusal
from lab.routers.kinds.base import Argv
from lab.routers.kinds.exabgp import ExaBgp

EXABGP = ExaBgp()
PLACE = PurePath("/run/dxlab/case/edge")


# ----- commands ---------------------------------------------------------------------------------------------


def test_the_daemon_is_an_ordinary_users() -> None:
    for command in EXABGP.start_commands(PLACE):
        assert "--reuid=exabgp" in command
    assert "--ambient-caps=-all,+net_bind_service" in command


@pytest.mark.parametrize(
    ("place", "pipes"),
    [
        ("/run/dxlab/case/edge", "dxlab/case/edge/exabgp"),
        ("/run/exabgp", "exabgp/exabgp"),
        ("/tmp/lab/edge", "../tmp/lab/edge/exabgp"),
    ],
)
def test_a_users_cli_finds_this_routers_pipes(place: str, pipes: str) -> None:
    command = EXABGP.user_command(PurePath(place), ["exabgpcli", "version"])
    assert command[0] == "env"
    assert f"exabgp_api_pipename={pipes}" in command
    assert command[-2:] == ("exabgpcli", "version")


@pytest.mark.parametrize("argv", [(), ("ip", "address"), ("echo", "exabgpcli")])
def test_other_commands_stay(argv: Argv) -> None:
    assert EXABGP.user_command(PLACE, argv) == argv


# ----- refusals ---------------------------------------------------------------------------------------------

_REFUSED = """15:35:44 | 21453  | version         | 4.2.21
15:35:44 | 21453  | configuration   | not reloaded, no change found in the configuration
15:35:44 | 21453  | configuration   | 
15:35:44 | 21453  | configuration   | syntax error in section neighbor
15:35:44 | 21453  | configuration   | line 6: md5-passwrd s3cretKey9 ;
15:35:44 | 21453  | configuration   | 
15:35:44 | 21453  | configuration   | invalid keyword "md5-passwrd"
"""  # noqa: W291 - as ExaBGP prints it


def test_a_refusal_has_the_line_and_not_what_stands_there() -> None:
    assert EXABGP.refusals(_REFUSED, "") == (Refusal(6, 'invalid keyword "md5-passwrd"'),)


def test_nothing_is_refused() -> None:
    assert EXABGP.refusals("15:35:43 | 49 | reactor | loaded new configuration successfully\n", "") == ()


# ----- answers ----------------------------------------------------------------------------------------------


def _block(address: str, state: str, age: str) -> str:
    return f"""Neighbor {address}

  Session                         Local
   local                   169.254.10.2                                
   state                    {state}                                
   {age}                                

  Setup                           Local          Remote
   AS                             65001           64512                
   ID                         192.0.2.2             n/a                

  Message Statistic                Sent        Received
   total:                             4               4                

"""  # noqa: W291 - as ExaBGP prints it


def _held(neighbour: str, family: str, rest: str) -> str:
    terms = "local-ip 169.254.10.2 local-as 65001 peer-as 64512 router-id 192.0.2.2 family-allowed in-open"
    return f"neighbor {neighbour} {terms} {family} unicast {rest}\n"


_NEIGHBOURS = _block("2001:db8:1::1", "ACTIVE", "down for   0:00:00") + _block(
    "169.254.10.1", "ESTABLISHED", "up for     1 day, 0:01:05"
)
_RECEIVED = (
    _held("169.254.10.1", "ipv4", "10.10.0.0/16 next-hop 169.254.10.1 origin igp as-path [ 64512 ] med 0")
    + _held("169.254.10.1", "ipv4", "10.20.0.0/16 next-hop 169.254.10.1 origin igp as-path [ 64512 65001 ]")
    + _held("2001:db8:1::1", "ipv6", "2001:db8:10::/56 next-hop fe80::1 origin igp as-path [ 64512 ]")
)
_SENT = _held("169.254.10.1", "ipv4", "172.16.0.0/16 next-hop self") + _held(
    "2001:db8:1::1", "ipv6", "2001:db8:ace::/48 next-hop self"
)


def _ask(command: Argv) -> str:
    if "neighbor" in command:
        return _NEIGHBOURS
    return _RECEIVED if "in" in command else _SENT


def test_neighbours() -> None:
    up, down = EXABGP.neighbours(_ask, PLACE)
    assert (str(up.address), up.asn, up.state) == ("169.254.10.1", 64512, "Established")
    assert up.since == pytest.approx(time.time() - 86400 - 65, abs=60)
    assert (up.accepted, up.advertised) == (1, 1)
    assert (str(down.address), down.state, down.since) == ("2001:db8:1::1", "Active", None)
    assert (down.accepted, down.advertised) == (0, 0)


def test_a_session_in_its_first_second() -> None:
    [neighbour] = EXABGP.neighbours(
        lambda _: _block("169.254.10.1", "ESTABLISHED", "down for   0:00:00"), PLACE
    )
    assert neighbour.since == pytest.approx(time.time(), abs=60)


def test_a_neighbour_whose_asn_is_not_known_yet() -> None:
    said = _block("169.254.10.1", "IDLE", "down for   0:00:00").replace("64512", "  n/a")
    [neighbour] = EXABGP.neighbours(lambda _: said, PLACE)
    assert (neighbour.asn, neighbour.state) == (0, "Idle")


def test_routes_are_what_a_router_could_use() -> None:
    assert EXABGP.routes(_ask, PLACE) == (
        RouterRoute(ip_network("10.10.0.0/16"), "bgp", (ip_address("169.254.10.1"),)),
        RouterRoute(ip_network("2001:db8:10::/56"), "bgp", (ip_address("fe80::1"),)),
    )


def test_nothing_to_say() -> None:
    assert EXABGP.neighbours(lambda _: "", PLACE) == ()
    assert EXABGP.routes(lambda _: "", PLACE) == ()


@pytest.mark.parametrize(
    ("before", "reason", "after"),
    [
        (
            "\nwarning: ",
            "no end of command message received",
            "\nwarning: normal if exabgp.api.ack is set to false",
        ),
        ("", "could not send command to ExaBGP (command timeout)", ""),
        ("", "ExaBGP is not running / using the configured named pipe", ""),
    ],
)
def test_no_answer_is_not_an_answer_without_neighbours(before: str, reason: str, after: str) -> None:
    with pytest.raises(RouterError) as caught:
        EXABGP.neighbours(lambda _: before + reason + after, PLACE)
    assert str(caught.value) == f"ExaBGP does not answer 'show neighbor extensive': {reason}"
