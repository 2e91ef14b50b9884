"""How an endpoint's process treats memory: it looks for garbage seldom, and keeps little of what it no longer needs.

A large lab is a hundred thousand objects that stay and make no cycles, and answers of a megabyte that live for a
millisecond. Python's collector and the C library's allocator are made for other programs.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Parameters of mallopt(3), <malloc.h>.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
#: Octets from which on a block is the kernel's, and goes back to it at once.
_LARGE = 128 << 10


@contextmanager
def collecting_garbage_rarely() -> Iterator[None]:
    """To look through all objects again and again costs a lab's answers tens of milliseconds, and finds nothing."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def give_back() -> None:
    """Have the C library give back what is freed, from now on.

    glibc takes a large block that was freed for a sign that such blocks come often, and keeps the next ones in an
    arena, of which each thread has its own. Small blocks that stay then stand between them, and the arenas only grow.
    Another C library has no such parameters, and no need of them.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_M_ARENA_MAX, 1)
