"""A state directory that cannot be written: what is shown stays true, what is asked for is refused, and whoever
wants to begin with it is told so.

The directory is a file system of its own, which is filled to the last octet, or mounted read-only. (Linux does
not make one read-only in which a file is open for writing.)
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.support.command import Bench, Running, dxlab, eventually
from tests.support.topologies import Office, write_topology

pytestmark = pytest.mark.root


@pytest.fixture
def state(lab_bench: Bench) -> Iterator[Path]:
    """The bench's state directory, of two megabytes."""
    directory = lab_bench.places.state
    directory.mkdir(mode=0o700)
    mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(directory))
    yield directory
    lab_bench.clear()
    subprocess.run(["umount", "--lazy", str(directory)], check=True)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


@contextmanager
def full(state: Path) -> Iterator[None]:
    """Not one more octet fits in."""
    filler = state / "filler"
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, b"x" * 4096)
    except OSError:
        pass
    finally:
        os.close(descriptor)
    yield
    filler.unlink()


@contextmanager
def read_only(state: Path) -> Iterator[None]:
    mount("-o", "remount,ro", str(state))
    yield
    mount("-o", "remount,rw", str(state))


def shut(lab: Running, *, down: bool) -> None:
    """The router ends its sessions, or lets them come again."""
    lines = [
        f" {'' if down else 'no '}neighbor {peer['amazonAddress'].partition('/')[0]} shutdown"
        for peer in lab.peers()
    ]
    lab.routers["edge"].reconfigure("\n".join(["router bgp 65001", *lines, ""]))


def see(lab: Running, status: str) -> None:
    eventually(lambda: set(lab.statuses()) == {status}, f"the sessions to be seen {status}")


def status(lab: Running) -> dict[str, object]:
    (mine,) = (
        each
        for each in json.loads(dxlab("status", "--json", "--no-why").stdout)["labs"]
        if each["lab"] == lab.places.name
    )
    return dict(mine)


def test_what_is_seen_is_shown_while_the_disk_is_full(lab_bench: Bench, state: Path) -> None:
    lab = lab_bench.up(write_topology(state.parent, lab_bench.name, Office()))
    eventually(lab.is_up, "every session to be up")
    with full(state):
        for down in (True, False, True):
            shut(lab, down=down)
            see(lab, "down" if down else "up")
        assert str(status(lab)["unstored"]).startswith("the state cannot be written to ")
        with pytest.raises(ClientError, match=r"DirectConnectServerException.*the state cannot be written"):
            lab.client.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName="more")
        assert lab.connection()["connectionName"] == "office"
    eventually(lambda: status(lab)["unstored"] is None, "what was seen to be stored")
    shown = [detail for _, detail in lab.history(lab.peer("ipv4")["bgpPeerId"])]
    assert shown[-3:] == ["down", "up", "down"]
    lab.client.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName="more")
    assert lab.end() == 0


def test_an_endpoint_comes_back_while_the_disk_is_full(lab_bench: Bench, state: Path) -> None:
    lab = killed(lab_bench, state)
    before = established(lab)
    with full(state):
        assert lab.topology is not None
        again = lab_bench.up(lab.topology)
        see(again, "up")
        assert established(again) == before
        assert again.end() == 0


def test_an_endpoint_that_cannot_come_back_harms_nothing_that_stands(lab_bench: Bench, state: Path) -> None:
    lab = killed(lab_bench, state)
    before = established(lab)
    assert lab.topology is not None
    with read_only(state):
        refused = dxlab("up", lab.topology, "--port", "0", "--state-dir", state)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "Read-only file system; name another" in refused.stderr
    again = lab_bench.up(lab.topology)
    see(again, "up")
    assert established(again) == before
    assert again.end() == 0


def test_a_journal_that_was_not_written_to_its_end(lab_bench: Bench, state: Path) -> None:
    """As a power cut leaves it: the transactions before the last one hold, and the sessions go on."""
    lab = killed(lab_bench, state)
    before = established(lab)
    journal = state / "cloud.sqlite3-wal"
    os.truncate(journal, journal.stat().st_size - 1000)
    assert lab.topology is not None
    again = lab_bench.up(lab.topology)
    see(again, "up")
    assert established(again) == before
    assert again.end() == 0


def killed(bench: Bench, state: Path) -> Running:
    """A lab whose endpoint was killed, with its sessions up."""
    lab = bench.up(write_topology(state.parent, bench.name, Office()))
    see(lab, "up")
    lab.kill()
    return lab


def established(lab: Running) -> list[int]:
    """How often each of the router's sessions was ever established."""
    answer = lab.routers["edge"].execute(["vtysh", "-c", "show bgp neighbors json"]).output
    return [neighbour["connectionsEstablished"] for neighbour in json.loads(answer).values()]
