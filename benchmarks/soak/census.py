"""What a lab has on the machine: processes and what they hold, namespaces, interfaces, files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import children, descriptors, proportional_memory, threads
from benchmarks.soak.scene import Scene
from lab.directconnect.store import FILE_NAME
from lab.network.namespaces import namespaces, netlink, processes_in_all

#: The roles of AWS's side.
ENDPOINT, LAUNCHER, SPEAKERS = ROLES = ("endpoint", "launcher", "speakers")


@dataclass(frozen=True)
class Census:
    """One count, at rest.

    :ivar faults: how many there were before.
    :ivar seconds: since the first.
    :ivar lives: by role, which process it is, of those of which there is one.
    :ivar counts: what must never be more than before.
    :ivar memory: proportional, bytes, by role.
    :ivar state: bytes of the files in which the cloud world is kept.
    :ivar history: entries in it.
    """

    faults: int
    seconds: float
    lives: dict[str, int]
    counts: dict[str, int]
    memory: dict[str, int]
    state: int
    history: int


def take(scene: Scene, faults: int, seconds: float) -> Census:
    """Count."""
    names = namespaces(scene.places.namespace_prefix)
    lives = {ENDPOINT: scene.endpoint.pid, LAUNCHER: scene.launcher}
    pids = {role: [pid] for role, pid in lives.items()} | {SPEAKERS: scene.endpoint.speakers(scene.vif_ids)}
    counts = {
        "namespaces": len(names),
        "namespaces lived in": len({namespace_of(pid) for pid in processes_in_all(names)}),
        "interfaces": sum(map(_interfaces, names)),
        "processes": len(_family(pids)),
        "threads": sum(map(threads, pids[ENDPOINT])),
        **{f"descriptors, {role}": sum(map(descriptors, pids[role])) for role in ROLES},
        "files": len(list(_files(scene))),
    }
    memory = {role: proportional_memory(pids[role]) for role in ROLES}
    state = sum(path.stat().st_size for path in scene.places.state.glob(f"{FILE_NAME}*"))
    return Census(faults, seconds, lives, counts, memory, state, _history(scene.places.state / FILE_NAME))


def namespace_of(pid: int) -> str:
    """The network namespace that a process is in, whether or not it has a name."""
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def _family(pids: dict[str, list[int]]) -> set[int]:
    """Everybody of AWS's side, and whom they started: also who has ended and was not waited for."""
    known = {pid for of_role in pids.values() for pid in of_role}
    return known.union(*map(children, known))


def _interfaces(namespace: str) -> int:
    with netlink(namespace) as kernel:
        return sum(1 for _ in kernel.link("dump"))


def _files(scene: Scene) -> Iterable[Path]:
    """Of the lab's own, in its state and beside its socket; a database's log files come and go."""
    for directory in (scene.places.state, scene.places.run):
        yield from (path for path in directory.iterdir() if not path.name.startswith(f"{FILE_NAME}-"))


def _history(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        (count,) = database.execute("SELECT count(*) FROM history").fetchone()
        return int(count)
