"""What is known of GoBGP, without any GoBGP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import PurePath

import pytest

from lab.routers import Neighbour, RouterRoute
from lab.routers.kinds import Refusal
from lab.routers.kinds.base import Argv, Ask
from lab.routers.kinds.gobgp import GoBgp

GOBGP = GoBgp()
PLACE = PurePath("/run/dxlab/case/edge")
TARGET = f"unix://{PLACE}/gobgpd.sock"

CONFIGURATION = """[global.config]
  as = 65001
  router-id = "192.0.2.2"
[[neighbors]]
  [neighbors.config]
    neighbor-address = "169.254.10.1"
    peer-as = 64512
[[neighbors]]
  [neighbors.config]
    neighbor-address = "2001:db8:1::1"
    peer-as = "none"
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv7-unicast"
"""


def answering(answers: Mapping[str, object]) -> Ask:
    """Answers by the end of the question; an empty answer to every other one."""

    def ask(command: Argv) -> str:
        question = " ".join(command)
        said = next((said for end, said in answers.items() if question.endswith(end)), "")
        return said if isinstance(said, str) else json.dumps(said)

    return ask


# ----- commands ---------------------------------------------------------------------------------------------


def test_the_daemon_is_an_ordinary_users_and_its_socket_is_the_routers() -> None:
    *_, start = GOBGP.start_commands(PLACE)
    assert "--reuid=daemon" in start
    assert "--ambient-caps=-all,+net_bind_service" in start
    assert start[start.index("--api-hosts") + 1] == TARGET


def test_a_users_gobgp_finds_this_routers_daemon() -> None:
    assert GOBGP.user_command(PLACE, ["gobgp", "neighbor"]) == ("gobgp", "--target", TARGET, "neighbor")


@pytest.mark.parametrize("argv", [(), ("ip", "address"), ("echo", "gobgp")])
def test_other_commands_stay(argv: Argv) -> None:
    assert GOBGP.user_command(PLACE, argv) == argv


# ----- refusals ---------------------------------------------------------------------------------------------


def refused(error: str, configuration: str = CONFIGURATION) -> tuple[Refusal, ...]:
    line = (
        f'time="2026-01-01T00:00:00Z" level=fatal msg="Can\'t read config file x" Error={json.dumps(error)}\n'
    )
    return GOBGP.refusals(line, configuration)


_NO_NUMBER = "cannot parse 'neighbors[1].config.peer-as' as uint: parsing \"none\": invalid syntax"


@pytest.mark.parametrize(
    ("error", "line", "words"),
    [
        (
            "While parsing config: (9, 21): no value can start with s",
            9,
            "no value can start with s",
        ),
        (
            "1 error(s) decoding:\n\n* 'neighbors[1].config' has invalid keys: peer-as",
            11,
            "'neighbors[1].config' has invalid keys: peer-as",
        ),
        (f"1 error(s) decoding:\n\n* {_NO_NUMBER}", 11, _NO_NUMBER),
        ("1 error(s) decoding:\n\n* '' has invalid keys: global", 1, "'' has invalid keys: global"),
        ("1 error(s) decoding:\n\n* '' has invalid keys: elsewhere", 1, "'' has invalid keys: elsewhere"),
        ("ipv7-unicast isn't a valid route family name", 14, "ipv7-unicast isn't a valid route family name"),
        (
            "can't overwrite the existing peer: 2001:db8:1::1",
            10,
            "can't overwrite the existing peer: 2001:db8:1::1",
        ),
        ("invalid router-id format: ", 3, "invalid router-id format: "),
        ("something else", 1, "something else"),
    ],
)
def test_the_line_of_what_is_refused(error: str, line: int, words: str) -> None:
    assert refused(error) == (Refusal(line, words),)


def test_two_refusals_at_once() -> None:
    error = "2 error(s) decoding:\n\n* 'global.config' has invalid keys: as\n* '' has invalid keys: neighbors"
    assert [refusal.line for refusal in refused(error)] == [2, 4]


def test_nothing_is_refused() -> None:
    assert GOBGP.refusals('level=info msg="Finished reading the config file" Topic=Config\n', "") == ()


# ----- answers ----------------------------------------------------------------------------------------------

_UP = {
    "state": {"neighbor_address": "169.254.10.1", "peer_asn": 64512, "session_state": 6},
    "timers": {"state": {"uptime": {"seconds": 1767225600}}},
    "afi_safis": [{"state": {"accepted": 3, "received": 4, "advertised": 1}}, {"state": {"accepted": 2}}],
}
_DOWN = {
    "state": {"neighbor_address": "2001:db8::1", "peer_asn": 4200000001, "session_state": 3},
    "timers": {"state": {"downtime": {"seconds": 1767225600}}},
}
_LOG = """level=info msg="Peer Down" Key="2001:db8::1" Reason="hold-timer-expired code 4" State=BGP_FSM_ESTABLISHED
level=info msg="Peer Down" Key="2001:db8::1" Reason="notification-received code 6(cease)" State=BGP_FSM_ESTABLISHED
level=info msg="Peer Down" Key=169.254.10.1 Reason=read-failed State=BGP_FSM_ESTABLISHED
"""


def test_neighbours() -> None:
    ask = answering(
        {
            "neighbor -j": [_DOWN, _UP],
            "neighbor 169.254.10.1 -j": _UP,
            "neighbor 2001:db8::1 -j": _DOWN,
            "gobgpd.log": _LOG,
        }
    )
    assert GOBGP.neighbours(ask, PLACE) == (
        Neighbour(ip_address("169.254.10.1"), 64512, "Established", 1767225600.0, 5, 1, "read-failed"),
        Neighbour(
            ip_address("2001:db8::1"),
            4200000001,
            "Active",
            last_reset="notification-received code 6(cease)",
        ),
    )


def test_a_neighbour_that_goes_between_two_questions() -> None:
    assert GOBGP.neighbours(answering({"neighbor -j": [_UP], ".1 -j": {"error": "none"}}), PLACE) == ()


def test_routes_are_the_best_paths() -> None:
    hop = {"type": 3, "nexthop": "169.254.10.1"}
    mp_hop = {"type": 14, "nexthop": "2001:db8:1::1"}
    ask = answering(
        {
            "-a ipv4 -j": {
                "10.0.0.0/8": [_path("10.0.0.0/8", hop), _path("10.0.0.0/8", hop) | {"best": False}],
                "172.16.0.0/16": [
                    {"nlri": {"prefix": "172.16.0.0/16"}, "best": True, "attrs": [{"type": 1, "value": 2}]}
                ],
            },
            "-a ipv6 -j": {"2001:db8:10::/56": [_path("2001:db8:10::/56", {"type": 1, "value": 0}, mp_hop)]},
        }
    )
    assert GOBGP.routes(ask, PLACE) == (
        RouterRoute(ip_network("10.0.0.0/8"), "bgp", (ip_address("169.254.10.1"),)),
        RouterRoute(ip_network("172.16.0.0/16"), "static"),
        RouterRoute(ip_network("2001:db8:10::/56"), "bgp", (ip_address("2001:db8:1::1"),)),
    )


def _path(prefix: str, *attributes: Mapping[str, object]) -> dict[str, object]:
    return {
        "nlri": {"prefix": prefix},
        "best": True,
        "attrs": list(attributes),
        "neighbor-ip": "169.254.10.1",
    }


@pytest.mark.parametrize("answer", ["", '{"error":"context deadline exceeded"}', "null", "[]", "{}"])
def test_nothing_to_say(answer: str) -> None:
    assert GOBGP.neighbours(lambda _: answer, PLACE) == ()
    assert GOBGP.routes(lambda _: answer, PLACE) == ()
