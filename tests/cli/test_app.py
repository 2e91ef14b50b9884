"""What all verbs share: help, missing privileges, and which lab is meant."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from lab import __version__
from lab.cli import application
from tests.cli.elsewhere import Elsewhere
from tests.cli.words import UNPRIVILEGED, sentence
from tests.support.command import dxlab
from tests.support.lab import TOPOLOGIES

APP = application()
TOPOLOGY = str(TOPOLOGIES / "private-vif.yml")
#: What is said of each verb, whatever the size of its letters.
VERBS = {
    "capture": ("peer", "--lab"),
    "clone": (
        "files",
        "--profile",
        "--region",
        "--vif",
        "--connection",
        "--location",
        "--name",
        "--kind",
        "--redact",
    ),
    "demo": ("topology", "--timeout"),
    "diagnose": ("peer", "--json", "--watch", "--lab"),
    "doctor": ("one line each",),
    "down": ("name",),
    "exec": ("node", "command", "--lab"),
    "history": ("peer", "--lab"),
    "plug": ("connection", "--lab"),
    "serve": ("--host", "--port", "--state-dir", "--name", "--ipv6-pool", "--delay", "--log-json"),
    "show": ("node", "neighbours", "routes", "--json", "--lab"),
    "status": ("--json", "--watch", "--no-why"),
    "verify": ("topology", "--junit", "--json", "--sarif", "--timeout", "--keep"),
    "unplug": ("connection", "--lab"),
    "up": ("topology", "--host", "--port", "--state-dir", "--ipv6-pool", "--delay", "--detach", "--log-json"),
}


def help_of(*verb: str) -> str:
    shown = CliRunner().invoke(APP, [*verb, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert shown.exit_code == 0
    return shown.output


def test_the_help_names_every_verb() -> None:
    shown = help_of()
    assert {verb for verb in VERBS if f" {verb} " in shown} == set(VERBS)


def test_the_help_has_the_verbs_in_the_order_of_a_day() -> None:
    shown = help_of()
    places = [
        shown.index(f" {verb} ") for verb in ("up", "verify", "status", "diagnose", "down", "serve", "demo")
    ]
    assert places == sorted(places)


def test_the_version() -> None:
    done = dxlab("--version")
    assert (done.returncode, done.stdout) == (0, f"dxlab {__version__}\n")


def test_every_verb_is_known_here() -> None:
    callbacks = {command.callback: command.name for command in APP.registered_commands if command.callback}
    assert {name or callback.__name__ for callback, name in callbacks.items()} == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb(verb: str) -> None:
    shown = help_of(verb)
    assert [word for word in VERBS[verb] if word not in shown.lower()] == []


@pytest.mark.root
@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--port", "0"),
        ("up", TOPOLOGY),
        ("demo", TOPOLOGY),
        ("verify", TOPOLOGY),
        ("exec", "edge", "--", "true"),
        ("down",),
        ("plug", "office"),
        ("unplug", "office"),
    ],
    ids=" ".join,
)
def test_a_verb_that_lacks_privileges(arguments: tuple[str, ...]) -> None:
    said = sentence(dxlab(*arguments, prefix=UNPRIVILEGED), status=2)
    assert said == f"'dxlab {arguments[0]}' works on network namespaces and needs root: run it with sudo"


@pytest.mark.root
@pytest.mark.parametrize(
    "verb", [("exec", "edge", "--", "true"), ("plug", "office"), ("down",)], ids=" ".join
)
def test_which_lab_is_meant(elsewhere: Elsewhere, verb: tuple[str, ...]) -> None:
    """None is up, then two are."""
    assert sentence(elsewhere.dxlab(*verb), status=2).startswith("no lab is up")
    for name in ("first", "second"):
        elsewhere.lab(name)
    said = sentence(elsewhere.dxlab(*verb), status=2)
    assert said.startswith("several labs are up (first, second): say which")


@pytest.mark.root
def test_a_lab_that_is_not_up() -> None:
    said = sentence(dxlab("plug", "office", "--lab", "tlab-nowhere"), status=2)
    assert said == "no lab 'tlab-nowhere' is up; see 'dxlab status'"


@pytest.mark.root
@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--ipv6-pool", "2001:db8::1/64", "has host bits set"),
        ("--ipv6-pool", "10.0.0.0/8", "give a network such as"),
        ("--port", "65536", "less than or equal to 65535"),
        ("--delay", "-1", "greater than or equal to 0"),
    ],
)
def test_an_option_with_a_value_that_cannot_be(option: str, value: str, words: str) -> None:
    done = dxlab("serve", option, value)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


@pytest.mark.root
def test_a_pool_that_is_too_small() -> None:
    assert "the IPv6 pool 2001:db8::/126 holds no /125" in sentence(
        dxlab("serve", "--ipv6-pool", "2001:db8::/126"), status=2
    )
