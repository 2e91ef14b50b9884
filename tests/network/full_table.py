"""Fills the neighbour table of a machine that is there for nothing else; prints its limit, and how many it refused."""

from __future__ import annotations

import socket
import subprocess
import sys

from lab.network.neighbours import TABLES, Usage, usage

LIMIT, BEYOND = 8, 8
_IP = ("ip", "-force", "-batch", "-")


def main() -> None:
    for name in ("gc_thresh3", "gc_thresh2"):
        (TABLES[0] / name).write_text(f"{LIMIT}\n")
    before = now()
    lines = ["link add full0 type veth", "address add 10.0.0.1/8 dev full0", "link set full0 up"]
    lines += [_neighbour(number) for number in range(LIMIT - before.entries + BEYOND)]
    subprocess.run(_IP, input="\n".join(lines), text=True, check=False, capture_output=True)
    after = now()
    sys.stdout.write(f"{after.limit} {after.refused - before.refused}\n")


def _neighbour(number: int) -> str:
    return f"neighbour replace 10.0.1.{number + 1} lladdr 02:00:00:00:00:01 dev full0 nud reachable"


def now() -> Usage:
    found = usage(socket.AF_INET)
    assert found is not None
    return found


if __name__ == "__main__":
    main()
