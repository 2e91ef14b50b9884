"""`dxlab diagnose`, `capture` and `history` at a lab whose router has a wrong key."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.l2 import Dot1Q
from scapy.utils import rdpcap

from tests.support.command import Running, bench, dxlab, eventually
from tests.support.lab import DXLAB
from tests.support.topologies import Office, line_of, write_topology

pytestmark = pytest.mark.root

RIGHT, WRONG = "s3cretKey9", "S3CRETKEY9"
NAME = "tlab-diagnose"


@dataclass(frozen=True)
class Wrong:
    """The lab, and the file of its router."""

    lab: Running
    configuration: Path

    @property
    def peer(self) -> str:
        return str(self.lab.peer("ipv4")["bgpPeerId"])


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wrong]:
    directory = tmp_path_factory.mktemp(NAME)
    topology = write_topology(directory, NAME, Office(families=("ipv4",), key=RIGHT))
    configuration = directory / "edge.conf"
    text = configuration.read_text().replace("${office-private.ipv4.authKey}", WRONG)
    configuration.write_text(text)
    with bench(NAME, directory) as made:
        lab = Wrong(made.up(topology), configuration)
        eventually(
            lambda: verdict(lab.peer)["confidence"] == "certain", "the router to call with its wrong key"
        )
        yield lab


def verdict(*arguments: str | Path, key: str = "") -> dict[str, Any]:
    """The only verdict, as JSON, with the exit status of a peer that is not healthy."""
    environment = {**os.environ, "DXLAB_AUTH_KEY": key}
    words = (*DXLAB, "diagnose", "--json", "--lab", NAME, *map(str, arguments))
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1, done.stderr
    assert RIGHT not in done.stdout
    assert WRONG not in done.stdout
    (found,) = json.loads(done.stdout)["verdicts"]
    return dict(found)


def test_the_cause_its_proof_and_its_place(wrong: Wrong) -> None:
    found = verdict(wrong.peer)
    assert (found["cause"], found["confidence"]) == ("md5-mismatch", "certain")
    assert (
        found["explanation"]
        == "the router signs with the right key in upper case, not with the peer's authKey"
    )
    assert found["where"] == f"{wrong.configuration}:{line_of(wrong.configuration, WRONG)}"
    assert found["fix"].startswith("neighbor 169.254.")
    assert any("md5 invalid" in item["shows"] for item in found["evidence"])


@pytest.mark.parametrize("who", [(), ("office-private",), ("office-private.ipv4",)])
def test_in_words(wrong: Wrong, who: tuple[str, ...]) -> None:
    done = dxlab("diagnose", *who, "--lab", NAME)
    assert done.returncode == 1
    head, explanation, *rest = done.stdout.splitlines()
    assert head == f"{wrong.peer}  office-private ipv4  md5-mismatch (certain)"
    assert explanation.startswith("  the router signs with ")
    assert [line.split(":")[0] for line in rest[:2]] == ["  fix", "  where"]
    assert all(line.startswith("  seen: ") for line in rest[2:])


def test_the_status_names_the_cause(wrong: Wrong) -> None:
    assert shown_cause(wrong) == "md5-mismatch"
    assert shown_cause(wrong, "--no-why") is None
    (line,) = (line for line in dxlab("status").stdout.splitlines() if wrong.peer in line)
    assert line.endswith("  md5-mismatch")


def shown_cause(wrong: Wrong, *options: str) -> str | None:
    labs = json.loads(dxlab("status", "--json", *options).stdout)["labs"]
    (mine,) = (lab for lab in labs if lab["lab"] == NAME)
    (peer,) = mine["connections"][0]["virtualInterfaces"][0]["bgpPeers"]
    assert peer["bgpPeerId"] == wrong.peer
    return str(peer["cause"]) if peer["cause"] else None


def test_nobody_of_that_name() -> None:
    done = dxlab("diagnose", "nobody", "--lab", NAME)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no BGP peer or virtual interface 'nobody'" in done.stderr


def test_a_capture_has_tags_and_is_judged_alike(wrong: Wrong, tmp_path: Path) -> None:
    path = tmp_path / "cable.pcap"
    done = dxlab("capture", wrong.peer, "-w", path, "--for", "3", "--lab", NAME)
    assert done.returncode == 0, done.stderr
    packets = rdpcap(str(path))
    assert {packet[Dot1Q].vlan for packet in packets if Dot1Q in packet} == {101}
    with_key = verdict("--pcap", path, wrong.peer, key=RIGHT)
    assert (with_key["cause"], with_key["confidence"]) == ("md5-mismatch", "certain")
    without = verdict("--pcap", path, wrong.peer)
    assert "md5-mismatch" in (without["cause"], *without["rivals"])


def test_a_capture_that_cannot_be_written(wrong: Wrong, tmp_path: Path) -> None:
    done = dxlab("capture", wrong.peer, "-w", tmp_path / "none" / "a.pcap", "--for", "0", "--lab", NAME)
    assert done.returncode == 2
    assert "cannot be written: No such file or directory" in done.stderr


def test_the_history_has_reasons(wrong: Wrong) -> None:
    eventually(lambda: "status" in kinds(wrong), "a first status")
    shown = dxlab("history", wrong.peer, "--lab", NAME).stdout
    assert shown.startswith(f"{wrong.peer}  office-private ipv4")
    assert "not connected yet" in shown


def kinds(wrong: Wrong) -> list[str]:
    done = dxlab("history", wrong.peer, "--json", "--lab", NAME)
    return [entry["kind"] for entry in json.loads(done.stdout)[wrong.peer]]
