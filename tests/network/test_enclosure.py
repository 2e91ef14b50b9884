"""What a command in an enclosure finds of this machine, and what it can do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.errors import NetworkError
from lab.network.enclosure import Enclosure, start_enclosed
from lab.network.namespaces import ensure_namespace, remove_namespace

pytestmark = pytest.mark.root

NAMESPACE = "dxlab-tenclosure.edge"
SEEN = Path("/run/enclosed")

#: Runs a line of shell there, and returns its status and what it printed.
Shell = Callable[[str], tuple[int, str]]


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    ensure_namespace(NAMESPACE)
    yield NAMESPACE
    remove_namespace(NAMESPACE)


@pytest.fixture
def shell(namespace: str, tmp_path: Path) -> Shell:
    enclosure = Enclosure(namespace, own={SEEN: tmp_path}, scratch=[Path("/var/log/frr")])

    def run(line: str) -> tuple[int, str]:
        with start_enclosed(["sh", "-c", line], enclosure, {"PATH": "/usr/sbin:/usr/bin"}) as process:
            output, _ = process.communicate(timeout=10)
        return process.returncode, output.decode()

    return run


def test_there_is_little_to_see(shell: Shell) -> None:
    shown = {path for path in shell("ls /")[1].split() if not path.startswith(("lib", "bin", "sbin"))}
    assert shown == {"dev", "etc", "proc", "run", "tmp", "usr", "var"}
    assert shell("ls /run /tmp /var/tmp /var/log/frr; ls -A /var")[1].split() == [
        *("/run:", "enclosed", "/tmp:", "/var/log/frr:", "/var/tmp:"),
        *("log", "tmp"),
    ]
    assert shell("ls /etc/shadow /root /home /dev/log")[0] == 2


@pytest.mark.parametrize("path", ["/usr/bin/true", "/usr/written", "/proc/sys/kernel/hostname"])
def test_what_is_the_machines_cannot_be_written(shell: Shell, path: str) -> None:
    status, said = shell(f"echo >{path}")
    assert (status, "Read-only file system" in said) == (2, True)


def test_what_is_its_own_can(shell: Shell, tmp_path: Path) -> None:
    written = ("/run/enclosed/a", "/tmp/a", "/var/tmp/a", "/var/log/a", "/var/log/frr/a", "/dev/null")
    assert shell("".join(f"echo b >{path} && " for path in written) + "cat /tmp/a") == (0, "b\n")
    assert (tmp_path / "a").read_text() == "b\n"
    assert shell("cat /tmp/a")[0] == 1, "it is gone with the one who wrote it"


def test_it_may_not_fill_the_memory(shell: Shell) -> None:
    assert "No space left" in shell("head -c 17m /dev/zero >/tmp/a")[1]


def test_its_network_is_its_namespaces(shell: Shell, namespace: str) -> None:
    assert shell("ls /proc/sys/net/ipv4/conf")[1].split() == ["all", "default", "lo"]
    assert shell("echo 1 >/proc/sys/net/ipv4/ip_forward && cat /proc/sys/net/ipv4/ip_forward") == (0, "1\n")
    assert Path(f"/run/netns/{namespace}").stat().st_ino == int(shell("stat -Lc %i /proc/self/ns/net")[1])


def test_nothing_is_mounted_for_anybody_else(shell: Shell) -> None:
    before = Path("/proc/self/mountinfo").read_text()
    home, umask = Path.cwd(), Path("/proc/self/status").read_text().split("Umask:\t")[1][:4]
    assert shell("grep -c . /proc/self/mountinfo")[0] == 0
    assert Path("/proc/self/mountinfo").read_text() == before
    assert (Path.cwd(), Path("/proc/self/status").read_text().split("Umask:\t")[1][:4]) == (home, umask)


def test_a_namespace_that_is_not_there() -> None:
    with pytest.raises(NetworkError, match="there is no network namespace"):
        start_enclosed(["true"], Enclosure("dxlab-tenclosure.none", own={}), {})


def test_a_command_that_is_not_there(namespace: str) -> None:
    with pytest.raises(FileNotFoundError):
        start_enclosed(["/opt/none"], Enclosure(namespace, own={}), {})
