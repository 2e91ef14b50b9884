"""What is known of FRR, without any FRR."""

from __future__ import annotations

import json
from ipaddress import ip_address, ip_network
from pathlib import PurePath

import pytest

from lab.routers import Neighbour, RouterRoute, SubInterface
from lab.routers.kinds import KINDS, Refusal
from lab.routers.kinds.base import Argv
from lab.routers.kinds.frr import Frr
from lab.topology.refusals import schema

FRR = Frr()
PLACE = PurePath("/run/dxlab/case/edge")
_DELAY_OFF = "bgp route-map delay-timer 0"


def test_topologies_know_the_same_kinds() -> None:
    kinds = schema()["$defs"]["node"]["properties"]["kind"]["enum"]
    assert set(kinds) == {"aws-dx", "linux", *KINDS}


# ----- sub-interfaces ---------------------------------------------------------------------------------------


def test_sub_interfaces_are_the_stanzas_with_a_number() -> None:
    configuration = "\n".join(
        [
            "interface lo",
            "interface eth1",
            "interface eth1.101",
            " ip address 192.0.2.1/30",
            "exit",
            "interface   eth2.7 vrf blue ",
            "interface eth1.101",
            "! interface eth1.102",
            " description interface eth1.103",
            "no interface eth1.104",
        ]
    )
    assert FRR.sub_interfaces(configuration) == (
        SubInterface("eth1", 101, "eth1.101", 3),
        SubInterface("eth2", 7, "eth2.7", 6),
    )


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("eth1.1", [("eth1", 1)]),
        ("eth1.4094", [("eth1", 4094)]),
        ("eth1.0", []),
        ("eth1.4095", []),
        ("eth1.10101", []),
        ("eth1.a", []),
        ("bond0.5.6", [("bond0.5", 6)]),
    ],
)
def test_vlan_ids(name: str, found: list[tuple[str, int]]) -> None:
    assert [(each.parent, each.vlan) for each in FRR.sub_interfaces(f"interface {name}")] == found


# ----- commands ---------------------------------------------------------------------------------------------


def test_daemons_keep_everything_in_their_routers_directory() -> None:
    commands = FRR.start_commands(PLACE)
    assert [PurePath(command[0]).name for command in commands] == ["zebra", "staticd", "bgpd"]
    for command in commands:
        options = dict(zip(command[2::2], command[3::2], strict=True))
        assert command[1] == "-d"
        assert (options["-u"], options["-g"], options["-P"]) == ("frr", "frr", "0")
        assert options["-i"] == f"{PLACE}/{PurePath(command[0]).name}.pid"
        assert options["-z"] == f"{PLACE}/zserv.api"
        assert options["--vty_socket"] == str(PLACE)
        assert options["--log"] == f"file:{PLACE}/frr.log"


def test_the_configuration_keeps_its_lines() -> None:
    assert FRR.files("hostname edge\n!", PLACE)["frr.conf"].splitlines()[:3] == [
        "hostname edge",
        "!",
        _DELAY_OFF,
    ]


def test_a_delay_that_the_user_sets_is_the_users() -> None:
    configuration = "bgp route-map delay-timer 3\n"
    assert FRR.files(configuration, PLACE)["frr.conf"] == configuration


def test_no_command_holds_the_configuration() -> None:
    """A key must not be seen in the list of processes; commands are given files."""
    commands = [FRR.check_command(PLACE), FRR.load_command(PLACE), FRR.amend_command(PLACE)]
    assert all(str(PLACE) in " ".join(command) for command in commands)
    assert [command[-1] for command in commands] == [
        f"{PLACE}/candidate.conf",
        "-b",
        f"{PLACE}/candidate.conf",
    ]


@pytest.mark.parametrize("program", ["vtysh", "/usr/bin/vtysh"])
def test_a_users_vtysh_finds_this_routers_daemons(program: str) -> None:
    command = FRR.user_command(PLACE, [program, "-c", "show version"])
    assert command == (program, "--vty_socket", str(PLACE), "--config_dir", str(PLACE), "-c", "show version")


@pytest.mark.parametrize("argv", [(), ("ip", "address"), ("echo", "vtysh")])
def test_other_commands_stay(argv: Argv) -> None:
    assert FRR.user_command(PLACE, argv) == argv


# ----- refusals ---------------------------------------------------------------------------------------------


def test_what_the_shell_refuses() -> None:
    output = (
        "line 4: % Unknown command[17]:  ip address 169.254.0.3/99\n"
        "line 18: % Command incomplete[25]: ip route 10.0.0.0/8 \n"
        "\n"
    )
    assert FRR.refusals(output, "") == (
        Refusal(4, "% Unknown command: ip address 169.254.0.3/99"),
        Refusal(18, "% Command incomplete: ip route 10.0.0.0/8"),
    )


def test_what_a_daemon_refuses_in_its_own_words() -> None:
    output = (
        "% Configure the peer-group first\n"
        "line 6: Failure to communicate[13] to bgpd, line:  neighbor 169.254.0.1 peer-group NOPE\n"
        "\n"
        "BGP is already running; AS is 65001\n"
        "line 13: Failure to communicate[13] to bgpd, line: router bgp 65002\n"
        "Configuration file[/run/dxlab/case/edge/frr.conf] processing failure: 2\n"
    )
    assert FRR.refusals(output, "") == (
        Refusal(6, "% Configure the peer-group first: neighbor 169.254.0.1 peer-group NOPE"),
        Refusal(13, "BGP is already running; AS is 65001: router bgp 65002"),
    )


def test_a_daemon_without_words() -> None:
    assert FRR.refusals("line 1: Failure to communicate[13] to zebra, line: interface x\n", "") == (
        Refusal(1, "% refused: interface x"),
    )


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (" neighbor 192.0.2.1 password s3cret Key", "neighbor 192.0.2.1 password ***"),
        (" neighbour 192.0.2.1 password", "neighbour 192.0.2.1 password"),
        (" key 1 password", "key *** "),
    ],
)
def test_a_refusal_holds_no_key(line: str, shown: str) -> None:
    assert FRR.refusals(f"line 1: % Unknown command[25]: {line}\n", "") == (
        Refusal(1, f"% Unknown command: {shown}".strip()),
    )


def test_nothing_is_refused() -> None:
    assert FRR.refusals("", "") == ()


# ----- answers ----------------------------------------------------------------------------------------------

_UP = {
    "remoteAs": 64512,
    "bgpState": "Established",
    "bgpTimerUpEstablishedEpoch": 1767225600,
    "lastResetDueTo": "Waiting for NHT",
    "addressFamilyInfo": {
        "ipv4Unicast": {"acceptedPrefixCounter": 3, "sentPrefixCounter": 1},
        "ipv6Unicast": {"acceptedPrefixCounter": 2},
    },
}
_DOWN = {"remoteAs": 4200000001, "bgpState": "Active"}


def test_neighbours() -> None:
    answer = json.dumps({"2001:db8::1": _DOWN, "192.0.2.1": _UP, "eth1": _DOWN})
    asked: list[Argv] = []

    def ask(command: Argv) -> str:
        asked.append(command)
        return f"\n{answer}\n"

    assert FRR.neighbours(ask, PLACE) == (
        Neighbour(
            ip_address("192.0.2.1"), 64512, "Established", 1767225600.0, 5, 1, last_reset="Waiting for NHT"
        ),
        Neighbour(ip_address("2001:db8::1"), 4200000001, "Active"),
    )
    assert [command[-1] for command in asked] == ["show bgp neighbors json"]


def test_routes() -> None:
    def ask(command: Argv) -> str:
        if "ipv6" in command[-1]:
            return json.dumps({"2001:db8::/32": [_route("2001:db8::/32", "static", {"unreachable": True})]})
        chosen = _route("10.0.0.0/8", "bgp", {"ip": "192.0.2.1"}, {"ip": "192.0.2.5"})
        return json.dumps({"10.0.0.0/8": [chosen, chosen | {"protocol": "static", "selected": False}]})

    hops = (ip_address("192.0.2.1"), ip_address("192.0.2.5"))
    assert FRR.routes(ask, PLACE) == (
        RouterRoute(ip_network("10.0.0.0/8"), "bgp", hops),
        RouterRoute(ip_network("2001:db8::/32"), "static"),
    )


def _route(prefix: str, protocol: str, *hops: dict[str, object]) -> dict[str, object]:
    return {"prefix": prefix, "protocol": protocol, "selected": True, "nexthops": list(hops)}


@pytest.mark.parametrize(
    "answer", ["", "% BGP instance not found\n", "{\n}\n", "failed to connect to any daemons.\n"]
)
def test_nothing_to_say(answer: str) -> None:
    assert FRR.neighbours(lambda _: answer, PLACE) == ()
    assert FRR.routes(lambda _: answer, PLACE) == ()
