"""What the process of an endpoint does with memory, in processes of its own."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from lab.memory import collecting_garbage_rarely

#: A large block that is freed; then others, with small ones that stay between them. Prints the MB that all of it cost.
_BLOCKS = """
import ctypes
from pathlib import Path
from lab.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

library = ctypes.CDLL(None)
library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
library.malloc.argtypes = [ctypes.c_size_t]
{first}
library.free(library.malloc(16 << 20))
before = resident()
large = []
for _ in range(40):
    large.append(library.malloc(1 << 20))
    ctypes.memset(large[-1], 1, 1 << 20)
    library.malloc(4096)
for block in large:
    library.free(block)
print((resident() - before) >> 20)
"""


@pytest.mark.parametrize(("first", "low", "high"), [("", 30, 50), ("give_back()", -1, 5)])
def test_large_blocks_are_given_back_whatever_stays_between_them(first: str, low: int, high: int) -> None:
    script = [sys.executable, "-c", _BLOCKS.format(first=first)]
    cost = int(subprocess.run(script, capture_output=True, text=True, check=True, timeout=60).stdout)
    assert low <= cost <= high


def test_garbage_is_collected_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with collecting_garbage_rarely():
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before
