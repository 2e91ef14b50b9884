"""`dxlab clone`: what it is given, what it prints, and what it says when it cannot."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lab.topology import load
from tests.cli.words import UNPRIVILEGED, result, sentence
from tests.support.command import dxlab
from tests.support.lab import DXLAB

PUBLISHED = Path(__file__).parents[1] / "clone" / "published"
VIF = PUBLISHED / "second-family.json"


def piped(text: bytes, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*DXLAB, "clone", *arguments], input=text, capture_output=True, check=False)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_standard_input_becomes_a_topology() -> None:
    made = result(piped(VIF.read_bytes() + (PUBLISHED / "connections.json").read_bytes()))
    assert made == result(dxlab("clone", VIF, PUBLISHED / "connections.json"))
    assert made == result(piped(VIF.read_bytes(), str(PUBLISHED / "connections.json"), "-"))
    assert '"dx:My_Connection"' in made


def test_it_needs_no_root_and_nothing_is_said_beside_the_topology(tmp_path: Path) -> None:
    done = dxlab("clone", VIF, prefix=UNPRIVILEGED)
    path = tmp_path / "lab.yml"
    path.write_text(result(done))
    assert done.stderr == ""
    assert load(path).name == "clone-eqdc2"


def test_the_options(tmp_path: Path) -> None:
    path = tmp_path / "lab.yml"
    options = ("--vif", "PublicVirtualInterface", "--location", "TIVIT", "--connection", "dxcon-ffjrkx17")
    made = dxlab(
        "clone", PUBLISHED / "describe-virtual-interfaces-2014.json", "--name", "my-lab", "--redact", *options
    )
    path.write_text(result(made))
    assert [request.operation for request in load(path).requests] == ["CreatePublicVirtualInterface"]
    assert load(path).name == "my-lab"
    assert "asdf34example" not in made.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.json",), "nowhere.json cannot be read: No such file or directory"),
        ((".",), ". cannot be read: Is a directory"),
        ((str(VIF), "--profile", "default"), "give files or --profile, not both"),
        (
            (str(VIF), "--vif", "office"),
            "no virtual interface 'office' fits the choice; there are: dxvif-fg1vuj3d ",
        ),
        (
            (str(VIF), "--name", "My Lab"),
            "'My Lab' cannot name a lab; use up to 31 of a-z, 0-9 and '-', such as ",
        ),
        ((str(VIF), "--kind", "ios"), "unknown kind 'ios'; known: "),
    ],
)
def test_what_cannot_be_done(arguments: tuple[str, ...], words: str) -> None:
    assert sentence(dxlab("clone", *arguments), 2).startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "standard input is empty; it should hold what "),
        (b"VIRTUALINTERFACES\t65000", "standard input:1: this is not JSON "),
        (b"\xff\xfe{", "standard input is not UTF-8 text; run the AWS CLI with '--output json'"),
        (
            json.dumps({"virtualInterfaces": []}).encode(),
            "there is no virtual interface to rehearse: none was ",
        ),
    ],
)
def test_an_input_that_is_none(text: bytes, words: str) -> None:
    assert sentence(piped(text), 2).startswith(words)
