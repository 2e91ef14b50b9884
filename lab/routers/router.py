"""One customer router, from its place to its sessions.

    prepare     the place: a network namespace, a directory            then the lab plugs the cables in
    start       check the configuration, make the 802.1Q sub-interfaces it asks for, start the daemons, apply
    it reconfigure carry out lines at run time, as typed at the router's terminal
    stop        end the daemons; the place and its cables stay
    remove      take the place away

The daemons belong to nobody: they go on when the process that started them dies, and another finds them again
by the network namespace that they run in.
"""

from __future__ import annotations

import signal
from collections.abc import Collection, Sequence
from pathlib import Path

from lab.errors import RouterError, without_secrets
from lab.network.links import End, find_link, has_carrier
from lab.network.namespaces import namespace_exists, netlink
from lab.network.vlan import vlan_driver
from lab.routers.kinds import KINDS, Neighbour, RouterRoute, SubInterface
from lab.routers.kinds.base import Argv
from lab.routers.processes import end_processes
from lab.routers.runtimes import Completed, RouterRuntime, runtime_of
from lab.routers.runtimes.base import Site
from lab.topology import RouterNode

#: What an Ethernet port has unless somebody sets another, and what a new virtual interface has at AWS.
_MTU = 1500
_LOG_LINES = 20
_REFUSED = "refuses the configuration"


def create(node: RouterNode, *, lab: str, directory: Path, namespace: str) -> Router:
    """The router of a topology's node; nothing is made yet.

    :param directory: where it keeps its files while it runs.
    :param namespace: the name of its network namespace.
    """
    site = Site(lab, node.name, directory, namespace, node.image)
    return Router(node.startup_config, runtime_of(node.runtime)(site, KINDS[node.kind]))


class Router:
    """A customer's router. All methods block; a router is for one thread at a time.

    :param source: the file that its configuration is from, for errors.
    :ivar place: the router's directory as its daemons see it.
    """

    def __init__(self, source: Path, runtime: RouterRuntime) -> None:
        self.source = source
        self.name = runtime.site.node
        self.namespace = runtime.site.namespace
        self._runtime = runtime
        self._kind = runtime.kind
        self.place = runtime.place
        self._secrets: Collection[str] = ()

    # ----- life --------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the router's place. Cables can be plugged in from here on.

        :raises MissingPartError: the daemons, the engine or the image are not there.
        """
        self._runtime.prepare()

    def start(self, configuration: str, *, secrets: Collection[str] = ()) -> None:
        """Run the router with this configuration; one that runs already is started anew.

        :param configuration: in the router's own language, all references resolved.
        :param secrets: what no error may show, whichever line it stands in: keys of sessions.
        :raises RouterError: the configuration is refused, with the daemon's words, file and line; or a daemon
            does not start. No daemon of the router is left then.
        """
        self._secrets = secrets
        self._check(configuration)
        self._ensure_sub_interfaces(configuration)
        self._runtime.write(self._kind.files(configuration))
        self._boot()

    def restart(self) -> None:
        """End the daemons and start them again with the configuration of `start`."""
        self._boot()

    def stop(self) -> None:
        """End the daemons in good order: sessions are closed with a NOTIFICATION."""
        end_processes(self._daemons())

    def kill(self) -> None:
        """End the daemons as a power failure would: nobody is told."""
        end_processes(self._daemons(), (signal.SIGKILL,))

    def remove(self) -> None:
        """Take the router and its place away; no error where they are gone."""
        self._runtime.remove()

    def reconfigure(self, lines: str) -> None:
        """Carry out configuration lines on the running router; what they do not mention stays.

        :raises RouterError: the router refuses a line. Lines that it took before stay in force.
        """
        self._check(lines)
        self._ensure_sub_interfaces(lines)
        self._demand(self._runtime.run(self._kind.amend_command(self.place)), _REFUSED)

    # ----- questions ---------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether all of the router's daemons run, whoever started them."""
        return len(set(self._daemons().values())) == len(self._kind.daemons)

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
        return self._runtime.run(self._kind.user_command(self.place, argv))

    def command(self, argv: Sequence[str], *, terminal: bool) -> Argv:
        """The command of this machine that runs `argv` inside the router, with the user's own input and
        output.

        :param terminal: these are a terminal.
        """
        return self._runtime.command(self._kind.user_command(self.place, argv), terminal=terminal)

    # ----- steps -------------------------------------------------------------------------------------------

    def _check(self, configuration: str) -> None:
        self._runtime.write({self._kind.candidate_file: configuration})
        self._demand(self._runtime.run(self._kind.check_command(self.place)), _REFUSED)

    def _ensure_sub_interfaces(self, configuration: str) -> None:
        driver = vlan_driver()
        for wanted in self._kind.sub_interfaces(configuration):
            trunk = End(self.namespace, wanted.parent)
            self._demand_cable(trunk, wanted)
            driver.ensure(trunk, wanted.vlan, End(self.namespace, wanted.name), mtu=_MTU)
            driver.set_carrier(trunk, has_carrier(trunk))

    def _demand_cable(self, trunk: End, wanted: SubInterface) -> None:
        with netlink(trunk.namespace) as kernel:
            if find_link(kernel, trunk.interface) is not None:
                return
        raise RouterError(
            f"{self.source}:{wanted.line}: {wanted.name} is a sub-interface of {wanted.parent}, but "
            f"no cable is plugged into {wanted.parent}; add a link to '{self.name}:{wanted.parent}'"
        )

    def _boot(self) -> None:
        self.stop()
        try:
            for command in self._kind.start_commands(self.place):
                self._demand(self._runtime.run(command), "does not start")
            self._demand(self._runtime.run(self._kind.apply_command(self.place)), _REFUSED)
        except RouterError:
            self.stop()
            raise

    def _demand(self, ended: Completed, failure: str) -> None:
        """Raise RouterError, with the daemon's words about the user's own file, where a command failed."""
        if ended.status == 0:
            return
        refusals = self._kind.refusals(ended.output)
        words = [f"{self.source}:{refusal.line}: {refusal.words}" for refusal in refusals]
        text = "\n  ".join([f"router '{self.name}' {failure}:", *(words or [self._last_words(ended)])])
        raise RouterError(without_secrets(text, self._secrets))

    def _last_words(self, ended: Completed) -> str:
        return ended.output.strip() or self.log_tail() or f"exit status {ended.status}"

    def _ask(self, command: Argv) -> str:
        return self._runtime.run(command).output

    def _daemons(self) -> dict[int, str]:
        if not namespace_exists(self.namespace):
            return {}
        return self._runtime.processes([program.name for program in self._kind.daemons])
