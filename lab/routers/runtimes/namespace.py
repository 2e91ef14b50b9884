"""A router as processes of this machine in a network namespace of their own: nothing but the daemons is
needed.

What they do, a configuration says; so the daemons, and the tools that read it, are shut into an enclosure, in which the
router's directory below the lab's run directory is all that there is to write to. They see it under its usual name, too
(/run/frr, say). They are without new privileges, daemons with no more capabilities than their kind's, tools with none.

Commands of the topology's `exec` and of `dxlab exec` are a user's, who may do what root may. nsenter(1) puts them into
the network namespace, and they see this machine's files as they are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from lab.errors import MissingPartError, RouterError
from lab.network.enclosure import Enclosure, start_enclosed
from lab.network.namespaces import (
    DIRECTORY,
    ensure_namespace,
    namespace_exists,
    prepare_router,
    processes_in,
    remove_namespace,
)
from lab.routers.kinds.base import Argv
from lab.routers.processes import end_processes
from lab.routers.runtimes.base import Completed, RouterRuntime

#: Seconds that a command of the lab's own may take.
_PATIENCE = 30.0
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


class NamespaceRuntime(RouterRuntime):
    """A network namespace of this machine."""

    may_run_commands = False

    @property
    def place(self) -> PurePath:
        return self.site.directory

    def prepare(self) -> None:
        self._demand_daemons()
        ensure_namespace(self.site.namespace)
        prepare_router(self.site.namespace)
        self.site.directory.mkdir(mode=0o750, parents=True, exist_ok=True)
        shutil.chown(self.site.directory, self.kind.user, self.kind.user)

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.site.directory / name
            path.unlink(missing_ok=True)
            with open(path, "x", encoding="utf-8", opener=_private) as file:
                file.write(text)
            shutil.chown(path, group=self.kind.user)

    def read(self, name: str) -> str:
        try:
            path = self.site.directory / name
            with open(path, encoding="utf-8", errors="replace", opener=_itself) as file:
                return file.read()
        except OSError:
            return ""

    def run(self, argv: Sequence[str]) -> Completed:
        user = (
            f"--reuid={self.kind.tools_user or self.kind.user}",
            f"--regid={self.kind.user}",
            "--clear-groups",
        )
        return self._run_enclosed((*user, "--bounding-set=-all", "--inh-caps=-all"), argv)

    def start(self, argv: Sequence[str]) -> Completed:
        kept = "".join(f",+{capability.lower()}" for capability in self.kind.capabilities)
        return self._run_enclosed((f"--bounding-set=-all{kept}",), argv)

    def execute(self, argv: Sequence[str]) -> Completed:
        command = self.command(argv, terminal=False)
        return self._ended(
            argv,
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_ENVIRONMENT,
            ),
        )

    def command(self, argv: Sequence[str], *, terminal: bool) -> Argv:  # noqa: ARG002 - another runtime needs it
        return ("nsenter", f"--net={DIRECTORY / self.site.namespace}", "--", *argv)

    def remove(self) -> None:
        if namespace_exists(self.site.namespace):
            end_processes(processes_in(self.site.namespace))
            remove_namespace(self.site.namespace)
        shutil.rmtree(self.site.directory, ignore_errors=True)

    @classmethod
    def remove_leftovers(cls, lab: str) -> None:
        """Nothing: a lab's namespaces, the processes in them and its run directory are all there is."""

    def _run_enclosed(self, rights: Argv, argv: Sequence[str]) -> Completed:
        usual = self.kind.container_directory
        enclosure = Enclosure(
            self.site.namespace,
            own=dict.fromkeys((self.site.directory, Path(usual)), self.site.directory),
            scratch=[Path("/var/log", usual.name)],
        )
        command = ("setpriv", "--no-new-privs", *rights, *argv)
        return self._ended(argv, start_enclosed(command, enclosure, _ENVIRONMENT))

    def _ended(self, argv: Sequence[str], process: subprocess.Popen[bytes]) -> Completed:
        with process:
            try:
                output, _ = process.communicate(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                sentence = f"router '{self.site.node}': {argv[0]} did not end within {_PATIENCE:.0f} s"
                raise RouterError(sentence) from None
        return Completed(process.returncode, output.decode(errors="replace"))

    def _demand_daemons(self) -> None:
        missing = [program.name for program in self.kind.daemons if not os.access(program, os.X_OK)]
        if missing:
            raise MissingPartError(
                f"router '{self.site.node}' needs {', '.join(missing)}: "
                f"'apt-get install {self.kind.package}', or give the node 'runtime: docker'"
            )


def _private(path: str, flags: int) -> int:
    """For a new file that only root and the router can read."""
    return os.open(path, flags, 0o640)


def _itself(path: str, flags: int) -> int:
    """For a file that the router wrote: where it is a link, it is nothing that the router may show."""
    return os.open(path, flags | os.O_NOFOLLOW)
