"""What every verb must keep to when it fails, and when it prints."""

from __future__ import annotations

import re
from subprocess import CompletedProcess

ESCAPE = "\x1b"
#: Runs a command as nobody, who may read every file: the interpreter may lie below a directory of root's.
UNPRIVILEGED = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *(f"--{which}=-all,+dac_read_search" for which in ("inh-caps", "ambient-caps", "bounding-set")),
)


def sentence(done: CompletedProcess[str], status: int) -> str:
    """The one sentence of a verb that failed with this status; nothing is on standard output."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert ESCAPE not in done.stderr
    (begun,) = re.findall(r"^dxlab: ", done.stderr, re.MULTILINE)
    return done.stderr.partition(begun)[2].rstrip("\n")


def result(done: CompletedProcess[str]) -> str:
    """What a verb that did well has printed for programs to read."""
    assert done.returncode == 0, done.stderr
    assert ESCAPE not in done.stdout + done.stderr
    return done.stdout
