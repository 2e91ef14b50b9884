"""Network namespaces by name."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lab.errors import NetworkError
from lab.network.namespaces import (
    DIRECTORY,
    adopt_namespace,
    ensure_namespace,
    inside,
    namespace_exists,
    namespaces,
    netlink,
    prepare_router,
    processes_in,
    remove_namespace,
    scratch_namespace,
    write_sysctl,
)
from tests.network.wire import eventually, open_socket

pytestmark = pytest.mark.root

HERE = Path("/proc/thread-self/ns/net")
Make = Callable[[str], str]


def where() -> str:
    return str(HERE.readlink())


def sysctl(namespace: str, path: str) -> str:
    with inside(namespace):
        return Path("/proc/sys/net", path).read_text().strip()


@contextmanager
def process(*program: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits to be ended."""
    waiting = "import sys; print(flush=True); sys.stdin.read()"
    child = subprocess.Popen(
        [*program, sys.executable, "-c", waiting], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        child.stdout.readline()
        yield child
    finally:
        child.communicate()


def test_a_new_namespace_is_separate_with_loopback_up(namespace: Make) -> None:
    name = namespace("a")
    assert name in namespaces()
    with inside(name):
        assert [interface for _, interface in socket.if_nameindex()] == ["lo"]
    with closing(open_socket(name, socket.AF_INET6, socket.SOCK_DGRAM)) as own:
        own.bind(("::1", 4000))
        own.connect(("::1", 4000))


def test_ensuring_again_keeps_the_namespace(namespace: Make) -> None:
    before = (DIRECTORY / namespace("a")).stat().st_ino
    assert (DIRECTORY / namespace("a")).stat().st_ino == before


def test_a_file_left_without_a_namespace_is_made_good(prefix: str) -> None:
    (DIRECTORY / f"{prefix}a").touch()
    assert not namespace_exists(f"{prefix}a")
    ensure_namespace(f"{prefix}a")
    assert namespace_exists(f"{prefix}a")


def test_ip_netns_sees_the_same_names(namespace: Make) -> None:
    name = namespace("a")
    output = subprocess.run(
        ["ip", "netns", "exec", name, "ip", "-brief", "link"], capture_output=True, check=True
    )
    assert output.stdout.startswith(b"lo ")
    subprocess.run(["ip", "netns", "delete", name], check=True)
    assert not namespace_exists(name)


def test_many_threads_make_and_remove_at_once(prefix: str) -> None:
    names = [f"{prefix}n{number % 8}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ensure_namespace, names))
        assert namespaces(prefix) == sorted(set(names))
        list(threads.map(remove_namespace, names))
    assert namespaces(prefix) == []


def test_removing_an_absent_one_is_no_error(prefix: str) -> None:
    remove_namespace(f"{prefix}none")
    assert not namespace_exists(f"{prefix}none")


def test_no_duplicate_address_detection_and_no_router_advertisements(namespace: Make) -> None:
    for key in ("accept_dad", "accept_ra"):
        assert sysctl(namespace("a"), f"ipv6/conf/default/{key}") == "0"


def test_a_router_forwards(namespace: Make) -> None:
    name = namespace("a")
    prepare_router(name)
    assert sysctl(name, "ipv4/ip_forward") == sysctl(name, "ipv6/conf/all/forwarding") == "1"


def test_a_setting_is_written_in_its_namespace_only(namespace: Make) -> None:
    one, other = namespace("a"), namespace("b")
    write_sysctl(one, "net.ipv4.ip_default_ttl", "33")
    write_sysctl(one, "net/ipv6/conf/lo/hop_limit", "34")
    assert sysctl(one, "ipv4/ip_default_ttl") == "33"
    assert sysctl(one, "ipv6/conf/lo/hop_limit") == "34"
    assert sysctl(other, "ipv4/ip_default_ttl") == sysctl(other, "ipv6/conf/lo/hop_limit") == "64"


def test_a_refused_setting_is_named(namespace: Make) -> None:
    with pytest.raises(NetworkError, match=r"net\.ipv4\.nonsense cannot be set to '1': No such file"):
        write_sysctl(namespace("a"), "net.ipv4.nonsense", "1")


def test_a_thread_is_back_home_after_an_error(namespace: Make) -> None:
    home, name = where(), namespace("a")
    with pytest.raises(ZeroDivisionError), inside(name):
        assert where() != home
        raise ZeroDivisionError
    assert where() == home


def test_other_threads_stay_where_they_are(namespace: Make) -> None:
    name = namespace("a")
    with ThreadPoolExecutor(1) as elsewhere:
        home = elsewhere.submit(where).result()
        with inside(name):
            assert where() != home
            assert elsewhere.submit(where).result() == home


def test_entering_nothing_stays_here() -> None:
    home = where()
    with inside(None):
        assert where() == home


def test_entering_an_absent_one_is_refused(prefix: str) -> None:
    with (
        pytest.raises(NetworkError, match=f"there is no network namespace '{prefix}none'"),
        inside(f"{prefix}none"),
    ):
        pytest.fail("entered")


def test_a_scratch_namespace_vanishes() -> None:
    home = where()
    with scratch_namespace(), netlink(None) as kernel:
        assert [link.get_attr("IFLA_IFNAME") for link in kernel.link("dump")] == ["lo"]
    assert where() == home


def test_the_kernels_refusal_becomes_a_sentence(namespace: Make) -> None:
    name = namespace("a")
    with (
        pytest.raises(NetworkError, match=f"in the network namespace '{name}': No such device"),
        netlink(name) as kernel,
    ):
        kernel.link("set", index=4711, state="up")


@pytest.mark.parametrize("attempt", ["ensure_namespace('dxlab-tnetwork-no')", "vlan_driver()"])
def test_without_privileges_the_sentence_says_root(attempt: str) -> None:
    program = (
        "import os; from lab.errors import PrivilegeError; from lab.network.namespaces import *\n"
        "from lab.network.vlan import vlan_driver\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        f"try: {attempt}\n"
        "except PrivilegeError as error: print(error)\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert output.endswith("needs root; run the command as root\n")


def test_a_process_namespace_is_adopted(prefix: str) -> None:
    name = f"{prefix}docker"
    with process("unshare", "--net") as child:
        adopt_namespace(name, child.pid)
        adopt_namespace(name, child.pid)
        assert processes_in(name) == [child.pid]
        assert (DIRECTORY / name).samefile(f"/proc/{child.pid}/ns/net")


def test_adopting_replaces_what_had_the_name(namespace: Make) -> None:
    name = namespace("docker")
    before = (DIRECTORY / name).stat().st_ino
    with process("unshare", "--net") as child:
        adopt_namespace(name, child.pid)
    assert (DIRECTORY / name).stat().st_ino != before


def test_adopting_from_a_dead_process_is_refused(prefix: str) -> None:
    with process("unshare", "--net") as child:
        pass
    with pytest.raises(NetworkError, match="No such file"):
        adopt_namespace(f"{prefix}docker", child.pid)
    assert namespaces(prefix) == []


def test_the_processes_inside_are_known(namespace: Make) -> None:
    name = namespace("a")
    assert processes_in(name) == []
    with inside(name):
        child = process()
        started = child.__enter__()
    assert processes_in(name) == [started.pid]
    child.__exit__(None, None, None)
    eventually(lambda: processes_in(name) == [], "the process is gone")


def test_an_absent_namespace_has_no_processes(prefix: str) -> None:
    assert processes_in(f"{prefix}none") == []
