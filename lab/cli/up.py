"""`dxlab up`: bring a topology up, in the foreground or the background."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import Annotated

import typer

from lab.cli.app import (
    DEFAULT_POOL,
    DEFAULT_PORT,
    Delay,
    Host,
    Ipv6Pool,
    LogJson,
    Port,
    StateDir,
    Topology,
    app,
    become_an_endpoint,
    err,
    out,
    run_until_signalled,
    settings_with,
)
from lab.errors import LabError
from lab.lab import Lab
from lab.logs import log_to_stderr, progress
from lab.places import Places
from lab.topology import load

#: In the background process's environment: the descriptor on which it says that the lab is up.
READY = "DXLAB_READY_FD"


@app.command()
def up(
    topology: Topology,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    state_dir: StateDir = None,
    ipv6_pool: Ipv6Pool = DEFAULT_POOL,
    delay: Delay = 0.0,
    detach: Annotated[
        bool, typer.Option("-d", "--detach", help="Go on in the background once it is up.")
    ] = False,
    log_json: LogJson = False,
) -> None:
    """Bring up the endpoint with a topology's routers and cables, and play its requests."""
    become_an_endpoint("up")
    lab = Lab(
        Places.of((loaded := load(topology)).name, state_dir),
        settings_with(ipv6_pool, delay),
        topology=loaded,
        host=host,
        port=port,
        tell=progress if log_json or READY in os.environ else err.print,
    )
    if detach:
        _in_background(lab.places)
    else:
        log_to_stderr(as_json=log_json)
        run_until_signalled(_hold(lab))


async def _hold(lab: Lab) -> None:
    async with lab.running() as running:
        out.print(f"export AWS_ENDPOINT_URL_DIRECT_CONNECT={running.url}")
        out.print(f"export AWS_DEFAULT_REGION={running.region}")
        if READY in os.environ:
            os.write(int(os.environ[READY]), b"up")
        else:
            lab.tell("up; Ctrl-C takes it down")
        try:
            await asyncio.Event().wait()
        finally:
            lab.tell("taking it down")


def _in_background(places: Places) -> None:
    """Run this same command once more as a process of its own, and return when it says that the lab is up.

    :raises LabError: it ended before; its own last words are the sentence.
    """
    places.prepare()
    with places.claim():
        pass  # of a lab that is up already, the log must not be overwritten
    arguments = [argument for argument in sys.argv[1:] if argument not in ("-d", "--detach")]
    reading, writing = os.pipe()
    with os.fdopen(os.open(places.log, os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode=0o600), "r+b") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "lab.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, READY: str(writing)},
            pass_fds=[writing],
            start_new_session=True,
        )
        os.close(writing)
        with os.fdopen(reading, "rb") as news:
            ready = news.read(2)
        # The log's name goes with a lab that failed; the open file still holds its last words.
        log.seek(0)
        lines = log.read().decode().splitlines()
    if not ready:
        raise _BackgroundError(lines, process.wait())
    out.print("\n".join(line for line in lines if line.startswith("export ")))
    err.print(f"{places.name} is up; 'dxlab status' shows it, 'dxlab down {places.name}' takes it down")


class _BackgroundError(LabError):
    """The background process ended before the lab was up."""

    def __init__(self, lines: list[str], status: int) -> None:
        said = [number for number, line in enumerate(lines) if line.startswith("dxlab: ")]
        words = "\n".join(lines[said[-1] :] if said else lines[-1:])
        super().__init__(
            words.removeprefix("dxlab: ") or f"the lab ended with status {status} and said nothing"
        )
        self.exit_status = status or 1
