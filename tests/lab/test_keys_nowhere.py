"""BGP keys are nowhere but where they belong, from a lab's first request to its last report.

One router has the right key, another a wrong one; the lab is asked for all that it can say, in each of its ways. It may
show a key only to whoever asks the API for it, and in what AWS tells a router.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.support.command import PATIENCE, Bench, Running, dxlab, eventually
from tests.support.lab import DXLAB
from tests.support.secrets import holds, readable_by_everybody, watching_processes
from tests.support.topologies import VGW, Office, write_topology

pytestmark = pytest.mark.root

EDGE_KEY, BRANCH_KEY, WRONG_KEY = (
    "Nob0dy-May-Read-This-77",
    "N0r-This-One-Of-Ours-88",
    "And-N0t-This-Either-99",
)
KEYS = (EDGE_KEY, BRANCH_KEY, WRONG_KEY)
EDGE = Office(key=EDGE_KEY)
BRANCH = Office("branch", "branch-private", "branch", 102, BRANCH_KEY, families=("ipv4",))
PUBLIC = tuple(map(Path, (tempfile.gettempdir(), "/var/tmp", "/dev/shm", "/var/log")))


@pytest.mark.timeout(300)
def test_a_key_is_nowhere_but_where_it_belongs(lab_bench: Bench, tmp_path: Path) -> None:
    begin = time.time()
    topology = write_topology(tmp_path, lab_bench.name, EDGE, BRANCH)
    broken = tmp_path / "branch.conf"
    broken.write_text(BRANCH.configuration.replace("${branch-private.ipv4.authKey}", WRONG_KEY))
    with watching_processes(*KEYS) as shown:
        lab = _up(lab_bench, topology)
        told = [*_verbs(tmp_path), *_pages(lab), *_refusals(lab), _clone(lab)]
        lab.kill()
        lab = _up(lab_bench, topology, "--log-json")
        lab.routers["edge"].restart()
        eventually(lambda: _ups(lab) == {"office-private"}, "the sessions to be back")
        told += [*_verification(topology, tmp_path), lab_bench.log()]
        public = readable_by_everybody(KEYS, begin, lab.places.run.parent, lab.places.state, *PUBLIC)
    assert shown == set()
    assert [text for text in told if holds(text, KEYS)] == []
    assert public == []
    logs = list(lab.places.run.rglob("*.log"))
    assert {path.name for path in logs} == {"launcher.log", "frr.log"}
    assert [path for path in logs if holds(path.read_bytes(), KEYS)] == []


def test_the_search_finds_what_everybody_may_read() -> None:
    begin = time.time()
    with tempfile.TemporaryDirectory() as name:
        shut, open_ = Path(name, "shut"), Path(name, "open")
        Path(name).chmod(0o755)
        for path, mode in ((shut, 0o640), (open_, 0o644)):
            path.write_text(f"password {WRONG_KEY}\n")
            path.chmod(mode)
        assert readable_by_everybody(KEYS, begin, Path(name)) == [open_]


def test_the_watch_sees_a_key_that_a_process_was_given() -> None:
    for words, environment in ((["cat", WRONG_KEY, "-"], {}), (["cat"], {"KEY": WRONG_KEY})):
        with (
            watching_processes(*KEYS) as shown,
            subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/bin", **environment},
            ) as process,
        ):
            eventually(lambda seen=shown: bool(seen), "the key to be seen")  # type: ignore[misc]
            process.communicate()


def _up(bench: Bench, topology: Path, *options: str) -> Running:
    """The lab, once the session with the right key is up, and has been so in both families."""
    lab = bench.up(topology, *options)
    eventually(lambda: _ups(lab) == {"office-private"}, "the session with the right key to be up")
    return lab


def _ups(lab: Running) -> set[str]:
    """The virtual interfaces whose every session is up."""
    return {
        vif["virtualInterfaceName"]
        for vif in lab.vifs()
        if {peer["bgpStatus"] for peer in vif["bgpPeers"]} == {"up"}
    }


def _verbs(directory: Path) -> Iterator[str]:
    """What each verb prints of a running lab, and the capture."""
    pcap = directory / "branch.pcap"
    for words in (
        ("status",),
        ("status", "--json"),
        ("diagnose",),
        ("diagnose", "--json"),
        ("history", "branch-private"),
        ("history", "office-private", "--json"),
        ("show", "branch", "neighbours", "--json"),
        ("exec", "branch", "--", "vtysh", "-c", "show bgp neighbors json"),
        ("capture", "branch-private", "-w", pcap, "--for", "1"),
        ("diagnose", "--pcap", pcap),
    ):
        done = dxlab(*words)
        assert done.stdout + done.stderr, words
        yield done.stdout + done.stderr
    yield pcap.read_bytes().decode("latin-1")


def _pages(lab: Running) -> Iterator[str]:
    for page in ("metrics", "lab/status", "lab/history", "lab/routes"):
        with urllib.request.urlopen(f"{lab.url}/{page}", timeout=PATIENCE) as answer:
            yield answer.read().decode()


def _refusals(lab: Running) -> Iterator[str]:
    """What AWS says of a request that it does not take: for the key in it, and for something else."""
    connection = lab.client.describe_connections()["connections"][0]["connectionId"]
    for vlan, key in (
        (103, f"{EDGE_KEY} "),
        (103, EDGE_KEY * 4),
        (103, f"\n{EDGE_KEY}"),
        (101, EDGE_KEY),
        (5000, EDGE_KEY),
    ):
        vif = {
            "virtualInterfaceName": "another",
            "vlan": vlan,
            "asn": 65001,
            "authKey": key,
            "virtualGatewayId": VGW,
        }
        with pytest.raises(ClientError) as refusal:
            lab.client.create_private_virtual_interface(
                connectionId=connection, newPrivateVirtualInterface=vif
            )
        yield f"{refusal.value} {refusal.value.response}"


def _clone(lab: Running) -> str:
    described = json.dumps(lab.client.describe_virtual_interfaces(), default=str)
    assert holds(described, [EDGE_KEY]), "whoever asks the API is told"
    done = subprocess.run(
        (*DXLAB, "clone", "--redact"), input=described, capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


def _verification(topology: Path, directory: Path) -> Iterator[str]:
    """What `verify` prints of the same topology, in a lab of its own, and its reports."""
    expected = (
        f"{topology.read_text()}expect: {{branch-private: {{within: 1s, customer-router-config: applied}}}}\n"
    )
    topology.write_text(expected)
    reports = {kind: directory / f"verdict.{kind}" for kind in ("junit", "json", "sarif")}
    done = dxlab("verify", topology, *(f"--{kind}={path}" for kind, path in reports.items()))
    assert done.returncode == 1
    yield done.stdout + done.stderr
    for path in reports.values():
        yield path.read_text()
