"""Network namespaces, and how to work inside one.

Every part of a lab (the Direct Connect device, a customer router, a virtual interface) has a network
namespace of its own, kept under a name in /run/netns as ip-netns(8) does it, so that `ip netns exec` works on
all of them and a container's namespace can be adopted under a name of ours.

A network namespace belongs to a *thread*. `inside` moves the calling thread and always brings it back;
whatever is opened meanwhile (a netlink socket, a listener, a file of /proc/sys/net) goes on belonging to the
namespace. Entering costs some microseconds and needs no process. Nothing is cached: an open netlink socket
would keep a namespace alive after its name is gone, and opening one costs less than a millisecond.

All functions may be called from any thread that runs no asyncio event loop (the synchronous pyroute2 sockets
run one themselves); in asynchronous code, call them through `asyncio.to_thread`.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from lab import faults
from lab.errors import LabError, NetworkError, PrivilegeError

DIRECTORY = Path("/run/netns")

_CLONE_NEWNET = 0x40000000
_MS_BIND, _MS_REC, _MS_SHARED, _MNT_DETACH = 0x1000, 0x4000, 0x100000, 0x2
_THIS_THREAD = Path("/proc/thread-self/ns/net")

# An address is usable at once, and only those that the lab assigns are there.
_NO_AUTOCONFIGURATION = {
    f"net.ipv6.conf.{scope}.{key}": "0" for scope in ("all", "default") for key in ("accept_dad", "accept_ra")
}
_FORWARDING = {"net.ipv4.ip_forward": "1", "net.ipv6.conf.all.forwarding": "1"}

_libc = ctypes.CDLL(None, use_errno=True)


def ensure_namespace(name: str) -> None:
    """Make the namespace, loopback up, IPv6 without duplicate address detection and router advertisements."""
    with _registry():
        if _is_namespace(DIRECTORY / name):
            return
        with scratch_namespace(), netlink(None) as kernel:
            _write_sysctls(_NO_AUTOCONFIGURATION)
            kernel.link("set", ifname="lo", state="up")
            faults.point("a namespace has no name yet")
            # Last, so that whatever has a name is complete.
            _bind(_THIS_THREAD, name)


def adopt_namespace(name: str, pid: int) -> None:
    """Give the network namespace of a process a name, in place of whatever had that name.

    :raises NetworkError: no such process.
    """
    process = Path(f"/proc/{pid}/ns/net")
    with _registry():
        if _same_namespace(process, DIRECTORY / name):
            return
        _unbind(name)
        _bind(process, name)


def hold_namespace(name: str) -> int:
    """A descriptor of the namespace, which keeps it in the kernel until it is closed; for `restore_namespace`."""
    return os.open(DIRECTORY / name, os.O_RDONLY | os.O_CLOEXEC)


def restore_namespace(name: str, descriptor: int) -> None:
    """Give a namespace that is held its name again, unless a namespace has that name."""
    with _registry():
        if not _is_namespace(DIRECTORY / name):
            _bind(Path(f"/proc/self/fd/{descriptor}"), name)


def prepare_router(name: str) -> None:
    """Make a namespace forward IPv4 and IPv6, and use IPv6 addresses at once, as a router's should.

    For namespaces that `ensure_namespace` made or `adopt_namespace` found; call it before interfaces come in,
    since an interface takes its settings from the defaults when it is made.
    """
    with inside(name):
        _write_sysctls(_NO_AUTOCONFIGURATION | _FORWARDING)


def remove_namespace(name: str) -> None:
    """Take the name away; the kernel clears the namespace itself once no process and no socket uses it."""
    with _registry():
        _unbind(name)


def namespaces(prefix: str = "") -> list[str]:
    """The names of all namespaces that begin with `prefix`, in order."""
    if not DIRECTORY.is_dir():
        return []
    return sorted(path.name for path in DIRECTORY.iterdir() if path.name.startswith(prefix))


def namespace_exists(name: str) -> bool:
    return _is_namespace(DIRECTORY / name)


def processes_in(name: str) -> list[int]:
    """The ids of the processes whose network namespace this is; none where there is no such namespace."""
    return processes_in_all([name])


def processes_in_all(names: Iterable[str]) -> list[int]:
    """The ids of the processes that are in any of these network namespaces, at one look over all there are."""
    wanted = {identity for name in names if (identity := _identity(DIRECTORY / name))}
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return sorted(pid for pid in pids if _identity(Path(f"/proc/{pid}/ns/net")) in wanted)


def write_sysctl(namespace: str, key: str, value: str) -> None:
    """Set a kernel setting of the namespace, such as `net.ipv4.ip_forward`.

    As with sysctl(8), a key may be written with slashes, for interfaces with a dot in their name:
    `net/ipv6/conf/eth1.101/disable_ipv6`.
    """
    with inside(namespace):
        _write_sysctls({key: value})


@contextmanager
def inside(namespace: str | None) -> Iterator[None]:
    """Let the calling thread work in the namespace (None: where it is); it is back afterwards.

    Never leave the thread to others inside: no `await` in this block.
    """
    if namespace is None:
        yield
        return
    home = os.open(_THIS_THREAD, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(namespace)
        try:
            yield
        finally:
            _setns(home)
    finally:
        os.close(home)


@contextmanager
def scratch_namespace() -> Iterator[None]:
    """Let the calling thread work in a fresh network namespace, which vanishes afterwards unless it got a
    name."""
    home = os.open(_THIS_THREAD, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _demand(ctypes.get_errno() if _libc.unshare(_CLONE_NEWNET) else 0, "make a network namespace")
        try:
            yield
        finally:
            _setns(home)
    finally:
        os.close(home)


@contextmanager
def netlink(namespace: str | None) -> Iterator[IPRoute]:
    """A pyroute2 request socket in the namespace (None: the thread's own).

    :raises NetworkError: for a refusal of the kernel that the block does not handle itself.
    :raises PrivilegeError: root, or CAP_NET_ADMIN in the namespace, is missing.
    """
    with inside(namespace):
        kernel = IPRoute()
    try:
        yield kernel
    except NetlinkError as refusal:
        raise _explained(refusal, namespace) from refusal
    finally:
        kernel.close()


def _explained(refusal: NetlinkError, namespace: str | None) -> LabError:
    place = f"in the network namespace '{namespace}'" if namespace else "in its present network namespace"
    if refusal.code in (errno.EPERM, errno.EACCES):
        return PrivilegeError(f"changing interfaces {place} needs root; run the command as root")
    return NetworkError(f"Linux refused a change {place}: {os.strerror(refusal.code)}")


def _write_sysctls(settings: dict[str, str]) -> None:
    for key, value in settings.items():
        path = Path("/proc/sys", key if "/" in key else key.replace(".", "/"))
        try:
            path.write_text(value)
        except OSError as error:
            sentence = f"the kernel setting {key} cannot be set to '{value}': {error.strerror}"
            raise NetworkError(sentence) from error


# ---- names under /run/netns -------------------------------------------------------------------------------


@contextmanager
def _registry() -> Iterator[None]:
    """Hold the directory of names for changes, against other threads and processes (ip-netns(8) included)."""
    try:
        DIRECTORY.mkdir(parents=True, exist_ok=True)
        directory = os.open(DIRECTORY, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError as error:
        raise PrivilegeError("network namespaces need root; run the command as root") from error
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        _share_directory()
        yield
    finally:
        os.close(directory)


def _share_directory() -> None:
    """Make the directory a shared mount, so that a name removed here vanishes from every mount namespace."""
    if _mount("none", DIRECTORY, _MS_SHARED | _MS_REC) == errno.EINVAL:
        _demand(_mount(str(DIRECTORY), DIRECTORY, _MS_BIND | _MS_REC), "mount /run/netns")
        _demand(_mount("none", DIRECTORY, _MS_SHARED | _MS_REC), "share /run/netns")


def _bind(source: Path, name: str) -> None:
    target = DIRECTORY / name
    target.touch(mode=0o444)
    faults.point("a name is no namespace yet")
    error = _mount(str(source), target, _MS_BIND)
    if error:
        target.unlink()
        _demand(error, f"name a network namespace '{name}'")


def _unbind(name: str) -> None:
    target = DIRECTORY / name
    _libc.umount2(os.fsencode(target), _MNT_DETACH)
    faults.point("a name is no namespace any more")
    try:
        target.unlink(missing_ok=True)
    except PermissionError as error:
        raise PrivilegeError("removing network namespaces needs root; run the command as root") from error


def _is_namespace(path: Path) -> bool:
    """Whether a namespace is mounted there; a file left by a process killed half-way is none."""
    try:
        return path.stat().st_dev == _THIS_THREAD.stat().st_dev
    except OSError:
        return False


def _same_namespace(one: Path, other: Path) -> bool:
    return _identity(one) is not None and _identity(one) == _identity(other)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells one namespace from every other; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


# ---- system calls -----------------------------------------------------------------------------------------


def _enter(namespace: str) -> None:
    try:
        descriptor = os.open(DIRECTORY / namespace, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NetworkError(f"there is no network namespace '{namespace}'") from None
    try:
        _setns(descriptor)
    finally:
        os.close(descriptor)


def _setns(descriptor: int) -> None:
    failed = _libc.setns(descriptor, _CLONE_NEWNET)
    _demand(ctypes.get_errno() if failed else 0, "enter a network namespace")


def _mount(source: str, target: Path, flags: int) -> int:
    """The error number, 0 for success."""
    failed = _libc.mount(os.fsencode(source), os.fsencode(target), b"none", ctypes.c_ulong(flags), None)
    return ctypes.get_errno() if failed else 0


def _demand(error: int, purpose: str) -> None:
    if error in (errno.EPERM, errno.EACCES):
        raise PrivilegeError(f"to {purpose} needs root; run the command as root")
    if error:
        raise NetworkError(f"cannot {purpose}: {os.strerror(error)}")
