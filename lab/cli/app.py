"""The command's frame: the application object, options that several verbs share, output."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from ipaddress import AddressValueError, IPv6Network, NetmaskValueError
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from lab import __version__
from lab.directconnect.settings import Settings
from lab.errors import PrivilegeError, UsageError
from lab.places import Record, known_labs, record_of
from lab.privileges import give_up

T = TypeVar("T")

app = typer.Typer(
    name="dxlab",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(asked: bool) -> None:
    if asked:
        out.print(f"dxlab {__version__}")
        raise typer.Exit


@app.callback()
def _dxlab(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_say_version, help="Say which version this is."),
    ] = False,
) -> None:
    """An AWS Direct Connect endpoint on this machine whose BGP sessions are real."""


#: Results; a pipe can parse them, and gets each on one line.
out = Console(highlight=False, soft_wrap=True, markup=False, width=None if sys.stdout.isatty() else 250)
#: Progress and remarks; never part of a result.
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)

DEFAULT_PORT = 4577
DEFAULT_POOL = Settings().ipv6_pool


def _pool(text: str) -> IPv6Network:
    try:
        return IPv6Network(text)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise typer.BadParameter(f"{error}; give a network such as 2001:db8:1100:2f0::/64") from error


Topology = Annotated[
    Path,
    typer.Argument(help="The topology file, or a folder with a topology.yml.", exists=True, readable=True),
]
Host = Annotated[str, typer.Option(help="Address to listen on; anything but loopback lets others in.")]
Port = Annotated[int, typer.Option(help="TCP port of the endpoint; 0 takes a free one.", min=0, max=65535)]
StateDir = Annotated[
    Path | None,
    typer.Option(
        "--state-dir",
        help="Where resources are kept, also for the next time; by default /var/lib/dxlab/<lab>, which 'up' clears.",
    ),
]
Ipv6Pool = Annotated[
    IPv6Network,
    typer.Option("--ipv6-pool", parser=_pool, metavar="PREFIX", help="Where IPv6 peers get their /125 from."),
]
Delay = Annotated[
    float,
    typer.Option("--delay", min=0, help="Seconds that each of AWS's own transitions takes (orders, checks)."),
]
LogJson = Annotated[
    bool, typer.Option("--log-json", help="Log JSON lines in place of name=value; see docs/observing.md.")
]
LabName = Annotated[str | None, typer.Option("--lab", help="Which lab; needed where several are up.")]


def settings_with(ipv6_pool: IPv6Network, delay: float) -> Settings:
    """The cloud world's settings as the command line has them."""
    return Settings(ipv6_pool=ipv6_pool, order_delay=delay, port_delay=delay, verification_delay=delay)


def require_root(verb: str) -> None:
    """Raise PrivilegeError unless the command may make network namespaces."""
    if os.geteuid() != 0:
        raise PrivilegeError(f"'dxlab {verb}' works on network namespaces and needs root: run it with sudo")


def become_an_endpoint(verb: str) -> None:
    """For the rest of this process: root, with no more power than an endpoint uses.

    :raises PrivilegeError: it is not root.
    """
    require_root(verb)
    give_up()


def chosen_lab(name: str | None) -> Record:
    """The lab that the user means: the named one, or the only one there is.

    :raises UsageError: there is none, or there are several and none was named.
    """
    records = [record for each in ([name] if name else known_labs()) if (record := record_of(each))]
    if len(records) > 1:
        names = ", ".join(record.name for record in records)
        raise UsageError(f"several labs are up ({names}): say which with --lab NAME")
    if not records:
        raise UsageError(
            f"no lab '{name}' is up; see 'dxlab status'" if name else "no lab is up; see 'dxlab up --help'"
        )
    return records[0]


@contextmanager
def until_interrupted() -> Iterator[None]:
    """Carry on with the block until its end or Ctrl-C, which is no failure."""
    # A shell has its background jobs ignore SIGINT; whoever sends one to this verb means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        yield


def run_until_signalled(work: Coroutine[None, None, T]) -> T | None:
    """Run to the end, or until Ctrl-C, SIGTERM or a lost terminal: then `work` is cancelled and cleans up in its own
    good order. Further signals change nothing. None if it was cancelled.
    """
    return asyncio.run(_cancelled_by_signals(work))


async def _cancelled_by_signals(work: Coroutine[None, None, T]) -> T | None:
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()

    def once() -> None:
        if not asked.is_set():
            asked.set()
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, once)
    try:
        return await task
    except asyncio.CancelledError:
        return None
