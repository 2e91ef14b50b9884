"""User-Mode Linux: a second kernel, as an ordinary process, for what this machine's own kernel lacks.

Debian's package `user-mode-linux` is a Linux 6.1 with 8021q, veth, VRF, netem and TCP-MD5 that needs neither
privileges nor virtualisation. `run` boots it with the machine's whole file system as its own, read-only
beneath an overlay in memory, runs one command there with the same Python and working directory, and powers
off. Only the *job directory* is shared for writing:

    job.json      what to run; read by `uml_init.py`, which is process 1 inside
    output.log    standard output and error of the command
    kernel.log    what the kernel had to say
    status        the command's exit status; absent when the kernel died before

https://www.kernel.org/doc/html/latest/virt/uml/user_mode_linux_howto_v2.html
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.uml_kernel import executable

KERNEL = "linux.uml"
MODULES = Path("/usr/lib/uml/modules")
INIT = Path(__file__).with_name("uml_init.py")
# Set inside, to the job directory, so that what runs there knows where it is.
INSIDE = "DXLAB_INSIDE_UML"


class UmlError(Exception):
    """The kernel could not be started, or died before the command ended."""


@dataclass(frozen=True)
class Outcome:
    """How a command inside ended."""

    status: int
    output: str


def job_inside() -> Path | None:
    """The job directory of the User-Mode Linux in which this process runs; None outside."""
    return Path(os.environ[INSIDE]) if INSIDE in os.environ else None


def run(
    command: Sequence[str], *, directory: Path, job: Path, modules: Sequence[str] = (), timeout: float = 300
) -> Outcome:
    """Run a command under User-Mode Linux.

    :param directory: the command's working directory.
    :param job: an empty directory; what the command leaves in it is there afterwards.
    :param modules: kernel modules to insert first, by name; what they depend on comes along.
    :param timeout: seconds until everything inside is ended.
    :raises UmlError: no kernel, or none that lasted until the command's end.
    """
    description = {
        "command": list(command),
        "directory": str(directory),
        "environment": {**os.environ, INSIDE: str(job)},
        "modules": [str(path) for path in module_files(modules)],
    }
    (job / "job.json").write_text(json.dumps(description))
    with _booted(job) as process:
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise UmlError(f"User-Mode Linux was not done after {timeout:.0f} s\n{_logs(job)}") from None
    status = job / "status"
    if not status.exists():
        raise UmlError(f"User-Mode Linux died before the command ended\n{_logs(job)}")
    return Outcome(int(status.read_text()), _read(job / "output.log"))


def module_files(names: Sequence[str], directory: Path | None = None) -> list[Path]:
    """The files of these modules and of all that they need, in the order in which they must be inserted.

    `modules.dep` names, for each file, all others that it needs, the nearest first.
    """
    if not names:
        return []
    directory = directory or _module_directory()
    needs = {}
    for line in (directory / "modules.dep").read_text().splitlines():
        file, _, others = line.partition(":")
        needs[Path(file).stem] = [*reversed(others.split()), file]
    missing = [name for name in names if name not in needs]
    if missing:
        raise UmlError(f"User-Mode Linux has no module '{missing[0]}' in {directory}")
    return list(dict.fromkeys(directory / file for name in names for file in needs[name]))


@contextmanager
def _booted(job: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The kernel's process, in a process group of its own, of which nothing is left afterwards."""
    kernel = shutil.which(KERNEL)
    if kernel is None:
        raise UmlError(
            f"'{KERNEL}' is missing: install the package user-mode-linux (apt-get install user-mode-linux)"
        )
    with (job / "kernel.log").open("wb") as log, executable(Path(kernel)) as program:
        process = subprocess.Popen(
            _command_line(f"/proc/self/fd/{program}", job),
            pass_fds=[program],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Its memory is a file there, which must allow execution; /tmp is often small or `noexec`.
            env={**os.environ, "TMPDIR": "/var/tmp"},
        )
    try:
        yield process
    finally:
        _end(process)


def _command_line(kernel: str, job: Path) -> list[str]:
    """One core only: the kernel's own single CPU would lose much time by wandering between two."""
    core = max(os.sched_getaffinity(0))
    return [
        *("taskset", "--cpu-list", str(core), kernel, "mem=1G", "quiet", "con=null", "con0=null,fd:1"),
        *("root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", f"init={sys.executable}"),
        *(f"uml_dir={job}/", "umid=uml", f"DXLAB_JOB={job}", "--", str(INIT)),
    ]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: the guest's processes are processes of the host."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _module_directory() -> Path:
    versions = sorted(MODULES.glob("*/modules.dep"))
    if not versions:
        raise UmlError(f"no kernel modules below {MODULES}: install the package user-mode-linux")
    return versions[-1].parent


def _logs(job: Path) -> str:
    return f"{_read(job / 'output.log')}\n--- kernel ---\n{_read(job / 'kernel.log')}"


def _read(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""
