"""`dxlab verify`: bring a topology up in a lab of its own, wait for what it expects, take it down, say the verdict.

With `--keep`, the command runs as a process of its own that stays with the lab, while this one ends with the
verdict; see `_keeping`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from lab.cli.app import Topology, app, become_an_endpoint, err, run_until_signalled
from lab.errors import LabError, UsageError, first_of
from lab.lab import RunningLab
from lab.topology import load
from lab.verify import Verdict, Verification
from lab.verify.reports import REPORTS, Report, Reports

#: In the staying process's environment: the descriptor on which it says the verdict's exit status.
STAYS = "DXLAB_STAYS_FD"
#: What stands for standard output in the place of a file's name.
STDOUT = "-"
#: Nothing can be said, for the lab could not run or was interrupted.
_NO_VERDICT = 2


def _file(form: str, title: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{form}", metavar="FILE", help=f"Write the verdict as {title} too; '-' is standard output."
    )
    return option


@app.command()
def verify(
    topology: Topology,
    junit: Annotated[str | None, _file("junit", "JUnit XML")] = None,
    json: Annotated[str | None, _file("json", "JSON")] = None,
    sarif: Annotated[str | None, _file("sarif", "SARIF")] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            help="Seconds after which whatever is not decided is not met.", min=0, metavar="SECONDS"
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the lab standing, to look at it.")] = False,
) -> None:
    """Verify that what a topology expects comes true: 0 all of it, 1 not all of it, 2 the lab could not run.

    A router that refuses its configuration is not what was expected either: 1.
    """
    become_an_endpoint("verify")
    if keep and STAYS not in os.environ:
        raise typer.Exit(_keeping())
    loaded = load(topology)
    with _reports({"junit": junit, "json": json, "sarif": sarif}) as reports:
        verification = Verification(loaded, reports, timeout, _stay if keep else None)
        verdict = run_until_signalled(_verdict(verification))
    if verdict is None:
        err.print("interrupted; nothing was left behind")
        raise typer.Exit(_NO_VERDICT)
    raise typer.Exit(verdict.exit_status)


async def _verdict(verification: Verification) -> Verdict:
    """Whatever keeps the lab from running is no verdict, so it has the status that says so."""
    try:
        return await verification.verdict()
    except (LabError, BaseExceptionGroup) as failure:
        error = first_of(failure)
        if error is not None:
            error.exit_status = _NO_VERDICT
        raise


# ----- reports ----------------------------------------------------------------------------------------------


@contextmanager
def _reports(files: dict[str, str | None]) -> Iterator[Reports]:
    """The reports that are wanted, each with its stream.

    :raises UsageError: a file cannot be written, or standard output is to be two things.
    """
    wanted = {form: name for form, name in files.items() if name is not None}
    if list(wanted.values()).count(STDOUT) > 1:
        raise UsageError("only one of the reports can go to standard output; give the others a file")
    with ExitStack() as stack:
        watched = sys.stderr if STDOUT in wanted.values() else sys.stdout
        reports: list[Report] = [REPORTS["terminal" if watched.isatty() else "lines"](watched)]
        stack.callback(reports[0].close)
        for form, name in wanted.items():
            stream = sys.stdout if name == STDOUT else stack.enter_context(_written(Path(name)))
            reports.append(REPORTS[form](stream))
        if reports[0].name == "lines":
            reports.append(_Progress(sys.stderr))
        yield Reports(reports)


@contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    """A file to write; it goes again if nothing was."""
    try:
        # Names of files need not be UTF-8.
        stream = path.open("w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"the report cannot be written to {path}: {error.strerror}") from None
    try:
        with stream:
            yield stream
    finally:
        if path.is_file() and not path.stat().st_size:
            path.unlink()


class _Progress(Report):
    """What is being done, for whoever watches a pipe; the results go their own way."""

    name = "progress"

    def told(self, sentence: str) -> None:
        err.print(sentence)

    def finished(self, verdict: Verdict) -> None:
        err.print(f"{verdict.lab} {'stays' if STAYS in os.environ else 'is taken down'}")


# ----- a lab that stays -------------------------------------------------------------------------------------


def _keeping() -> int:
    """Run this same command once more as a process that stays with the lab, and return its verdict's exit status;
    signals are passed on to it.
    """
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "lab.cli", *sys.argv[1:]],
        stdin=subprocess.DEVNULL,
        env={**os.environ, STAYS: str(writing)},
        pass_fds=[writing],
        start_new_session=True,
    ) as process:
        os.close(writing)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: process.send_signal(number))
        with os.fdopen(reading, "rb") as news:
            said = news.read(1)
        if said:
            process.returncode = said[0]  # it lives on; nobody is to wait for it
        return process.wait()


async def _stay(running: RunningLab, verdict: Verdict) -> None:
    """Say the verdict, leave the terminal, and hold the lab until somebody takes it down."""
    name = running.places.name
    err.print(
        f"the lab stands as '{name}': 'dxlab status' shows it, 'dxlab exec --lab {name} NODE -- COMMAND'"
    )
    err.print(f"works in it, 'dxlab down {name}' takes it down")
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    log = os.open(running.places.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(log, descriptor)
    os.close(log)
    os.write(int(os.environ[STAYS]), bytes([verdict.exit_status]))
    os.close(int(os.environ[STAYS]))
    await asyncio.Event().wait()
