"""BIRD 2: one daemon, which reads one file.

The file is the user's, with three lines behind it: the log, and times that can be read back (`timeformat`). They
stand last, so the user's lines keep their numbers, and of two settings of a time format the later one counts.
`bird` parses the file, opens its control socket and only then goes into the background, so nothing has to be
waited for; what it refuses it says with file and line. It begins as root, drops to the user `bird` and keeps
CAP_NET_ADMIN, CAP_NET_BIND_SERVICE, CAP_NET_BROADCAST and CAP_NET_RAW (sysdep/linux/syspriv.h).

A BIRD's configuration names no interfaces; the topology gives them. Routes reach the kernel through `protocol
kernel` only, so what the router uses is what is exported to such a protocol: without one, a BIRD has sessions
and routes and forwards nothing.

birdc prints for people. Every line of `show protocols all` is a label, a colon and a value, below one line per
protocol; what is read here has been the same from 2.0 on.

https://bird.network.cz/?get_doc&f=bird-3.html (syntax) and ...-4.html (birdc)
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import PurePath

from lab.routers.kinds.base import Argv, Ask, Neighbour, Refusal, RouterKind, RouterRoute

_REFUSAL = re.compile(r"(?:bird: )?\S+/(?:bird|candidate)\.conf:(\d+):\d+ (.*)")
_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+"
#: A head (name, type, table, state, since, info) and the lines below it.
_PROTOCOL = re.compile(rf"^(\S+) +(\S+) +\S+ +\S+ +({_TIME}).*((?:\n .*)*)", re.MULTILINE)
_FIELD = re.compile(r"^ +([\w ]+): +(.*)$", re.MULTILINE)
_COUNT = re.compile(r"(\d+) (imported|exported)")
#: A prefix, the protocol that it is from, and a line for each next hop.
_ROUTE = re.compile(r"^(\S+/\d+) +\w+ \[(\S+) .*((?:\n\t.*)*)", re.MULTILINE)
_HOP = re.compile(r"\tvia (\S+) on ")
_NOW = re.compile(rf"Current server time is ({_TIME})")

#: BIRD's own words for states that RFC 4271 calls otherwise.
_STATES = {"Down": "Idle", "Close": "Idle", "Passive": "Active"}
#: The protocols' types as other routers call them, where that is not simply in small letters.
_TYPES = {"Direct": "connected"}


@dataclass(frozen=True)
class _Protocol:
    """One block of `show protocols all`: its head, and its lines by label."""

    name: str
    type: str
    since: str
    fields: tuple[tuple[str, str], ...]

    def first(self, label: str) -> str:
        return next((value for found, value in self.fields if found == label), "")

    def count(self, word: str) -> int:
        """Routes over all channels, such as those imported."""
        counts = (_COUNT.findall(value) for label, value in self.fields if label == "Routes")
        return sum(int(number) for channel in counts for number, what in channel if what == word)


class Bird(RouterKind):
    """The BIRD Internet Routing Daemon, version 2."""

    name = "bird"
    title = "BIRD"
    user = "bird"
    daemons: tuple[PurePath, ...] = (PurePath("/usr/sbin/bird"),)
    package = "bird2"
    aws_router_type = "CZNIC-BIRD-2"
    capabilities = (
        *("NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW"),  # what the daemon keeps
        *("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"),  # how it comes to be the user bird
    )
    container_directory = PurePath("/run/bird")
    log_file = "bird.log"

    def files(self, configuration: str, place: PurePath) -> Mapping[str, str]:
        ours = (
            f'log "{place}/{self.log_file}" all;',
            *(f"timeformat {what} iso long us;" for what in ("base", "protocol")),
        )
        return {"bird.conf": "\n".join((configuration, *ours, ""))}

    def check_command(self, place: PurePath) -> Argv:
        return ("bird", "-p", "-c", str(place / self.candidate_file))

    def start_commands(self, place: PurePath) -> Sequence[Argv]:
        files = ("-c", f"{place}/bird.conf", "-s", f"{place}/bird.ctl", "-P", f"{place}/bird.pid")
        return ((str(self.daemons[0]), "-u", self.user, "-g", self.user, *files),)

    def amend_command(self, place: PurePath) -> Argv:
        return (*_control(place), "configure")

    def refusals(self, output: str, configuration: str) -> tuple[Refusal, ...]:  # noqa: ARG002 - the line is said
        found = (_REFUSAL.fullmatch(line) for line in output.splitlines())
        return tuple(Refusal(int(match[1]), match[2]) for match in found if match)

    def user_command(self, place: PurePath, argv: Sequence[str]) -> Argv:
        if argv and PurePath(argv[0]).name in ("birdc", "birdcl"):
            return (argv[0], "-s", f"{place}/bird.ctl", *argv[1:])
        return tuple(argv)

    def neighbours(self, ask: Ask, place: PurePath) -> tuple[Neighbour, ...]:
        protocols = _protocols(ask, place)
        # Asked second, so that nothing has happened later than now.
        now = _NOW.search(ask((*_control(place), "show", "status")))
        found = (_neighbour(each, now[1]) for each in protocols if _has_neighbour(each) and now)
        return tuple(sorted(found, key=lambda each: (each.address.version, each.address.packed)))

    def routes(self, ask: Ask, place: PurePath) -> tuple[RouterRoute, ...]:
        protocols = _protocols(ask, place)
        types = {each.name: _TYPES.get(each.type, each.type.lower()) for each in protocols}
        kernels = [each.name for each in protocols if each.type == "Kernel"]
        answers = (ask((*_control(place), "show", "route", "export", name)) for name in kernels)
        found = (route for answer in answers for route in _routes(answer, types))
        return tuple(
            sorted(found, key=lambda each: (each.prefix.version, each.prefix.network_address.packed))
        )


def _control(place: PurePath) -> Argv:
    return ("birdc", "-s", f"{place}/bird.ctl")


def _protocols(ask: Ask, place: PurePath) -> list[_Protocol]:
    """Every protocol; none where no daemon answers."""
    answer = ask((*_control(place), "show", "protocols", "all"))
    return [
        _Protocol(name, kind, since, tuple(_FIELD.findall(below)))
        for name, kind, since, below in _PROTOCOL.findall(answer)
    ]


def _has_neighbour(protocol: _Protocol) -> bool:
    """Whether it is a session; a protocol for a range of neighbours only makes sessions."""
    return protocol.type == "BGP" and bool(protocol.first("Neighbor address"))


def _neighbour(protocol: _Protocol, now: str) -> Neighbour:
    state = protocol.first("BGP state")
    up = state == "Established"
    age = datetime.fromisoformat(now) - datetime.fromisoformat(protocol.since)
    return Neighbour(
        address=ip_address(protocol.first("Neighbor address")),
        asn=int(protocol.first("Neighbor AS")),
        state=_STATES.get(state, state),
        since=time.time() - age.total_seconds() if up else None,
        accepted=protocol.count("imported"),
        advertised=protocol.count("exported"),
        last_reset=protocol.first("Last error"),
    )


def _routes(answer: str, types: Mapping[str, str]) -> Iterator[RouterRoute]:
    for prefix, protocol, below in _ROUTE.findall(answer):
        hops = tuple(ip_address(hop) for hop in _HOP.findall(below))
        yield RouterRoute(ip_network(prefix), types.get(protocol, ""), hops)
