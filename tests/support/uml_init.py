"""Process 1 of a User-Mode Linux that `tests.support.uml` boots: make a writable system, run the job, power
off."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)
_FINIT_MODULE = 313  # on x86-64, the one architecture of User-Mode Linux
_POWER_OFF = 0x4321FEDC
# The upper layer of the overlay; the directory must exist on every machine, what it holds does not matter.
_SCRATCH = Path("/mnt")


def main() -> None:
    job = Path(os.environ["DXLAB_JOB"])
    try:
        description = json.loads((job / "job.json").read_text())
        for module in description["modules"]:
            insert(Path(module))
        enter_overlay(job)
        (job / "status").write_text(str(run(job, description)))
    except OSError:
        # The kernel's log is all that is certain to be there.
        traceback.print_exc(file=sys.stderr)
    finally:
        os.sync()
        _libc.reboot(_POWER_OFF)


def insert(module: Path) -> None:
    with module.open("rb") as file:
        if _libc.syscall(_FINIT_MODULE, file.fileno(), b"", 0):
            raise OSError(ctypes.get_errno(), f"cannot insert {module}")


def enter_overlay(job: Path) -> None:
    """Make a root whose changes stay in memory, apart from the job's directory, and go there."""
    mount("tmpfs", _SCRATCH, "tmpfs")
    upper, work, root = (_SCRATCH / name for name in ("upper", "work", "root"))
    for directory in (upper, work, root):
        directory.mkdir()
    mount("overlay", root, "overlay", f"lowerdir=/,upperdir={upper},workdir={work}")
    for kind, place in {"proc": "proc", "sysfs": "sys", "devtmpfs": "dev", "tmpfs": "run"}.items():
        mount(kind, root / place, kind)
    for kind, place in {"devpts": "dev/pts", "tmpfs": "dev/shm"}.items():
        (root / place).mkdir()
        mount(kind, root / place, kind)
    shared = root / job.relative_to("/")
    shared.mkdir(parents=True, exist_ok=True)
    mount("none", shared, "hostfs", str(job))
    os.chroot(root)


def mount(source: str, target: Path, kind: str, options: str = "") -> None:
    if _libc.mount(source.encode(), os.fsencode(target), kind.encode(), 0, options.encode()):
        raise OSError(ctypes.get_errno(), f"cannot mount {kind} on {target}")


def run(job: Path, description: dict[str, Any]) -> int:
    with (job / "output.log").open("wb") as output:
        return subprocess.run(
            description["command"],
            cwd=description["directory"],
            env=description["environment"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


if __name__ == "__main__":
    main()
