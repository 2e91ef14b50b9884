"""One customer router, from its place to its sessions.

    prepare     the place: a network namespace, a directory            then the lab plugs the cables in
    start       check the configuration, make the interfaces as it and the topology ask for, start the daemons
                with it, run the topology's commands
    reconfigure give it another configuration at run time, in its kind's way
    stop        end the daemons; the place and its cables stay
    remove      take the place away

The daemons belong to nobody: they go on when the process that started them dies, and another finds them again
by the network namespace that they run in.
"""

from __future__ import annotations

import os
import shlex
import signal
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from lab.errors import RefusedConfigurationError, RefusedLine, RouterError, without_secrets
from lab.network.namespaces import namespace_exists
from lab.routers.interfaces import Interface, ensure_interfaces, merged
from lab.routers.kinds import KINDS, Neighbour, Refusal, RouterRoute
from lab.routers.kinds.base import Argv
from lab.routers.kinds.linux import Linux
from lab.routers.processes import end_processes
from lab.routers.runtimes import Completed, RouterRuntime, runtime_of
from lab.routers.runtimes.base import Site
from lab.topology import RouterNode

_LOG_LINES = 20
_REFUSED, _NO_START = "refuses the configuration", "does not start"
#: Seconds within which daemons must answer, within which a started program must have become one, and between two
#: questions whether they do.
_PATIENCE, _GRACE, _PAUSE = 15.0, 2.0, 0.01


def create(node: RouterNode, *, lab: str, directory: Path, namespace: str) -> Router:
    """The router of a topology's node; nothing is made yet.

    :param directory: where it keeps its files while it runs.
    :param namespace: the name of its network namespace.
    """
    site = Site(lab, node.name, directory, namespace, node.image)
    source = node.startup_config or directory.with_name(f"{node.name}.from-aws.conf")
    return Router(source, _runtime(node, site))


def _runtime(node: RouterNode, site: Site) -> RouterRuntime:
    if node.run is None:
        return runtime_of(node.runtime)(site, KINDS[node.kind])
    # Imported here, for not every lab has containers and their SDK is large.
    from lab.routers.runtimes.image import ImageRuntime

    return ImageRuntime(site, Linux(node.run), node.run)


class Router:
    """A customer's router. All methods block; a router is for one thread at a time.

    :param source: the file that its configuration is from, for errors; where AWS gave it, the file to keep it in.
    :ivar place: the router's directory as its daemons see it.
    """

    def __init__(self, source: Path, runtime: RouterRuntime) -> None:
        self.source = source
        self.name = runtime.site.node
        self.namespace = runtime.site.namespace
        self._runtime = runtime
        self._kind = runtime.kind
        self.place = runtime.place
        self._interfaces: Sequence[Interface] = ()
        self._commands: Sequence[Argv] = ()
        self._secrets: Collection[str] = ()
        self._configuration = ""

    # ----- life --------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the router's place. Cables can be plugged in from here on.

        :raises MissingPartError: the daemons, the engine or the image are not there.
        """
        self._runtime.prepare()

    def start(
        self,
        configuration: str,
        *,
        interfaces: Sequence[Interface] = (),
        commands: Sequence[Argv] = (),
        secrets: Collection[str] = (),
    ) -> None:
        """Run the router with this configuration; one that runs already is started anew.

        :param configuration: in the router's own language, all references resolved.
        :param interfaces: what the topology asks for beside it.
        :param commands: of a user, to be run inside the router now and after every `restart`.
        :param secrets: what no error may show, whichever line it stands in: keys of sessions.
        :raises RouterError: the configuration is refused, with the daemon's words, file and line; or a daemon
            does not start. No daemon of the router is left then.
        """
        self._interfaces, self._commands, self._secrets = interfaces, commands, secrets
        self._check(configuration)
        self._ensure_interfaces(configuration)
        self._runtime.write(self._kind.files(configuration, self.place))
        self._boot()

    def restart(self) -> None:
        """End the daemons and start them again with the configuration that their files hold: that of `start`, or
        of a `reconfigure` that replaced it.
        """
        self._boot()

    def stop(self) -> None:
        """End the daemons in good order: sessions are closed with a NOTIFICATION."""
        end_processes(self._daemons())

    def kill(self) -> None:
        """End the daemons as a power failure would: nobody is told."""
        daemons = self._daemons()
        # A daemon whose parent dies a moment earlier says goodbye; one that is stopped says nothing.
        for pid in daemons:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        end_processes(daemons, (signal.SIGKILL,))

    def remove(self) -> None:
        """Take the router and its place away; no error where they are gone."""
        self._runtime.remove()

    def reconfigure(self, configuration: str) -> None:
        """Give the running router another configuration in its kind's own way: an FRR carries the lines out as if
        they were typed at its terminal, and what they do not mention stays; a daemon that reads a file takes the
        text as its whole configuration from now on.

        :raises RouterError: the router refuses it. Nothing has changed then, but for lines that FRR's daemons
            took before the one that they refuse.
        """
        self._check(configuration)
        self._ensure_interfaces(configuration)
        self._runtime.write(self._kind.amended_files(configuration, self.place))
        command = self._kind.amend_command(self.place)
        if command is None:
            self._boot()
        else:
            self._demand(self._runtime.run(command), _REFUSED)

    # ----- questions ---------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether all of the router's daemons run, whoever started them."""
        return len(set(self._daemons().values())) == len(self._kind.daemons)

    def answers(self) -> bool:
        """Whether the daemons answer whoever asks them; they do not while they start."""
        return self._probe().status == 0

    def neighbours(self) -> tuple[Neighbour, ...]:
        """The router's BGP neighbours, in order of address; none while it does not run."""
        return self._kind.neighbours(self._ask, self.place)

    def routes(self) -> tuple[RouterRoute, ...]:
        """The routes that the router uses; none while it does not run."""
        return self._kind.routes(self._ask, self.place)

    def log_tail(self, lines: int = _LOG_LINES) -> str:
        """The last lines that the daemons logged."""
        return "\n".join(self._runtime.read(self._kind.log_file).splitlines()[-lines:])

    # ----- commands ----------------------------------------------------------------------------------------

    def execute(self, argv: Sequence[str]) -> Completed:
        """Run a command inside the router to its end."""
        return self._runtime.execute(self._kind.user_command(self.place, argv))

    def command(self, argv: Sequence[str], *, terminal: bool) -> Argv:
        """The command of this machine that runs `argv` inside the router, with the user's own input and
        output.

        :param terminal: these are a terminal.
        """
        return self._runtime.command(self._kind.user_command(self.place, argv), terminal=terminal)

    # ----- steps -------------------------------------------------------------------------------------------

    def _check(self, configuration: str) -> None:
        self._configuration = configuration
        if not self._runtime.may_run_commands and (lines := self._kind.commands(configuration)):
            raise self._refusal(lines, Completed(1, ""))
        command = self._kind.check_command(self.place)
        if command is not None:
            self._runtime.write({self._kind.candidate_file: configuration})
            self._demand(self._runtime.run(command), _REFUSED)

    def _ensure_interfaces(self, configuration: str) -> None:
        configured = (
            Interface(each.name, f"{self.source}:{each.line}", each.parent, each.vlan)
            for each in self._kind.sub_interfaces(configuration)
        )
        ensure_interfaces(self.name, self.namespace, merged(configured, self._interfaces))

    def _boot(self) -> None:
        self.stop()
        try:
            for command in self._kind.start_commands(self.place):
                self._demand(self._runtime.start(command), _NO_START)
            if (load := self._kind.load_command(self.place)) is not None:
                self._demand(self._runtime.run(load), _NO_START)
            self._await_answer()
            for command in self._commands:
                self._demand(self.execute(command), f"fails to carry out '{shlex.join(command)}'")
        except RouterError:
            self.stop()
            raise

    def _await_answer(self) -> None:
        """Wait until the daemons answer.

        :raises RouterError: they do not in time, or are gone.
        """
        begin = time.monotonic()
        while (ended := self._probe()).status:
            if time.monotonic() - begin > (_PATIENCE if self.is_running() else _GRACE):
                self._demand(Completed(ended.status, self.log_tail() or ended.output), _NO_START)
            time.sleep(_PAUSE)
        if not self.is_running():
            self._demand(Completed(1, self.log_tail()), _NO_START)

    def _probe(self) -> Completed:
        return self._runtime.run(self._kind.probe_command(self.place))

    def _demand(self, ended: Completed, failure: str) -> None:
        """Raise RouterError, with the daemon's words about the user's own file, where a command failed."""
        if ended.status == 0:
            return
        refused = self._kind.refusals(ended.output, self._configuration)
        if refused or failure == _REFUSED:
            raise self._refusal(refused, ended)
        raise RouterError(self._sentence(failure, self._last_words(ended)))

    def _refusal(self, refused: Sequence[Refusal], ended: Completed) -> RefusedConfigurationError:
        lines = tuple(
            RefusedLine(self.source, each.line, without_secrets(each.words, self._secrets))
            for each in refused
        )
        words = [*map(str, lines)] or [self._last_words(ended)]
        return RefusedConfigurationError(self._sentence(_REFUSED, *words), self.name, lines)

    def _sentence(self, failure: str, *words: str) -> str:
        return without_secrets("\n  ".join([f"router '{self.name}' {failure}:", *words]), self._secrets)

    def _last_words(self, ended: Completed) -> str:
        return ended.output.strip() or self.log_tail() or f"exit status {ended.status}"

    def _ask(self, command: Argv) -> str:
        return self._runtime.run(command).output

    def _daemons(self) -> dict[int, str]:
        if not namespace_exists(self.namespace):
            return {}
        return self._runtime.processes([program.name for program in self._kind.daemons])
