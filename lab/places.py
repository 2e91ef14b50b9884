"""Where a lab keeps what it makes, and how another process finds a lab that runs.

A lab is known by its name. Everything it makes carries that name:

    /run/dxlab/<lab>/            what lives as long as the lab: the record, sockets, logs, routers' files
    /run/dxlab/<lab>/lab.json    the `Record`: who serves the endpoint, and where
    /run/dxlab/<lab>/host-ports/ how the machine's own interfaces were before the lab borrowed them
    /var/lib/dxlab/<lab>/        the state directory (SQLite), unless the user names another; private to root
    /run/netns/dxlab-<lab>.*     its network namespaces

Two endpoints must never serve one lab: `claim` holds an advisory lock for as long as the process lives, which
the kernel releases even after kill -9. A record without a holder of that lock is what a killed endpoint left.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.errors import UsageError

RUN = Path("/run/dxlab")
STATE = Path("/var/lib/dxlab")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Record:
    """What other processes need to know of a running lab."""

    name: str
    pid: int
    url: str
    state_directory: str
    topology: str | None = None


@dataclass(frozen=True)
class Places:
    """The directories and names of one lab."""

    name: str
    state: Path

    @classmethod
    def of(cls, name: str, state: Path | None = None) -> Places:
        """Raise UsageError for a name that could not be part of a path or a namespace."""
        if not NAME.fullmatch(name):
            raise UsageError(f"'{name}' cannot name a lab: use up to 31 of a-z, 0-9 and '-'")
        return cls(name, (state or STATE / name).absolute())

    @property
    def run(self) -> Path:
        return RUN / self.name

    @property
    def log(self) -> Path:
        return self.run / "endpoint.log"

    @property
    def host_ports(self) -> Path:
        """What was found of the interfaces of this machine that are lent to the lab, a file each."""
        return self.run / "host-ports"

    @property
    def owns_state(self) -> bool:
        """Whether the state directory is the lab's own, not one that the user named."""
        return self.state == STATE / self.name

    def namespace(self, part: str) -> str:
        """The network namespace of a part: `dx`, a router's node name or a VIF's id."""
        return f"{self.namespace_prefix}{part}"

    @property
    def namespace_prefix(self) -> str:
        return f"dxlab-{self.name}."

    def prepare(self) -> None:
        """Make the directories. Routers' own daemons must be able to pass through the run directory, not to
        list it.

        :raises UsageError: the state directory cannot be made.
        """
        RUN.mkdir(mode=0o755, parents=True, exist_ok=True)
        try:
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"the state cannot be kept in {self.state}: {error.strerror}; name another --state-dir"
            ) from None
        self.run.mkdir(mode=0o711, exist_ok=True)

    @contextmanager
    def claim(self) -> Iterator[None]:
        """Be the one endpoint of this lab; UsageError while another lives."""
        already = f"the lab '{self.name}' is already up; end it with 'dxlab down {self.name}'"
        elsewhere = f"the state in {self.state} is in use by another lab; name another --state-dir"
        with _locked(self.run / "lock", already), ExitStack() as stack:
            try:
                stack.enter_context(_locked(self.state / "lock", elsewhere))
            except UsageError:
                self._withdraw()
                raise
            yield

    def _withdraw(self) -> None:
        """Take back what `prepare` made of a lab that never was; what a killed one left stays."""
        if record_of(self.name) is None:
            shutil.rmtree(self.run)

    def holder(self) -> int | None:
        """The pid of the lab's endpoint while it lives."""
        try:
            with (self.run / "lock").open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int((self.run / "lock").read_text())
        except FileNotFoundError:
            return None
        return None

    def publish(self, record: Record) -> None:
        """Write the record at one stroke, so that nobody reads half of it."""
        draft = self.run / f".lab.json.{os.getpid()}"
        draft.write_text(json.dumps(asdict(record), indent=2) + "\n")
        draft.replace(self.run / "lab.json")


@contextmanager
def _locked(path: Path, refusal: str) -> Iterator[None]:
    """Hold an advisory lock, with this process's pid in the file; UsageError with `refusal` while another does."""
    try:
        lock = path.open("a")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; name another directory") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(refusal) from None
        try:
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}; name another directory") from error
        yield


def record_of(name: str) -> Record | None:
    """The record of a lab, running or killed; None where there is none."""
    try:
        return Record(**json.loads((RUN / name / "lab.json").read_text()))
    except (FileNotFoundError, NotADirectoryError):
        return None


def known_labs() -> list[str]:
    """Every lab that is on this machine, in order: up, on its way, or killed however early.

    Whoever wants one that can be asked looks for its record.
    """
    return sorted(path.name for path in RUN.glob("*/") if NAME.fullmatch(path.name))
