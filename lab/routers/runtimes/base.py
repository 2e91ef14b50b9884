"""What a place for a router must offer.

Whatever the runtime, a router's interfaces live in a network namespace that has a name under /run/netns, and
its processes are processes of this machine. So cables, sub-interfaces and the search for processes are the
same for all; a runtime only makes the place, moves files and commands into it, and takes it away.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from lab.network.namespaces import processes_in
from lab.routers.kinds.base import Argv, RouterKind


@dataclass(frozen=True)
class Completed:
    """A command that ended: its exit status, and what it printed on both streams as it came."""

    status: int
    output: str


@dataclass(frozen=True)
class Site:
    """Whose place it is and what belongs to it.

    :param directory: the router's directory on this machine, below the lab's run directory.
    :param namespace: the name of its network namespace.
    :param image: the container image that the topology names, if it names one.
    """

    lab: str
    node: str
    directory: Path
    namespace: str
    image: str | None = None


class RouterRuntime(ABC):
    """A place for one router of this kind. Everything is idempotent."""

    #: Whether a configuration may have commands run: where they stay within a container.
    may_run_commands = True

    def __init__(self, site: Site, kind: RouterKind) -> None:
        self.site = site
        self.kind = kind

    @property
    @abstractmethod
    def place(self) -> PurePath:
        """The router's directory as its daemons see it."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the place: network namespace that forwards, and directory.

        :raises MissingPartError: the daemons, the engine or the image are not there.
        """

    @abstractmethod
    def write(self, files: Mapping[str, str]) -> None:
        """Put files into the router's directory; only root and the router can read them."""

    @abstractmethod
    def read(self, name: str) -> str:
        """A file of the router's directory; empty where there is none."""

    @abstractmethod
    def run(self, argv: Sequence[str]) -> Completed:
        """Run a command of the kind's in the place to its end, with no capabilities."""

    @abstractmethod
    def start(self, argv: Sequence[str]) -> Completed:
        """Run a command that starts a daemon, with no more capabilities than its kind's. The daemon lives on after
        this process.
        """

    def execute(self, argv: Sequence[str]) -> Completed:
        """Run a command of the topology's or the user's in the place to its end."""
        return self.run(argv)

    @abstractmethod
    def command(self, argv: Sequence[str], *, terminal: bool) -> Argv:
        """The command of this machine that runs `argv` in the place, for a user's own input and output.

        :param terminal: these are a terminal.
        """

    @abstractmethod
    def remove(self) -> None:
        """Take the place away with everything that runs in it."""

    @classmethod
    @abstractmethod
    def remove_leftovers(cls, lab: str) -> None:
        """Remove what this runtime keeps outside a lab's namespaces and run directory."""

    def processes(self, names: Collection[str]) -> dict[int, str]:
        """The ids of the processes in the place that have one of these names."""
        found = {pid: process_name(pid) for pid in processes_in(self.site.namespace)}
        return {pid: name for pid, name in found.items() if name in names}


def process_name(pid: int) -> str:
    """The name by which the kernel knows a process; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().rstrip("\n")
    except (FileNotFoundError, ProcessLookupError):
        return ""
