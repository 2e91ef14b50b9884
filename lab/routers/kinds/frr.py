"""FRR: zebra, staticd and bgpd from the distribution's package, without watchfrr.

Each router has a directory of its own, in which its daemons keep their sockets, pid files and log
(`--vty_socket`, `-z`, `-i`, `--log`), so any number of them run side by side. The daemons begin as root, drop
to the user `frr`, and keep what FRR itself declares: CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN (zebra and bgpd),
CAP_NET_BIND_SERVICE (bgpd). None of it can be spared: both end at once where one of these is missing (zprivs_init).

No daemon reads the configuration itself. `vtysh -b` deals one file out to all of them, the usual way since
FRR 4 (integrated configuration), and it is also what names the line and the daemon's words when one refuses.
With `-d` a daemon's command returns when its terminal socket answers, so nothing has to be polled for.

https://docs.frrouting.org/en/stable-8.4/basic.html and .../vtysh.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from pathlib import PurePath
from typing import Any

from lab.routers.kinds.base import (
    Argv,
    Ask,
    Neighbour,
    Refusal,
    RouterKind,
    RouterRoute,
    SubInterface,
    json_in,
)

_PROGRAMS = PurePath("/usr/lib/frr")
#: vtysh prints a daemon's words to one stream and the line that they are about to another; they belong
#: together.
_LINEWISE = ("stdbuf", "-oL", "vtysh")

_DELAY = "bgp route-map delay-timer"
#: When bgpd has been given a configuration, it holds all sessions back for the whole seconds that are left of the
#: timer after which it processes route maps (by default five), or for one where it runs no such timer
#: (bgp_config_end). These lines, put behind the configuration, have it process the route maps at once, start the
#: timer anew with less than a second left, and give the delay its default back. Nothing else remains of them.
_WITHOUT_HOLD = f"""
{_DELAY} 0
{_DELAY} 1
route-map dxlab-start permit 1
exit
no route-map dxlab-start
no {_DELAY}
"""

_STANZA = re.compile(r"interface\s+((\S+)\.(\d{1,4}))\s*(?:vrf\s+\S+\s*)?")
_HIGHEST_VLAN = 4094
_REFUSED_BY_DAEMON = re.compile(r"line (\d+): Failure to communicate\[\d+\] to \w+, line:\s*(.*)")
_REFUSED_BY_SHELL = re.compile(r"line (\d+): (% [^\[]*)\[\d+\]:\s*(.*)")
_KEY = re.compile(r"\b(password|key)(\s+)\S.*")


class Frr(RouterKind):
    """The Free Range Routing suite."""

    name = "frr"
    title = "FRR"
    user = "frr"
    daemons: tuple[PurePath, ...] = (_PROGRAMS / "zebra", _PROGRAMS / "staticd", _PROGRAMS / "bgpd")
    package = "frr"
    aws_router_type = "FRRouting-FRR-8"
    capabilities = (
        *("NET_ADMIN", "NET_RAW", "NET_BIND_SERVICE", "SYS_ADMIN"),  # what the daemons keep
        *("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"),  # how they come to be the user frr
    )
    container_directory = PurePath("/run/frr")
    log_file = "frr.log"

    def files(self, configuration: str, place: PurePath) -> Mapping[str, str]:  # noqa: ARG002 - options say it
        return {
            "frr.conf": configuration + ("" if _DELAY in configuration else _WITHOUT_HOLD),
            # Without the second line, only root would be let in without a password.
            "vtysh.conf": f"service integrated-vtysh-config\nusername {self.user} nopassword\n",
        }

    def amended_files(self, configuration: str, place: PurePath) -> Mapping[str, str]:  # noqa: ARG002 - none
        """None: the lines are carried out as if typed at the router's terminal, and gone after a restart."""
        return {}

    def sub_interfaces(self, configuration: str) -> tuple[SubInterface, ...]:
        found: dict[str, SubInterface] = {}
        for number, line in enumerate(configuration.splitlines(), 1):
            stanza = _STANZA.fullmatch(line.strip())
            if stanza and 1 <= int(stanza[3]) <= _HIGHEST_VLAN:
                found.setdefault(stanza[1], SubInterface(stanza[2], int(stanza[3]), stanza[1], number))
        return tuple(found.values())

    def check_command(self, place: PurePath) -> Argv:
        return (*_LINEWISE, "--config_dir", str(place), "-C", "-f", str(place / self.candidate_file))

    def start_commands(self, place: PurePath) -> Sequence[Argv]:
        return tuple(self._daemon_command(program, place) for program in self.daemons)

    def load_command(self, place: PurePath) -> Argv:
        return (*_LINEWISE, *_tools_options(place), "-b")

    def amend_command(self, place: PurePath) -> Argv:
        return (*_LINEWISE, *_tools_options(place), "-f", str(place / self.candidate_file))

    def refusals(self, output: str, configuration: str) -> tuple[Refusal, ...]:  # noqa: ARG002 - the line is said
        return tuple(_refusals(output.splitlines()))

    def user_command(self, place: PurePath, argv: Sequence[str]) -> Argv:
        if argv and PurePath(argv[0]).name == "vtysh":
            return (argv[0], *_tools_options(place), *argv[1:])
        return tuple(argv)

    def neighbours(self, ask: Ask, place: PurePath) -> tuple[Neighbour, ...]:
        found = _asked(ask, place, "show bgp neighbors json")
        neighbours = (_neighbour(key, record) for key, record in found.items() if _is_address(key))
        return tuple(sorted(neighbours, key=lambda each: (each.address.version, each.address.packed)))

    def routes(self, ask: Ask, place: PurePath) -> tuple[RouterRoute, ...]:
        return tuple(
            route
            for command in ("show ip route json", "show ipv6 route json")
            for records in _asked(ask, place, command).values()
            for route in _routes(records)
        )

    def _daemon_command(self, program: PurePath, place: PurePath) -> Argv:
        return (
            *(str(program), "-d", "-u", self.user, "-g", self.user),
            *("-f", "/dev/null", "-i", f"{place}/{program.name}.pid", "-z", f"{place}/zserv.api"),
            *("--vty_socket", str(place), "-P", "0"),  # no terminal over TCP
            *("--log", f"file:{place}/{self.log_file}", "--log-level", "informational"),
        )


def _tools_options(place: PurePath) -> Argv:
    return ("--vty_socket", str(place), "--config_dir", str(place))


def _refusals(lines: Sequence[str]) -> Iterator[Refusal]:
    """A daemon's words come right before the line that says where; vtysh's own stand in that line."""
    for before, line in zip(["", *lines], lines, strict=False):
        if by_daemon := _REFUSED_BY_DAEMON.fullmatch(line):
            yield Refusal(int(by_daemon[1]), f"{before.strip() or '% refused'}: {_without_key(by_daemon[2])}")
        elif by_shell := _REFUSED_BY_SHELL.fullmatch(line):
            yield Refusal(int(by_shell[1]), f"{by_shell[2]}: {_without_key(by_shell[3])}")


def _without_key(line: str) -> str:
    return _KEY.sub(r"\1\2***", line).strip()


def _asked(ask: Ask, place: PurePath, question: str) -> dict[str, Any]:
    """vtysh's answer; empty where no daemon has anything to say."""
    return json_in(ask(("vtysh", *_tools_options(place), "-c", question)))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _neighbour(address: str, record: Mapping[str, Any]) -> Neighbour:
    families = record.get("addressFamilyInfo", {}).values()
    up = record["bgpState"] == "Established"
    return Neighbour(
        address=ip_address(address),
        asn=record["remoteAs"],
        state=record["bgpState"],
        since=float(record["bgpTimerUpEstablishedEpoch"]) if up else None,
        accepted=sum(family.get("acceptedPrefixCounter", 0) for family in families),
        advertised=sum(family.get("sentPrefixCounter", 0) for family in families),
        last_reset=record.get("lastResetDueTo", ""),
    )


def _routes(records: Sequence[Mapping[str, Any]]) -> Iterator[RouterRoute]:
    for record in records:
        if record.get("selected"):
            hops = (hop["ip"] for hop in record.get("nexthops", ()) if "ip" in hop)
            yield RouterRoute(
                ip_network(record["prefix"]), record["protocol"], tuple(ip_address(hop) for hop in hops)
            )
