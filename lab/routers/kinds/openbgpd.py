"""OpenBGPD, in its portable edition: one program, four processes, one file.

The file is the user's, with a line behind it that says where the control socket is. The parent process stays
root, which is OpenBGPD's own design: it reads the file, binds port 179 and answers to the two engines that speak BGP
and decide; those run as `_openbgpd`, shut into the directory that is that user's home: the router's own.

`bgpd` in the background logs to syslog alone. With `-d` it stays in the foreground and logs to its terminal, here
the router's log file. It answers as soon as its control socket does.

On Linux the portable edition has no hand in the kernel's routing table (its `fib-update` works on BSD only). What
the router uses is the best route to each prefix in its own table; nothing is forwarded by it. Prefixes of its own
come from `network` statements and need no route in the kernel.

https://man.openbsd.org/bgpd.conf.5 and https://man.openbsd.org/bgpctl.8
"""

from __future__ import annotations

import re
import time
from collections import Counter
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
    in_background,
    json_in,
)

_HOME = PurePath("/run/openbgpd")
#: The name by which bgpctl looks for it in `_HOME`.
_SOCKET = "bgpd.sock.0"
_REFUSAL = re.compile(r"\S+/(?:bgpd|candidate)\.conf:(\d+): (.*)")


class OpenBgpd(RouterKind):
    """OpenBSD's BGP daemon."""

    name = "openbgpd"
    title = "OpenBGPD"
    user = "_openbgpd"
    tools_user = "root"  # whose the control socket is, but without root's capabilities
    daemons: tuple[PurePath, ...] = (PurePath("/usr/sbin/bgpd"),)
    package = "openbgpd"
    aws_router_type = "OpenBSD-OpenBGPD-7"
    capabilities = (
        *("NET_BIND_SERVICE", "DAC_OVERRIDE"),  # what the parent process needs
        *("SETGID", "SETUID", "SYS_CHROOT"),  # how the engines come to be the user _openbgpd
    )
    container_directory = _HOME
    log_file = "bgpd.log"

    def files(self, configuration: str, place: PurePath) -> Mapping[str, str]:
        return {"bgpd.conf": f'{configuration}\nsocket "{place / _SOCKET}"\n'}

    def check_command(self, place: PurePath) -> Argv:
        return ("bgpd", "-n", "-f", str(place / self.candidate_file))

    def start_commands(self, place: PurePath) -> Sequence[Argv]:
        daemon = (str(self.daemons[0]), "-d", "-f", f"{place}/bgpd.conf")
        return (in_background(daemon, place / self.log_file),)

    def probe_command(self, place: PurePath) -> Argv:
        return (*_control(place), "show", "summary")

    def amend_command(self, place: PurePath) -> Argv:
        return (*_control(place), "reload")

    def refusals(self, output: str, configuration: str) -> tuple[Refusal, ...]:  # noqa: ARG002 - the line is said
        found = (_REFUSAL.fullmatch(line) for line in output.splitlines())
        return tuple(Refusal(int(match[1]), match[2]) for match in found if match)

    def user_command(self, place: PurePath, argv: Sequence[str]) -> Argv:
        if argv and PurePath(argv[0]).name == "bgpctl":
            return (argv[0], "-s", str(place / _SOCKET), *argv[1:])
        return tuple(argv)

    def neighbours(self, ask: Ask, place: PurePath) -> tuple[Neighbour, ...]:
        records = _asked(ask, place, "neighbor", "neighbors")
        # A neighbour's own counter has what the filters refuse in it; of the table, only what could be used is meant.
        routes = (route for route in _asked(ask, place, "rib", "rib") if route["valid"])
        accepted = Counter(route["neighbor"]["remote_addr"] for route in routes)
        found = (
            _neighbour(record, accepted[record["remote_addr"]])
            for record in records
            if "/" not in record["remote_addr"]  # that is a range, and only makes neighbours
        )
        return tuple(sorted(found, key=lambda each: (each.address.version, each.address.packed)))

    def routes(self, ask: Ask, place: PurePath) -> tuple[RouterRoute, ...]:
        found = _routes(_asked(ask, place, "rib", "rib"))
        return tuple(
            sorted(found, key=lambda each: (each.prefix.version, each.prefix.network_address.packed))
        )


def _control(place: PurePath) -> Argv:
    return ("bgpctl", "-s", str(place / _SOCKET))


def _asked(ask: Ask, place: PurePath, what: str, member: str) -> list[dict[str, Any]]:
    """A list of bgpctl's; empty where no daemon answers."""
    found: list[dict[str, Any]] = json_in(ask((*_control(place), "-j", "show", what))).get(member, [])
    return found


def _neighbour(record: Mapping[str, Any], accepted: int) -> Neighbour:
    up = record["state"] == "Established"
    return Neighbour(
        address=ip_address(record["remote_addr"]),
        asn=int(record["remote_as"]),
        state=record["state"],
        since=time.time() - record["last_updown_sec"] if up else None,
        accepted=accepted,
        advertised=record["stats"]["prefixes"]["sent"] if up else 0,
        last_reset=record.get("last_error_received") or record.get("last_error_sent") or "",
    )


def _routes(records: Sequence[Mapping[str, Any]]) -> Iterator[RouterRoute]:
    """The best ones. A prefix of the router's own is where it ends."""
    for record in records:
        if record.get("best"):
            own = record.get("announced", False)
            hops = () if own else (ip_address(record["exit_nexthop"]),)
            yield RouterRoute(ip_network(record["prefix"]), "network" if own else "bgp", hops)
