"""What dxlab has to know of a routing daemon in order to run it as a customer's router.

A kind opens no file and starts no process. It says which files and commands there have to be, and reads what
the commands printed; `place` is the router's own directory as the daemons see it.

Daemons differ in where a configuration goes. Most read a file of their own when they start, and when they are
told to read it again, it is the whole of what they shall do from then on. FRR's are given lines by a shell
instead, at the start as at any later time, and add them to what they do already. Two methods hold that
difference, `load_command` and `amended_files`, and nobody else has to know of it.

Daemons differ in how they go into the background, too. One that does not do it by itself is sent there by
`in_background`. `probe_command` tells when it answers.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import PurePath
from typing import Any

#: A command: the program and its arguments.
Argv = tuple[str, ...]
#: Runs a command in the router's place and returns what it printed.
Ask = Callable[[Argv], str]


@dataclass(frozen=True)
class SubInterface:
    """An 802.1Q sub-interface that a configuration asks for.

    :param parent: the interface on which frames carry the tag, such as eth1.
    :param vlan: the VLAN id, 1 to 4094.
    :param name: the sub-interface itself, such as eth1.101.
    :param line: where the configuration first asks for it.
    """

    parent: str
    vlan: int
    name: str
    line: int


@dataclass(frozen=True)
class Refusal:
    """A line that the daemon does not take, and what it says of it, in its own words."""

    line: int
    words: str


@dataclass(frozen=True)
class Neighbour:
    """A BGP neighbour as the router sees it.

    :param state: RFC 4271's name of the session's state, such as Established.
    :param since: when the session became Established, in seconds of the epoch; None while it is not.
    :param accepted: prefixes received and accepted, over all address families.
    :param advertised: prefixes sent, over all address families.
    :param last_reset: the router's own words for why the session last ended; empty before it first did.
    """

    address: IPv4Address | IPv6Address
    asn: int
    state: str
    since: float | None = None
    accepted: int = 0
    advertised: int = 0
    last_reset: str = ""


@dataclass(frozen=True)
class RouterRoute:
    """A route that the router uses.

    :param protocol: where it is from: bgp, static, connected, ...
    :param next_hops: empty for a connected route and for a black hole.
    """

    prefix: IPv4Network | IPv6Network
    protocol: str
    next_hops: tuple[IPv4Address | IPv6Address, ...] = ()


def in_background(argv: Argv, log: PurePath) -> Argv:
    """The command that starts a program which stays in the foreground, without waiting for it. What it says goes
    to the log.
    """
    return ("setsid", "--fork", "sh", "-c", 'exec "$@" </dev/null >>"$0" 2>&1', str(log), *argv)


def unprivileged(user: str, capabilities: Sequence[str], argv: Argv) -> Argv:
    """The command that runs a program as this user and group, with these capabilities at most."""
    kept = "".join(f",+{capability.lower()}" for capability in capabilities)
    options = (f"--reuid={user}", f"--regid={user}", "--clear-groups")
    return ("setpriv", *options, f"--inh-caps=-all{kept}", f"--ambient-caps=-all{kept}", *argv)


def json_in(answer: str) -> dict[str, Any]:
    """The JSON object in what a daemon's own tool printed; empty where it has nothing to say, which some tools put
    in words and some in no words.
    """
    start = answer.find("{")
    if start < 0:
        return {}
    found, _ = json.JSONDecoder().raw_decode(answer, start)
    return dict(found)


class RouterKind(ABC):
    """One routing daemon's ways."""

    #: As a topology's `kind` calls it.
    name: str
    #: As its makers call it.
    title: str
    #: The user and group that own the router's directory, and as which the daemons run.
    user: str
    #: The user as whom the daemons' own tools run in the namespace runtime, where that is not `user`.
    tools_user: str = ""
    #: The container image of the docker runtime, unless the topology names another.
    image: str = "dxlab-router"
    #: Paths of the programs; each is also the name of the process that it becomes.
    daemons: tuple[PurePath, ...]
    #: The Debian package that brings them.
    package: str
    #: Linux capabilities (capabilities(7), without CAP_) that the daemons are left with: those that they keep and
    #: those that they need to become `user`.
    capabilities: tuple[str, ...]
    #: Where the daemons expect their directory in a container, so that their own tools find them there.
    container_directory: PurePath
    #: The file of the router's directory into which the daemons log.
    log_file: str
    #: The `routerTypeIdentifier` under which DescribeRouterConfiguration speaks its language; empty where none does.
    aws_router_type: str = ""
    #: The file of the router's directory that `check_command` and `amend_command` read.
    candidate_file: str = "candidate.conf"

    @abstractmethod
    def files(self, configuration: str, place: PurePath) -> Mapping[str, str]:
        """The files that the router's directory must hold before the daemons start, by name. Lines of the
        configuration keep their numbers.
        """

    def amended_files(self, configuration: str, place: PurePath) -> Mapping[str, str]:
        """The files that are written anew when the running router is given this configuration: all of them, for
        it is the whole one from then on. A kind that adds lines to what runs keeps its files as they were.
        """
        return self.files(configuration, place)

    def sub_interfaces(self, configuration: str) -> tuple[SubInterface, ...]:  # noqa: ARG002 - most name none
        """The 802.1Q sub-interfaces that the configuration asks for, each once."""
        return ()

    def commands(self, configuration: str) -> tuple[Refusal, ...]:  # noqa: ARG002 - most daemons run none
        """The lines by which the configuration would have the daemon run a command."""
        return ()

    @abstractmethod
    def check_command(self, place: PurePath) -> Argv | None:
        """Check the candidate file without any daemon; the status is not 0 where it is refused. None: nobody can."""

    @abstractmethod
    def start_commands(self, place: PurePath) -> Sequence[Argv]:
        """Start the daemons with the configuration in `files`, in this order. Each command ends by itself and
        leaves its daemon in the background; the status is not 0 where a daemon does not start or refuses.
        """

    def load_command(self, place: PurePath) -> Argv | None:  # noqa: ARG002 - most daemons read a file themselves
        """Give the daemons that were just started the configuration in `files`; the status is not 0 where they refuse
        it. None: they have read it.
        """
        return None

    def probe_command(self, place: PurePath) -> Argv:  # noqa: ARG002 - where the start waits, there is no question
        """Ask the daemons for a sign of life; the status is 0 from when they answer. A kind whose start commands
        end no earlier than that has nothing to ask.
        """
        return ("true",)

    def amend_command(self, place: PurePath) -> Argv | None:  # noqa: ARG002 - for those that can
        """Have the running daemons take what `amended_files` and the candidate file hold; the status is not 0
        where they refuse it. None: only daemons that are started anew take it.
        """
        return None

    @abstractmethod
    def refusals(self, output: str, configuration: str) -> tuple[Refusal, ...]:
        """What the daemon refuses, from what a check, a start or an amend printed. What stands
        behind a word for a key is left out; a key behind a misspelt one is for the caller to take out.

        :param configuration: what was refused, for daemons that do not say the line.
        """

    @abstractmethod
    def user_command(self, place: PurePath, argv: Sequence[str]) -> Argv:
        """A command that a user wants to run, so that the daemons' own tools find this router's daemons."""

    @abstractmethod
    def neighbours(self, ask: Ask, place: PurePath) -> tuple[Neighbour, ...]:
        """The BGP neighbours, in order of address."""

    @abstractmethod
    def routes(self, ask: Ask, place: PurePath) -> tuple[RouterRoute, ...]:
        """The routes that the router uses, IPv4 first, in order of prefix."""
