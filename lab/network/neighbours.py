"""Room in the kernel's neighbour tables for all sessions of a large lab.

Linux keeps the neighbours of every network namespace in one table a family, of which `gc_thresh3` is the largest size:
by default 1,024. A lab whose routers run on the same machine needs two entries a session, AWS's and the router's. When
the table is full, new neighbours are not resolved ("neighbour table overflow" in the kernel's log), and sessions stay
down for reasons that neither end can see.

So the limit is raised to what the lab needs, never lowered, and not taken back: other labs may have come to need it. It
is a setting of the machine, which only its initial network namespace has; in a container with a read-only /proc/sys, or
a namespace of its own, it has to be set on the host.

https://docs.kernel.org/networking/ip-sysctl.html (neigh/default/gc_thresh3)
"""

from __future__ import annotations

from pathlib import Path

from lab.logs import Log

log = Log("dxlab.network")

TABLES = tuple(Path(f"/proc/sys/net/{family}/neigh/default") for family in ("ipv4", "ipv6"))
#: One entry for AWS's end, one for the router's, and as many again for whatever else the machine does.
_ENTRIES_PER_SESSION = 4


def entries_for(sessions: int) -> int:
    """How large the table of a family should be: a power of two."""
    return 1 << (sessions * _ENTRIES_PER_SESSION - 1).bit_length() if sessions else 0


def ensure_room(sessions: int, tables: tuple[Path, ...] = TABLES) -> None:
    """Raise the tables' limits where so many sessions need it. What cannot be raised is logged with what to do."""
    wanted = entries_for(sessions)
    for table in tables:
        limit = table / "gc_thresh3"
        present = _read(limit)
        if present is not None and present < wanted:
            _raise(table, present, wanted)


def _raise(table: Path, present: int, wanted: int) -> None:
    key = ".".join(table.parts[3:])
    try:
        # From gc_thresh2 on, the kernel clears what is older than five seconds; it must not be in the lab's way either.
        for name in ("gc_thresh3", "gc_thresh2"):
            (table / name).write_text(f"{wanted}\n")
    except OSError as error:
        log.warning(
            "neighbour-table-small",
            setting=f"{key}.gc_thresh3",
            present=present,
            wanted=wanted,
            error=error.strerror,
            action=f"none: with many sessions, set it to {wanted} on the host with sysctl",
        )
    else:
        log.info("neighbour-table-raised", setting=f"{key}.gc_thresh3", present=present, wanted=wanted)


def _read(path: Path) -> int | None:
    """None where this network namespace has no such setting."""
    try:
        return int(path.read_text())
    except FileNotFoundError:
        return None
