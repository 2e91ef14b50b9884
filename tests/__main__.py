"""`python -m tests [PYTEST ARGUMENTS]`: the whole suite in two halves, side by side, and a rest.

Most tests wait most of the time: for a daemon, a hold time, a kernel that boots. Two processes are done in little
more than half the time of one. But tests look at the whole machine, and end what they find left there, so each half
is given one of its own, as far as Linux can divide it (unshare(1)): its own process ids, and a /run/netns, a
/run/dxlab and a state directory that are empty at first. The second half has a network of its own, too; the first
one needs the machine's, to install packages into images. What has to be found within seconds, on a machine that has
enough to do with it, comes at the end, alone.

A half that is ended ends everything that it started, for the first process of a process namespace takes all others
with it. What the second half says is kept until the first has said all, so that both can be read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import IO

from tests.parts import ALONE, HALVES, MACHINE

#: What a lab, or a test of one, keeps on this machine.
_PLACES = ("/run/netns", "/run/dxlab", "/var/lib/dxlab")
_OWN = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child")
_PREPARE = """
for place; do
    shift
    [ "$place" != -- ] || break
    mkdir -p "$place" && mount -t tmpfs -o mode=755 none "$place" || exit 2
done
ip link set lo up
"$@"
"""
#: pytest's exit status where no test was selected: it is none of this part's.
_NONE_SELECTED = 5


def main(arguments: Sequence[str]) -> int:
    """Run all parts; 0 if no test failed in any."""
    if os.geteuid() != 0:
        sys.exit("tests: most tests work on network namespaces: run this as root, or 'make unit' without")
    with tempfile.TemporaryFile() as kept:
        halves = [_start(half, arguments, output) for half, output in zip(HALVES, (None, kept), strict=True)]
        statuses = [half.wait() for half in halves]
        kept.seek(0)
        sys.stdout.buffer.write(kept.read())
        sys.stdout.flush()
    statuses.append(_start(ALONE, arguments, None).wait())
    failed = [status for status in statuses if status not in (0, _NONE_SELECTED)]
    return failed[0] if failed else min(statuses)


def _start(part: str, arguments: Sequence[str], output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    network = [] if part == MACHINE else ["--net"]
    pytest = [sys.executable, "-m", "pytest", "--part", part, *arguments]
    command = [*_OWN, *network, "sh", "-c", _PREPARE, "part", *_PLACES, "--", *pytest]
    # An engine that runs already knows other process ids: the tests start one of their own.
    engine = {"DOCKER_HOST": "unix:///run/dxlab-docker/docker.sock"} if part == MACHINE else {}
    return subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | engine)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
