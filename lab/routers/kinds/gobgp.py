"""GoBGP 3: one daemon that speaks BGP and nothing else.

`gobgpd` reads a TOML file (`-f`), checks one without running (`-d`), and is asked over gRPC by `gobgp`, which prints
JSON. Told to read its file again (SIGHUP), it changes the first of several neighbours and forgets the others, so it is
started anew instead. Here the gRPC socket is a UNIX one in the router's own directory. gobgpd needs no
privilege but the one to listen on TCP port 179, and does not give others up by itself: setpriv(1) makes it an
ordinary user's process that keeps CAP_NET_BIND_SERVICE.

GoBGP leaves the forwarding to zebra, and none runs here. So it puts no route into the kernel: what it has learnt it
repeats to its neighbours, but the router sends no packet there. `routes` is therefore GoBGP's own table. Its file
has no word for prefixes of the router's own either; `gobgp global rib add` announces them, as one of the topology's
`exec`.

What the daemon refuses it names by the path in the file's tree (`neighbors[1].config.peer-as`), by a word of the
file, or, where it cannot read on, by line. The line of the first two is looked for in the file.

https://github.com/osrg/gobgp/tree/v3.10.0/docs/sources (configuration.md, cli-command-syntax.md)
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
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
    unprivileged,
)

#: api/attribute.proto's numbers of PeerState.SessionState; 0 is an unknown one.
_STATES = ("Idle", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established")
_FAMILIES = ("ipv4", "ipv6")
_NEXT_HOP, _MP_REACH_NLRI = 3, 14

_ERROR = re.compile(r'\bError=("(?:[^"\\]|\\.)*"|\S+)')
_POSITION = re.compile(r"While parsing config: \((\d+), \d+\): (.*)")
#: A value of the wrong type: the path of its key in quotes; and a key that is none: the path of its table.
_VALUE = re.compile(r"\* .*?'([\w.\[\]-]*)' .*")
_KEYS = re.compile(r"\* '([\w.\[\]-]*)' has invalid keys: ([\w-]+).*")
_TABLE = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")
_DOWN = re.compile(r'msg="Peer Down" Key="?([^" ]+)"? Reason=("(?:[^"\\]|\\.)*"|\S+)')


class GoBgp(RouterKind):
    """gobgpd, without zebra."""

    name = "gobgp"
    title = "GoBGP"
    user = "daemon"
    daemons: tuple[PurePath, ...] = (PurePath("/usr/bin/gobgpd"),)
    package = "gobgpd"
    aws_router_type = "OSRG-GoBGP-3"
    capabilities = (
        "NET_BIND_SERVICE",  # what the daemon keeps
        *("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"),  # how it comes to be an ordinary user's
    )
    container_directory = PurePath("/run/gobgp")
    log_file = "gobgpd.log"

    def files(self, configuration: str, place: PurePath) -> Mapping[str, str]:  # noqa: ARG002 - options say it
        return {"gobgpd.conf": configuration}

    def check_command(self, place: PurePath) -> Argv:
        return (str(self.daemons[0]), "-d", "--log-plain", "-f", str(place / self.candidate_file))

    def start_commands(self, place: PurePath) -> Sequence[Argv]:
        options = ("--log-plain", "--pprof-disable", "--api-hosts", _socket(place))
        daemon = (str(self.daemons[0]), "-f", f"{place}/gobgpd.conf", *options)
        # A socket that is there already, of a daemon that was killed, is one too many.
        return (
            ("rm", "-f", f"{place}/gobgpd.sock"),
            in_background(unprivileged(self.user, ("NET_BIND_SERVICE",), daemon), place / self.log_file),
        )

    def probe_command(self, place: PurePath) -> Argv:
        # The daemon answers before it has read its file; only then it has an ASN.
        return ("sh", "-c", """timeout 2 "$@" | grep -q '"asn"'""", "sh", *_ask(place), "global", "-j")

    def refusals(self, output: str, configuration: str) -> tuple[Refusal, ...]:
        lines = configuration.splitlines()
        errors = (json.loads(found) if found[0] == '"' else found for found in _ERROR.findall(output))
        return tuple(refusal for error in errors for refusal in _refusals(str(error), lines))

    def user_command(self, place: PurePath, argv: Sequence[str]) -> Argv:
        if argv and PurePath(argv[0]).name == "gobgp":
            return (argv[0], "--target", _socket(place), *argv[1:])
        return tuple(argv)

    def neighbours(self, ask: Ask, place: PurePath) -> tuple[Neighbour, ...]:
        listed = _json(ask((*_ask(place), "neighbor", "-j")), [])
        addresses = [record["state"]["neighbor_address"] for record in listed]
        # Only who asks for one neighbour is told how much it was sent.
        records = [_json(ask((*_ask(place), "neighbor", address, "-j")), {}) for address in addresses]
        downs = dict(_DOWN.findall(ask(("cat", f"{place}/{self.log_file}")))) if addresses else {}
        found = (_neighbour(record, downs) for record in records if record)
        return tuple(sorted(found, key=lambda each: (each.address.version, each.address.packed)))

    def routes(self, ask: Ask, place: PurePath) -> tuple[RouterRoute, ...]:
        tables = (_json(ask((*_ask(place), "global", "rib", "-a", family, "-j")), {}) for family in _FAMILIES)
        found = (route for table in tables for paths in table.values() for route in _routes(paths))
        return tuple(sorted(found, key=lambda route: (route.prefix.version, route.prefix)))


def _socket(place: PurePath) -> str:
    return f"unix://{place}/gobgpd.sock"


def _ask(place: PurePath) -> Argv:
    return ("gobgp", "--target", _socket(place))


def _json(answer: str, nothing: Any) -> Any:  # noqa: ANN401 -- JSON
    """gobgp's answer; `nothing` where it says in words that there is nothing, or that no daemon answers."""
    try:
        found = json.loads(answer)
    except json.JSONDecodeError:
        return nothing
    return found if isinstance(found, type(nothing)) and "error" not in found else nothing


# ----- refusals ---------------------------------------------------------------------------------------------


def _refusals(error: str, lines: Sequence[str]) -> Iterator[Refusal]:
    if position := _POSITION.fullmatch(error):
        yield Refusal(int(position[1]), position[2])
        return
    decoding = [line for line in error.splitlines() if line.startswith("* ")]
    for words in decoding or [error]:
        yield Refusal(_line(words, lines), words.removeprefix("* "))


def _line(words: str, lines: Sequence[str]) -> int:
    """Where the file has what these words are about; its first line where that cannot be told."""
    if keys := _KEYS.fullmatch(words):
        path = f"{keys[1]}.{keys[2]}".lstrip(".")
    elif value := _VALUE.fullmatch(words):
        path = value[1]
    else:
        named = (word.strip("'\":,") for word in words.split())
        said = [word for word in named if re.search(r"[-.:\d]", word)]
        return next((n for word in said for n, line in enumerate(lines, 1) if word in line), 1)
    return next((number for found, number in _paths(lines) if _same(found, path)), 1)


def _same(found: str, path: str) -> bool:
    """Whether a place of the file is this path, or within it: a table that is none has no number there."""
    return (
        found == path or re.sub(r"\[\d+\]", "", found).startswith(f"{path}.") or found.startswith(f"{path}[")
    )


def _paths(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Every table and key by its path, such as `neighbors[0].config.peer-as`, with its line."""
    counts: Counter[str] = Counter()
    table = ""
    for number, line in enumerate(lines, 1):
        if header := _TABLE.match(line):
            table = _numbered(header[2], counts, opens=header[1] == "[[")
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{key[1]}".lstrip("."), number


def _numbered(name: str, counts: Counter[str], *, opens: bool) -> str:
    """A table's name with the number of every array that it is in: the last one that was opened."""
    parts = name.split(".")
    path = ""
    for depth, part in enumerate(parts, 1):
        path = f"{path}.{part}".lstrip(".")
        if opens and depth == len(parts):
            counts[path] += 1
        if counts[path]:
            path += f"[{counts[path] - 1}]"
    return path


# ----- answers ----------------------------------------------------------------------------------------------


def _neighbour(record: Mapping[str, Any], downs: Mapping[str, str]) -> Neighbour:
    state, address = record["state"], record["state"]["neighbor_address"]
    name = _STATES[state.get("session_state", 0)]
    families = [family["state"] for family in record.get("afi_safis", ())]
    reason = downs.get(address, "")
    return Neighbour(
        address=ip_address(address),
        asn=state.get("peer_asn", 0),
        state=name,
        since=float(record["timers"]["state"]["uptime"]["seconds"]) if name == "Established" else None,
        accepted=sum(family.get("accepted", 0) for family in families),
        advertised=sum(family.get("advertised", 0) for family in families),
        last_reset=json.loads(reason) if reason.startswith('"') else reason,
    )


def _routes(paths: Sequence[Mapping[str, Any]]) -> Iterator[RouterRoute]:
    for path in paths:
        if path.get("best"):
            prefix = ip_network(path["nlri"]["prefix"])
            if "neighbor-ip" in path:
                yield RouterRoute(prefix, "bgp", _hops(path["attrs"]))
            else:
                yield RouterRoute(prefix, "static")


def _hops(attributes: Sequence[Mapping[str, Any]]) -> tuple[IPv4Address | IPv6Address, ...]:
    found = (each for each in attributes if each["type"] in (_NEXT_HOP, _MP_REACH_NLRI))
    return tuple(ip_address(each["nexthop"]) for each in found)
