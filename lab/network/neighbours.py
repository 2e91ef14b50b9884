"""Room in the kernel's neighbour tables for all sessions of a large lab.

Linux keeps the neighbours of every network namespace in one table a family, of which `gc_thresh3` is the largest size:
by default 1,024. A lab whose routers run on the same machine needs two entries a session, AWS's and the router's. When
the table is full, new neighbours are not resolved ("neighbour table overflow" in the kernel's log), and sessions stay
down for reasons that neither end can see.

So the limit is raised to what the lab needs, never lowered, and not taken back: other labs may have come to need it. It
is a setting of the machine, which only its initial network namespace has; in a container with a read-only /proc/sys, or
a namespace of its own, it has to be set on the host.

How full a table is and how often it had no room is asked of rtnetlink, which tells it in every namespace.

https://docs.kernel.org/networking/ip-sysctl.html (neigh/default/gc_thresh3), linux/neighbour.h (RTM_GETNEIGHTBL)
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
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


# ---- how full they are ------------------------------------------------------------------------------------
# Read by hand, because pyroute2's ndtmsg ends before table_fulls.

_GET_TABLE, _DUMP, _DONE, _ERROR = 66, 0x301, 3, 2
_THRESH3, _CONFIG, _STATS = 4, 5, 7
_HEADER, _ATTRIBUTE = struct.Struct("=IHHII"), struct.Struct("=HH")
#: Where the number of entries is in `ndt_config`, and that of the times that there was no room in `ndt_stats`.
_ENTRIES, _TABLE_FULLS = 4, 80


@dataclass(frozen=True)
class Usage:
    """One family's table, of the whole machine.

    :param limit: its `gc_thresh3`.
    :param refused: how many entries it had no room for since the machine's start (`table_fulls`).
    """

    entries: int
    limit: int
    refused: int


def usage(family: socket.AddressFamily) -> Usage | None:
    """The table of a family; None where the kernel does not count what it refused."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(_HEADER.pack(_HEADER.size + 4, _GET_TABLE, _DUMP, 0, 0) + bytes([family, 0, 0, 0]))
        tables = [_attributes(body[4:]) for body in _answers(kernel)]
    # Each interface has a message, too, without the table's own numbers.
    own = next((each for each in tables if _CONFIG in each and len(each[_STATS]) > _TABLE_FULLS), None)
    if own is None:
        return None
    (limit,), (entries,) = (
        struct.unpack("=I", own[_THRESH3]),
        struct.unpack_from("=I", own[_CONFIG], _ENTRIES),
    )
    return Usage(entries, limit, *struct.unpack_from("=Q", own[_STATS], _TABLE_FULLS))


def _answers(kernel: socket.socket) -> Iterator[bytes]:
    """The messages of a dump, without their headers."""
    while True:
        received = kernel.recv(1 << 16)
        while received:
            length, kind, *_ = _HEADER.unpack_from(received)
            if kind in (_DONE, _ERROR):
                return
            yield received[_HEADER.size : length]
            received = received[length + 3 & ~3 :]


def _attributes(octets: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while octets:
        length, kind = _ATTRIBUTE.unpack_from(octets)
        found[kind] = octets[_ATTRIBUTE.size : length]
        octets = octets[length + 3 & ~3 :]
    return found
