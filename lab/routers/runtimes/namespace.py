"""A router as processes of this machine in a network namespace of their own: nothing but the daemons is
needed.

They see this machine's files, and their own directory below the lab's run directory. nsenter(1) puts a
command into the network namespace; unlike a fork of this process that enters it, that is safe in a program
with threads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from lab.errors import MissingPartError, RouterError
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
            path.touch(mode=0o640)
            path.write_text(text, encoding="utf-8")
            shutil.chown(path, group=self.kind.user)

    def read(self, name: str) -> str:
        try:
            return (self.site.directory / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def run(self, argv: Sequence[str]) -> Completed:
        try:
            ended = subprocess.run(
                self.command(argv, terminal=False),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=_PATIENCE,
                cwd="/",
                env=_ENVIRONMENT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            sentence = f"router '{self.site.node}': {argv[0]} did not end within {_PATIENCE:.0f} s"
            raise RouterError(sentence) from None
        return Completed(ended.returncode, ended.stdout.decode(errors="replace"))

    def start(self, argv: Sequence[str]) -> Completed:
        kept = "".join(f",+{capability.lower()}" for capability in self.kind.capabilities)
        return self.run(("setpriv", f"--bounding-set=-all{kept}", *argv))

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

    def _demand_daemons(self) -> None:
        missing = [program.name for program in self.kind.daemons if not os.access(program, os.X_OK)]
        if missing:
            raise MissingPartError(
                f"router '{self.site.node}' needs {', '.join(missing)}: "
                f"'apt-get install {self.kind.package}', or give the node 'runtime: docker'"
            )
