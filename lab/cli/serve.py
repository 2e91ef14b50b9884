"""`dxlab serve`: the endpoint alone, in the foreground."""

from __future__ import annotations

import asyncio
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
    app,
    become_an_endpoint,
    err,
    out,
    run_until_signalled,
    settings_with,
)
from lab.lab import Lab, Tell
from lab.logs import log_to_stderr, progress
from lab.places import Places


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    state_dir: StateDir = None,
    name: Annotated[str, typer.Option(help="The lab's name, where several run side by side.")] = "serve",
    ipv6_pool: Ipv6Pool = DEFAULT_POOL,
    delay: Delay = 0.0,
    log_json: LogJson = False,
) -> None:
    """Serve the AWS Direct Connect API until Ctrl-C; resources are kept for the next time."""
    become_an_endpoint("serve")
    log_to_stderr(as_json=log_json)
    lab = Lab(Places.of(name, state_dir), settings_with(ipv6_pool, delay), host=host, port=port)
    run_until_signalled(_hold(lab, progress if log_json else err.print))


async def _hold(lab: Lab, tell: Tell) -> None:
    async with lab.running() as running:
        out.print(f"export AWS_ENDPOINT_URL_DIRECT_CONNECT={running.url}")
        tell("serving; Ctrl-C ends it")
        try:
            await asyncio.Event().wait()
        finally:
            tell("ending sessions")
