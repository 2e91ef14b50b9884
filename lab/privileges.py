"""The capabilities that an endpoint keeps, capabilities(7); whatever it starts can have no others either.

It starts as root, for namespaces, interfaces and eBPF programs need that. But root is more than they need: `give_up`
leaves it without, for example, the means to load kernel modules, to read the kernel's memory, to set the clock or to
make device files, and takes them from the bounding set too, so that no speaker, no routing daemon and no command in a
router of the namespace runtime can come by them.
"""

from __future__ import annotations

import ctypes
from enum import IntEnum


class Capability(IntEnum):
    """What is kept, with what it is kept for."""

    CHOWN = 0  # files of routers
    DAC_OVERRIDE = 1
    FOWNER = 3
    KILL = 5  # daemons that run as users of their own
    SETGID = 6  # speakers and daemons become such users
    SETUID = 7
    SETPCAP = 8
    NET_BIND_SERVICE = 10  # port 179
    NET_BROADCAST = 11  # news of several namespaces at once
    NET_ADMIN = 12
    NET_RAW = 13  # captures, echo requests, what routing daemons keep
    SYS_CHROOT = 18  # daemons that confine themselves
    SYS_PTRACE = 19  # whose network namespace is that process in?
    SYS_ADMIN = 21  # namespaces and their names, eBPF
    SYS_RESOURCE = 24  # locked memory of eBPF maps before Linux 5.11


_PR_CAPBSET_READ, _PR_CAPBSET_DROP = 23, 24
_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    """One half of the three sets: the capabilities 0 to 31, or those from 32 on."""

    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def give_up() -> None:
    """Give up every capability that is not kept, for good; what this process has not, it does not get."""
    number = 0
    while (bounded := _libc.prctl(_PR_CAPBSET_READ, number, 0, 0, 0)) >= 0:
        if bounded and number not in set(Capability):
            _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
        number += 1
    header, halves = _Header(_VERSION_3, 0), (_Sets * 2)()
    _libc.capget(ctypes.byref(header), halves)
    kept = sum(1 << capability for capability in Capability)
    for half, mask in zip(halves, (kept & 0xFFFFFFFF, kept >> 32), strict=True):
        half.effective &= mask
        half.permitted &= mask
        half.inheritable &= mask
    _libc.capset(ctypes.byref(header), halves)
