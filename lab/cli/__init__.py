"""The command line: one verb per file. Results go to standard output, progress and errors to standard error.

Exit status: 0 done, 1 the lab failed or a router refused its configuration, 2 it could not even be tried
(wrong command line or file, missing privilege or part). An error is one sentence, never a traceback.
"""

from __future__ import annotations

import sys

from lab.cli import (
    cable,
    capture,
    clone,
    demo,
    diagnose,
    doctor,
    down,
    exec_,
    history,
    serve,
    show,
    status,
    up,
    verify,
)
from lab.cli.app import app
from lab.errors import LabError, first_of

__all__ = [
    "app",
    "cable",
    "capture",
    "clone",
    "demo",
    "diagnose",
    "doctor",
    "down",
    "exec_",
    "history",
    "main",
    "serve",
    "show",
    "status",
    "up",
    "verify",
]


def main() -> None:
    """Entry point of the `dxlab` command."""
    try:
        app()
    except* LabError as failures:
        error = first_of(failures)
        assert error is not None
        sys.stderr.write(f"dxlab: {error}\n")
        sys.exit(error.exit_status)
