"""Removing what a lab left on the machine, whoever made it and however it ended.

Nothing here needs the lab's memory: every object carries the lab's name. Speakers and router daemons are
recognised by the network namespace that they live in, the launcher by the run directory in its command line;
all are ended by pid.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from lab.network.host import HostPorts
from lab.network.namespaces import namespaces, processes_in_all, remove_namespace
from lab.places import Places
from lab.routers import RUNTIMES, remove_leftovers
from lab.routers.processes import end_processes

_LAUNCHER = b"lab.bgp.launcher_process"


def remove_remains(places: Places, runtimes: Collection[str] = tuple(RUNTIMES)) -> None:
    """Remove every process, container, namespace, link and runtime file of this lab; the state directory
    stays. Interfaces that the machine lent it are given back before their namespace goes.

    :param runtimes: those that its routers can have run in; to ask each of them takes a while.
    :raises NetworkError: one of them cannot have its name back; the namespaces are still there then.
    """
    end_processes(_launchers(places.run))
    remove_leftovers(places.name, runtimes)
    names = namespaces(places.namespace_prefix)
    end_processes(processes_in_all(names))
    HostPorts(places).give_all_back()
    for name in names:
        remove_namespace(name)
    shutil.rmtree(places.run, ignore_errors=True)


def remove_state(places: Places) -> None:
    """Remove the lab's state directory, if it is the lab's own."""
    if places.owns_state:
        shutil.rmtree(places.state, ignore_errors=True)


def _launchers(run_directory: Path) -> Iterator[int]:
    """The launcher of the lab that has this run directory, if one is left."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().split(b"\0")
        except OSError:
            continue
        if _LAUNCHER in words and bytes(run_directory) in words:
            yield int(process.parent.name)
