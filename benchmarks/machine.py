"""The machine that figures were taken on, described and not named."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from lab.network.vlan import vlan_driver


@dataclass(frozen=True)
class Machine:
    """What figures depend on.

    :ivar load: running processes, averaged over the minute before the measurements began.
    """

    processor: str
    cores: int
    memory_gib: int
    system: str
    kernel: str
    vlan_driver: str
    load: float
    versions: dict[str, str]


def describe() -> Machine:
    """This machine, now."""
    return Machine(
        processor=_first_of("/proc/cpuinfo", r"model name\s*: (.+)") or platform.machine(),
        cores=os.cpu_count() or 1,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        system=_first_of("/etc/os-release", r'PRETTY_NAME="(.+)"') or platform.system(),
        kernel=platform.release().partition("-")[0],
        vlan_driver=vlan_driver().name,
        load=round(os.getloadavg()[0], 2),
        versions={
            "python": platform.python_version(),
            **{package: version(package) for package in ("exabgp", "pyroute2", "moto")},
            "bird": _bird_version(),
        },
    )


def _first_of(path: str, pattern: str) -> str | None:
    found = re.search(pattern, Path(path).read_text())
    return found.group(1).strip() if found else None


def _bird_version() -> str:
    told = subprocess.run(("bird", "--version"), capture_output=True, text=True, check=True)
    return (told.stdout + told.stderr).split()[-1]
