"""The command line: one verb per file. Results go to standard output, progress and errors to standard error.

Exit status: 0 done, 1 the lab failed or a router refused its configuration, 2 it could not even be tried
(wrong command line or file, missing privilege or part). An error is one sentence, never a traceback.

Much of a short command's time is Python's imports. A verb that has a file of its own name needs no other verb's, and
while modules are imported, which make no garbage, it is not looked for.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import typer
from typer.models import CommandInfo

from lab.errors import LabError, first_of

__all__ = ["application", "main"]

_FRAME = "app"
#: The verbs as a day brings them; the help has them in this order.
_DAY = (
    *("up", "verify", "status", "diagnose", "history", "show", "exec", "capture", "unplug", "plug", "down"),
    *("serve", "clone", "doctor", "demo"),
)
_FILES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem != _FRAME)


def main() -> None:
    """Entry point of the `dxlab` command."""
    gc.disable()
    command = application(sys.argv[1:])
    gc.freeze()
    gc.enable()
    if isinstance(sys.stdout, TextIOWrapper):
        # As standard error does it: names of files need not be text, and a terminal may know few letters.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        command()
    except* LabError as failures:
        error = first_of(failures)
        assert error is not None
        sys.stderr.write(f"dxlab: {error}\n")
        sys.exit(error.exit_status)


def application(arguments: Sequence[str] = ()) -> typer.Typer:
    """The application with what these arguments need: one verb, or all of them."""
    alone = [name for name in _FILES if [name] == list(arguments[:1])]
    for name in alone or _FILES:
        import_module(f"lab.cli.{name}")
    made: typer.Typer = import_module(f"lab.cli.{_FRAME}").app
    made.registered_commands.sort(key=lambda verb: _DAY.index(_name(verb)))
    return made


def _name(verb: CommandInfo) -> str:
    return verb.name or str(getattr(verb.callback, "__name__", ""))
