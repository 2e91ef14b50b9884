"""`dxlab clone`: a topology from what a real account has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lab.cli.app import app, out
from lab.clone import Choice, Records, Style, ask, document, read, select, text
from lab.clone.names import slug
from lab.errors import UsageError
from lab.topology.load import FROM_AWS_KINDS
from lab.topology.refusals import known


@app.command()
def clone(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="What 'aws directconnect describe-...' printed as JSON; '-' or nothing is standard input.",
            show_default=False,
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(help="Ask the account itself, with this AWS profile; 'default' takes what boto3 finds."),
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="The AWS Region to ask, or that of records that do not say theirs.")
    ] = None,
    vif: Annotated[
        list[str] | None, typer.Option(help="Only this virtual interface, by id or name; may be repeated.")
    ] = None,
    connection: Annotated[
        list[str] | None, typer.Option(help="Only this connection or LAG, by id or name; may be repeated.")
    ] = None,
    location: Annotated[str | None, typer.Option(help="Only what is at this location.")] = None,
    name: Annotated[
        str | None, typer.Option(help="The lab's name; by default 'clone-' and the location.")
    ] = None,
    kind: Annotated[str, typer.Option(help="The kind of the routers.")] = "frr",
    redact: Annotated[
        bool, typer.Option("--redact", help="Write no keys; each becomes an environment variable.")
    ] = False,
) -> None:
    """Write a topology with the virtual interfaces of a real account: names, VLANs, ASNs, addresses, keys, MTUs.

    The account is only read. What cannot be kept is said at the top of the file.
    """
    _check(name, kind)
    records = _records(files or [], profile, region)
    choice = Choice(tuple(vif or ()), tuple(connection or ()), location)
    kept, remarks = select(records, choice)
    made = document(records, kept, Style(name, kind, region, redact), remarks)
    out.file.write(text(made))


def _check(name: str | None, kind: str) -> None:
    if name is not None and name != slug(name):
        example = slug(name) or "my-lab"
        raise UsageError(f"'{name}' cannot name a lab; use up to 31 of a-z, 0-9 and '-', such as {example}")
    if kind not in FROM_AWS_KINDS:
        raise UsageError(f"unknown kind '{kind}'; {known(kind, FROM_AWS_KINDS)}")


def _records(files: list[Path], profile: str | None, region: str | None) -> Records:
    if profile is not None:
        if files:
            raise UsageError("give files or --profile, not both")
        return ask(profile, region)
    if not files and sys.stdin.isatty():
        raise UsageError(
            "give files with what 'aws directconnect describe-virtual-interfaces' printed, pipe it in,"
            " or ask the account with --profile"
        )
    return read([_text(path) for path in files or [Path("-")]])


def _text(path: Path) -> tuple[str, str]:
    """A file's name and what it holds."""
    standard = str(path) == "-"
    name = "standard input" if standard else str(path)
    try:
        return name, sys.stdin.buffer.read().decode() if standard else path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8 text; run the AWS CLI with '--output json'") from None
