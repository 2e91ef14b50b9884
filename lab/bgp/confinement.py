"""What a speaker gives up before it meets the network: the launcher's namespace, root, and its own survival.

The order matters. Entering the namespace and binding port 179 need root, and after `become_nobody` there is no way
back. When credentials change the kernel forgets the parent-death signal and resets dumpability, so these two come
last. See setns(2), prctl(2), capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path

NETNS = Path("/run/netns")
NOBODY = 65534

_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NAME = 15
_PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def enter_namespace(name: str) -> None:
    """Move this process into a named network namespace; OSError when there is none."""
    descriptor = os.open(NETNS / name, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _check(_libc.setns(descriptor, _CLONE_NEWNET))
    finally:
        os.close(descriptor)


def become_nobody() -> None:
    """Give up root for good: user, groups, and every way to regain privileges."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def die_with(parent: int) -> None:
    """Be killed when the parent ends; end at once when it already has."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def hide_memory() -> None:
    """No core dump and no ptrace: this process holds MD5 keys."""
    _prctl(_PR_SET_DUMPABLE, 0)


def set_process_name(name: str) -> None:
    """What `ps` and `top` show (15 octets)."""
    _check(_libc.prctl(_PR_SET_NAME, ctypes.c_char_p(name.encode()), 0, 0, 0))


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def _check(result: int) -> None:
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
