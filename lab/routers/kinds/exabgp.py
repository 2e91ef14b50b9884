"""ExaBGP: sessions and announcements without a router behind them.

`exabgp` reads one file and checks one without running (`--validate`). Told to read its file again (SIGUSR1), it never
dials a neighbour anew whose connection was still being made, so it is started anew instead. It needs no
privilege, for it dials and does not listen unless a neighbour's `listen 179` says so; setpriv(1) makes it an ordinary
user's process that keeps CAP_NET_BIND_SERVICE for that. Debian's package is used, so a lab with an ExaBGP at either
end has two versions of it.

It is asked with `exabgpcli` over two named pipes, which have to be there before it starts. It looks for them below
/run, by a name that may hold slashes: so the pipes of many stand in their own directories. Whoever asks one that
does not run waits for nothing, hence the look at its pid file, which it writes once its file is read.

ExaBGP puts no route into the kernel and decides between none. What it holds are its neighbours' announcements
(Adj-RIB-In); of these, those with its own AS number in their path, which no router would use (RFC 4271, 9.1.2), are
left out.

https://github.com/Exa-Networks/exabgp/wiki
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import PurePath

from lab.errors import RouterError
from lab.routers.kinds.base import (
    Argv,
    Ask,
    Neighbour,
    Refusal,
    RouterKind,
    RouterRoute,
    in_background,
    unprivileged,
)

#: What ExaBGP scans for its pipes, as one of several directories.
_RUN = "/run"

_LOGGED = re.compile(r"^[\d:]+ \| \d+ +\| configuration +\| (.*)$", re.MULTILINE)
_REFUSED = re.compile(r"line (\d+): .*\n+(.+)")
_BLOCK = re.compile(r"^Neighbor (\S+)\n((?:\n| .*\n)*)", re.MULTILINE)
_STATE = re.compile(r"^ +state +(\S+)", re.MULTILINE)
_ASNS = re.compile(r"^ +AS +\d+ +(\d+)", re.MULTILINE)
_AGE = re.compile(r"^ +up for +(?:(\d+) days?, )?(\d+):(\d+):(\d+)", re.MULTILINE)
#: What exabgpcli says, on either stream, of an ExaBGP that does not answer it.
_SILENT = re.compile(r"^(?:warning: )?((?:no end of command|could not |ExaBGP is ).*)$", re.MULTILINE)
#: A route of an Adj-RIB: whose it is, and what ExaBGP's own language says of it.
_ROUTE = re.compile(
    r"^neighbor (\S+) local-ip \S+ local-as (\d+) .* (?:ipv4|ipv6) unicast (\S+/\d+) next-hop (\S+)(.*)$",
    re.MULTILINE,
)
_AS_PATH = re.compile(r" as-path \[ ([\d ]*)\]")

_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)")
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ENDS, _BETWEEN_WORDS = ";{}", ";{},[]# \t\r\n"
_PROCESS = (
    "'process' would run a program on this machine: announce with the topology's 'exec', "
    "or give the node 'runtime: docker'"
)

#: ExaBGP's names for the states of RFC 4271.
_STATES = {
    state.upper(): state for state in ("Idle", "Active", "Connect", "OpenSent", "OpenConfirm", "Established")
}


@dataclass(frozen=True)
class _Announcement:
    """A prefix that a neighbour announced, or is to be told of."""

    neighbour: str
    prefix: IPv4Network | IPv6Network
    next_hops: tuple[IPv4Address | IPv6Address, ...]


class ExaBgp(RouterKind):
    """ExaBGP 4, at the customer's end."""

    name = "exabgp"
    title = "ExaBGP"
    user = "exabgp"
    daemons: tuple[PurePath, ...] = (PurePath("/usr/sbin/exabgp"),)
    package = "exabgp"
    capabilities = (
        "NET_BIND_SERVICE",  # what the daemon keeps
        *("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"),  # how it comes to be the user exabgp
    )
    container_directory = PurePath("/run/exabgp")
    log_file = "exabgp.log"

    def files(self, configuration: str, place: PurePath) -> Mapping[str, str]:  # noqa: ARG002 - settings say it
        return {"exabgp.conf": configuration}

    def check_command(self, place: PurePath) -> Argv:
        settings = _settings(place, {"api_cli": "false"})
        return (*settings, str(self.daemons[0]), "--validate", str(place / self.candidate_file))

    def start_commands(self, place: PurePath) -> Sequence[Argv]:
        pipes = 'cd "$0" && rm -f exabgp.in exabgp.out exabgp.pid && mkfifo -m 600 exabgp.in exabgp.out'
        settings = _settings(place, {"daemon_pid": f"{place}/exabgp.pid"})
        daemon = (*settings, str(self.daemons[0]), f"{place}/exabgp.conf")
        return (
            unprivileged(self.user, (), ("sh", "-c", pipes, str(place))),
            in_background(unprivileged(self.user, ("NET_BIND_SERVICE",), daemon), place / self.log_file),
        )

    def probe_command(self, place: PurePath) -> Argv:
        return ("test", "-s", f"{place}/exabgp.pid")

    def commands(self, configuration: str) -> tuple[Refusal, ...]:
        return tuple(
            Refusal(number, _PROCESS) for number, line in _lines(configuration) if _runs_program(line)
        )

    def refusals(self, output: str, configuration: str) -> tuple[Refusal, ...]:  # noqa: ARG002 - the line is said
        said = "\n".join(_LOGGED.findall(output))
        return tuple(Refusal(int(line), words.strip()) for line, words in _REFUSED.findall(said))

    def user_command(self, place: PurePath, argv: Sequence[str]) -> Argv:
        if argv and PurePath(argv[0]).name == "exabgpcli":
            return (*_settings(place), *argv)
        return tuple(argv)

    def neighbours(self, ask: Ask, place: PurePath) -> tuple[Neighbour, ...]:
        blocks = _BLOCK.findall(_told(ask, place, "show", "neighbor", "extensive"))
        received, sent = (_rib(ask, place, way) if blocks else () for way in ("in", "out"))
        found = (_neighbour(address, said, received, sent) for address, said in blocks)
        return tuple(sorted(found, key=lambda each: (each.address.version, each.address.packed)))

    def routes(self, ask: Ask, place: PurePath) -> tuple[RouterRoute, ...]:
        found = (RouterRoute(each.prefix, "bgp", each.next_hops) for each in _rib(ask, place, "in"))
        return tuple(sorted(found, key=lambda route: (route.prefix.version, route.prefix)))


def _settings(place: PurePath, more: Mapping[str, str] | None = None) -> Argv:
    """ExaBGP's settings, which it takes from the environment of the program that follows."""
    pipes = os.path.relpath(place / "exabgp", _RUN)
    settings = {"api_pipename": pipes, "daemon_drop": "false", **(more or {})}
    return ("env", *(f"exabgp_{name}={value}" for name, value in settings.items()))


# ----- its language -----------------------------------------------------------------------------------------


def _lines(configuration: str) -> Iterator[tuple[int, str]]:
    """The lines as ExaBGP reads them, by the number of the first: a backslash at the end joins two, and stays."""
    begun, whole = 0, ""
    for number, line in enumerate(StringIO(configuration, newline=None), 1):
        begun, whole = (begun if whole else number), whole + line.rstrip()
        if not whole.endswith("\\"):
            yield begun, whole
            whole = ""
    yield begun, whole


def _runs_program(line: str) -> bool:
    return any(words[:1] == ["process"] for words in _statements(_ESCAPED.sub(_unescaped, line)))


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _CONTROLS.get(code, code)


def _statements(line: str) -> Iterator[list[str]]:
    """The words before each `;`, `{` and `}`. A quote goes, and begins no word (configuration/core/format.py)."""
    words: list[str] = []
    word = quote = ""
    for letter in line:
        if letter == quote:
            words, word, quote = [*words, word], "", ""
        elif letter in "\"'":
            quote = letter
        elif quote or letter not in _BETWEEN_WORDS:
            word += letter
        elif letter == "#":
            return
        else:
            words, word = ([*words, word] if word else words), ""
            if letter in _ENDS:
                yield words
                words = []


# ----- answers ----------------------------------------------------------------------------------------------


def _told(ask: Ask, place: PurePath, *words: str) -> str:
    """What the running ExaBGP answers; nothing where it does not run.

    :raises RouterError: it runs, but does not answer in time.
    """
    running = 'test -e "/proc/$(cat "$0" 2>/dev/null || echo none)" && exec "$@"'
    said = ask(("sh", "-c", running, f"{place}/exabgp.pid", *_settings(place), "exabgpcli", *words))
    if failure := _SILENT.search(said):
        raise RouterError(f"ExaBGP does not answer '{' '.join(words)}': {failure[1]}")
    return said


def _rib(ask: Ask, place: PurePath, way: str) -> tuple[_Announcement, ...]:
    """All neighbours' Adj-RIB-In or Adj-RIB-Out."""
    return tuple(_announcements(_told(ask, place, "show", "adj-rib", way, "extensive")))


def _neighbour(
    address: str, said: str, received: Sequence[_Announcement], sent: Sequence[_Announcement]
) -> Neighbour:
    state, asn = _STATE.search(said), _ASNS.search(said)
    name = _STATES.get(state[1], "Idle") if state else "Idle"
    age = _AGE.search(said)
    up = name == "Established"
    return Neighbour(
        address=ip_address(address),
        asn=int(asn[1]) if asn else 0,
        state=name,
        since=time.time() - _seconds(age) if up else None,
        accepted=sum(each.neighbour == address for each in received) if up else 0,
        advertised=sum(each.neighbour == address for each in sent) if up else 0,
    )


def _seconds(age: re.Match[str] | None) -> int:
    if age is None:
        return 0  # in its first second, ExaBGP calls a session down
    days, hours, minutes, seconds = (int(part or 0) for part in age.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _announcements(answer: str) -> Iterator[_Announcement]:
    for address, own_as, prefix, hop, attributes in _ROUTE.findall(answer):
        path = _AS_PATH.search(attributes)
        if path is None or own_as not in path[1].split():
            hops = () if hop == "self" else (ip_address(hop),)
            yield _Announcement(address, ip_network(prefix), hops)
