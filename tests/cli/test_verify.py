"""`dxlab verify` as users and CI systems have it: exit status, lines, reports, and nothing left behind."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lab.places import known_labs
from tests.cli.words import result, sentence
from tests.support.command import PATIENCE, dxlab, eventually
from tests.support.lab import DXLAB
from tests.support.private_labs import none_left, traces
from tests.support.topologies import Office, line_of, write_topology

pytestmark = pytest.mark.root

NAME = "tlab-verify"
WRONG_KEY = "an0therKey8"
#: With the least that can be expected, a verification takes no longer than it must.
IN_TIME = "expect: {office-private: {within: 20s}}\n"


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    with none_left(NAME):
        yield


def topology(directory: Path, office: Office, expect: str = "") -> Path:
    path = write_topology(directory, NAME, office)
    path.write_text(path.read_text() + expect)
    return path


def broken(directory: Path, right: str, wrong: str, expect: str = "") -> Path:
    """A topology whose router has something else in its configuration than it should."""
    path = topology(directory, Office(families=("ipv4",)), expect)
    config = directory / "edge.conf"
    assert right in config.read_text()
    config.write_text(config.read_text().replace(right, wrong))
    return path


def lines_of(text: str) -> list[list[str]]:
    """The parts of each line that is no remark."""
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def running(path: Path, *options: str) -> subprocess.Popen[str]:
    words = (*DXLAB, "verify", str(path), *options)
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# ----- verdicts ---------------------------------------------------------------------------------------------


def test_what_is_expected_by_default_is_met(tmp_path: Path) -> None:
    done = dxlab("verify", topology(tmp_path, Office()))
    *events, verdict = lines_of(result(done))
    assert {tuple(event[2:4]) for event in events if event[1] == "met"} == {
        (f"office-private.{family}", key) for family in ("ipv4", "ipv6") for key in ("bgpStatus", "accepted")
    }
    assert verdict[1:4] == ["verdict", NAME, "met"]
    assert "event=" not in done.stderr, "sessions that end with the lab are no news"


def test_reports_for_machines(tmp_path: Path) -> None:
    """Whatever the directory is called: names of files need not even be text."""
    directory = tmp_path / os.fsdecode(b"caf\xe9 \xf0\x9f\x8d\xb5")
    directory.mkdir()
    path = topology(directory, Office(), IN_TIME)
    options = [word for form in ("json", "junit", "sarif") for word in (f"--{form}", str(tmp_path / form))]
    result(dxlab("verify", path, *options))
    assert json.loads((tmp_path / "json").read_text())["verdict"] == "met"
    (suite,) = ElementTree.parse(tmp_path / "junit").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "0")
    assert json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"] == []


def test_a_wrong_key_is_not_met_and_told_with_evidence_but_no_key(tmp_path: Path) -> None:
    expect = "expect: {office-private: {within: 2s, customer-router-config: applied}}\n"
    path = broken(tmp_path, "${office-private.ipv4.authKey}", WRONG_KEY, expect)
    done = dxlab("verify", path, "--json", "-")
    assert done.returncode == 1, done.stderr
    written = json.loads(done.stdout)
    status, applied = written["expectations"]
    assert (status["key"], status["outcome"]) == ("bgpStatus", "not met")
    assert "bgp_auth_key is not the key that the router signs with" in applied["words"]
    assert status["evidence"]["router"] == "edge"
    assert any("bgpd" in line for line in status["evidence"]["routerLog"])
    assert [step["kind"] for step in status["evidence"]["timeline"]][:3] == ["request", "address", "vlan"]
    config = tmp_path / "edge.conf"
    assert status["configuration"] == {"file": str(config), "line": line_of(config, " password ")}
    assert status["expected"]["line"] == line_of(path, "expect:")
    for key in (WRONG_KEY, Office().key):
        assert key not in done.stdout + done.stderr


def test_a_router_that_refuses_its_configuration(tmp_path: Path) -> None:
    path = broken(tmp_path, "exit\nrouter bgp", "neighbour\nexit\nrouter bgp")
    junit, sarif = tmp_path / "verdict.xml", tmp_path / "verdict.sarif"
    done = dxlab("verify", path, "--junit", junit, "--sarif", sarif)
    assert done.returncode == 1
    *_, refused, verdict = lines_of(done.stdout)
    line = line_of(tmp_path / "edge.conf", "neighbour")
    assert refused[1:4] == ["refused", "edge", f"{tmp_path}/edge.conf:{line}"]
    assert verdict[3] == "refused"
    (failure,) = ElementTree.parse(junit).getroot().iter("failure")
    assert f"edge.conf:{line}: " in (failure.text or "")
    (finding,) = json.loads(sarif.read_text())["runs"][0]["results"]
    place = finding["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == f"file://{tmp_path}/edge.conf"
    assert place["region"]["startLine"] == line


def test_time_is_over(tmp_path: Path) -> None:
    done = dxlab("verify", topology(tmp_path, Office(silent=True)), "--timeout", "0.5")
    assert done.returncode == 1
    unmet = [line[4] for line in lines_of(done.stdout) if line[1] == "not met"]
    assert unmet
    for words in unmet:  # on a slow machine, the first call has already gone unanswered
        assert re.fullmatch(
            r"the session is down: (not connected|no answer from \S+) yet \(no time left\)", words
        )


# ----- what cannot be run -----------------------------------------------------------------------------------


def test_an_expectation_of_what_is_not_there(tmp_path: Path) -> None:
    path = topology(tmp_path, Office(), "expect: {office-privat: {bgpStatus: up}}\n")
    done = dxlab("verify", path)
    said = sentence(done, status=2)
    hint = "known: office-private; did you mean 'office-private'?"
    assert done.stderr == f"dxlab: {said}\n", "nothing was made before"
    assert said == f"{path}:{line_of(path, 'expect:')}: there is no virtual interface 'office-privat'; {hint}"


def test_a_router_without_its_cable_cannot_be_verified(tmp_path: Path) -> None:
    path = write_topology(tmp_path, NAME, Office(), unplugged=True)
    text = path.read_text().replace("connectionId: office", "connectionId: nowhere")
    path.write_text(text)
    assert "AWS refuses CreatePrivateVirtualInterface" in sentence(dxlab("verify", path), status=2)


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    path = topology(tmp_path, Office())
    said = sentence(dxlab("verify", path, "--json", tmp_path / "none" / "verdict.json"), status=2)
    assert said == (
        f"the report cannot be written to {tmp_path}/none/verdict.json: No such file or directory"
    )
    said = sentence(dxlab("verify", path, "--json", "-", "--sarif", "-"), status=2)
    assert said.startswith("only one of the reports can go to standard output")


def test_where_there_is_no_verdict_there_is_no_report(tmp_path: Path) -> None:
    path = topology(tmp_path, Office(), "expect: {nowhere: {bgpStatus: up}}\n")
    sentence(dxlab("verify", path, "--json", tmp_path / "verdict.json"), status=2)
    assert not (tmp_path / "verdict.json").exists()


# ----- side by side, interrupted, kept ----------------------------------------------------------------------


def test_verifications_of_one_topology_side_by_side(tmp_path: Path) -> None:
    path = topology(tmp_path, Office(families=("ipv4",)))
    processes = [running(path) for _ in range(3)]
    ended = [process.communicate(timeout=PATIENCE * 2) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_verification_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = running(topology(tmp_path, Office(silent=True)))
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert said.endswith("interrupted; nothing was left behind\n")


def test_a_lab_that_is_kept(tmp_path: Path) -> None:
    done = dxlab("verify", topology(tmp_path, Office(families=("ipv4",))), "--keep")
    assert done.returncode == 0, done.stderr
    (name,) = traces(NAME)
    assert f"'dxlab down {name}' takes it down" in done.stderr
    assert name in known_labs()
    shown = json.loads(result(dxlab("status", "--json")))["labs"]
    (lab,) = (lab for lab in shown if lab["lab"] == name)
    (vif,) = lab["connections"][0]["virtualInterfaces"]
    assert [peer["bgpStatus"] for peer in vif["bgpPeers"]] == ["up"]
    assert "65001" in result(dxlab("exec", "--lab", name, "edge", "--", "vtysh", "-c", "show bgp summary"))
    dxlab("down", name)


def test_an_interrupt_goes_through_to_the_lab_that_would_be_kept(tmp_path: Path) -> None:
    process = running(topology(tmp_path, Office(silent=True)), "--keep")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    eventually(lambda: traces(NAME) == set(), "the lab to be taken down")


# ----- on a terminal ----------------------------------------------------------------------------------------


def test_a_terminal_shows_a_line_for_each_expectation(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = (*DXLAB, "verify", str(topology(tmp_path, Office(), IN_TIME)))
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(words, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(theirs)
        shown = _all_of(ours)
    assert process.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert re.search(r"✓ +office-private\.ipv4 +bgpStatus +up after", text)
    assert "2 of 2 expectations met" in text


def _all_of(terminal: int) -> str:
    """What is written to a terminal until nobody has it open any more."""
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            part = b""
        if not part:
            os.close(terminal)
            return b"".join(parts).decode()
        parts.append(part)
