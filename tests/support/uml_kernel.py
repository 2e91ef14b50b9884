"""The kernel of User-Mode Linux, for whatever processor this machine has.

Linux 6.1's User-Mode Linux has room for 2,696 octets of a process's floating-point registers: as many as there are
with AVX-512. With AMX there are 11,008, and such a host takes back no fewer (`xstateregs_set`, arch/x86/kernel/fpu/
regset.c): "ptrace set fp regs failed, errno = 14", and process 1 is gone. A host that is offered more than it has takes
what it has, and of that only the parts that the header of the first 576 octets says are in use. So the one place where
the registers are written offers more (`restore_fp_registers`, arch/x86/um/os-Linux/registers.c). Nothing inside uses
AMX: a process has to ask its kernel for it, and this one does not know it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOM, _MORE = 2696, 1 << 16


def _offer(octets: int) -> bytes:
    """`movq $octets, -8(%rbp)` into the length of the `iovec`; `mov $PTRACE_SETREGSET, %edi`."""
    return b"\x48\xc7\x45\xf8" + octets.to_bytes(4, "little") + b"\xbf\x05\x42\x00\x00"


def mended(program: bytes) -> bytes:
    """The program that offers more; as it is where it has no such place, for it is another one then."""
    return program.replace(_offer(_ROOM), _offer(_MORE)) if program.count(_offer(_ROOM)) == 1 else program


@contextmanager
def executable(path: Path) -> Iterator[int]:
    """A descriptor of the mended program, in memory, for directories may forbid to execute what they hold."""
    descriptor = os.memfd_create(path.name, 0)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(mended(path.read_bytes()))
        yield descriptor
    finally:
        os.close(descriptor)
