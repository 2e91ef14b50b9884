"""A command that sees next to nothing of this machine's files, and can change none but its own.

A network namespace keeps a router's packets apart, not its files. So its commands get a mount namespace too, whose
root has

    /usr (and /bin, /lib, ... that lead there)    to read
    /etc                                          Debian's alternatives, which /usr leads through, and copies of a few
                                                  files that are public everywhere: `passwd`, `hosts`, ...
    /proc                                         to read, but for the settings of the network namespace
    /dev                                          the null device and the like
    /tmp, /var/tmp, /var/log                      of its own, empty, small, and gone with the last process
    the caller's own directories                  to read and to write

and nothing else. It is the kernel that keeps to this, whatever a configuration may name. In particular there is no
/home, /root or /var/lib, no socket of the machine's log or of a container engine, no other router's directory.

Like a network namespace, a mount namespace belongs to a *thread*, and what a thread starts is born into its
namespaces. So a thread is made, enclosed, and ends when it has started the command: nothing has to be kept, named or
cleared away, and no other program is run on the way. That is why the thread may do no more than that: modules that are
not loaded yet are out of its reach.

See mount_namespaces(7) and pivot_root(2).
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab.errors import MachineError, PrivilegeError
from lab.network.namespaces import DIRECTORY, inside

_CLONE_NEWNS = 0x20000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 0x1, 0x2, 0x4, 0x20
_MS_BIND, _MS_REC, _MS_PRIVATE, _MNT_DETACH = 0x1000, 0x4000, 0x40000, 0x2

_SYSTEM = ("bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr", "etc/alternatives")
_PUBLIC = ("group", "hosts", "ld.so.cache", "localtime", "nsswitch.conf", "passwd", "protocols", "services")
_DEVICES = ("full", "null", "random", "urandom", "zero")
_SCRATCH = ("tmp", "var/tmp", "var/log")
#: Processes are this machine's, so their ids mean the same to everybody.
_PROCESSES, _SETTINGS = Path("/proc"), Path("/proc/sys/net")

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Enclosure:
    """Where commands are shut in.

    :param namespace: the name of their network namespace.
    :param own: the directories that are theirs, by the paths at which they see them.
    :param scratch: directories that they may expect beside those that everybody has, empty ones.
    """

    namespace: str
    own: Mapping[Path, Path]
    scratch: Sequence[Path] = ()


def start_enclosed(
    argv: Sequence[str], enclosure: Enclosure, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a command in the enclosure; all that it prints comes by one pipe.

    :raises MachineError: the kernel makes no such place here.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(_start, argv, enclosure, environment).result()


def _start(
    argv: Sequence[str], enclosure: Enclosure, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    with inside(enclosure.namespace):
        _enclose(enclosure)
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment,
        )


def _enclose(enclosure: Enclosure) -> None:
    """Shut the calling thread in, for good."""
    _demand(_libc.unshare(_CLONE_NEWNS), "make a mount namespace")
    os.umask(0o022)  # the thread's alone from here on
    _mount("none", Path("/"), _MS_REC | _MS_PRIVATE)
    # In a directory that is certain to be there and that no router has a use for.
    _furnish(DIRECTORY, enclosure)
    os.chdir(DIRECTORY)
    _demand(_libc.pivot_root(b".", b"."), "change the root directory")
    _demand(_libc.umount2(b".", _MNT_DETACH), "leave the root directory")
    os.chdir("/")


def _furnish(root: Path, enclosure: Enclosure) -> None:
    _mount("tmpfs", root, _MS_NOSUID | _MS_NODEV, "tmpfs", "mode=755,size=16m")
    _copy_public_files(root / "etc")
    for name in _SYSTEM:
        _share_system(Path("/", name), root / name)
    _share_devices(root / "dev")
    _share(_PROCESSES, root / "proc", read_only=True)
    _share(_SETTINGS, root / "proc/sys/net")
    for path in (*map(Path, _SCRATCH), *enclosure.scratch):
        _make_scratch(_below(root, path))
    for seen, directory in enclosure.own.items():
        _share(directory, _below(root, seen))


def _below(root: Path, path: Path) -> Path:
    return root / str(path).lstrip("/")


def _share_system(path: Path, target: Path) -> None:
    if path.is_symlink():
        target.symlink_to(path.readlink())
    elif path.is_dir():
        _share(path, target, read_only=True)


def _copy_public_files(directory: Path) -> None:
    directory.mkdir()
    for path in (Path("/etc", name) for name in _PUBLIC):
        if path.is_file():
            shutil.copyfile(path, directory / path.name)


def _share_devices(directory: Path) -> None:
    directory.mkdir()
    for name in _DEVICES:
        (directory / name).touch()
        _mount(f"/dev/{name}", directory / name, _MS_BIND)


def _make_scratch(directory: Path) -> None:
    directory.mkdir(parents=True)
    directory.chmod(0o1777)


def _share(source: Path, target: Path, *, read_only: bool = False) -> None:
    """Have a directory of this machine here too, without what is mounted within it."""
    target.mkdir(parents=True, exist_ok=True)
    _mount(str(source), target, _MS_BIND)
    if read_only:
        _mount("none", target, _MS_BIND | _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


def _mount(source: str, target: Path, flags: int, kind: str = "none", options: str = "") -> None:
    words = (source.encode(), os.fsencode(target), kind.encode())
    _demand(_libc.mount(*words, ctypes.c_ulong(flags), options.encode()), f"mount {source} at {target}")


def _demand(failed: int, purpose: str) -> None:
    if not failed:
        return
    error = ctypes.get_errno()
    if error in (errno.EPERM, errno.EACCES):
        raise PrivilegeError(f"to {purpose} needs root; run the command as root")
    raise MachineError(f"cannot {purpose}: {os.strerror(error)}")
