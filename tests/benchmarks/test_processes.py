from __future__ import annotations

import os
import subprocess
import threading
import time

from benchmarks.processes import (
    children,
    descriptors,
    parent_of,
    processor_time,
    proportional_memory,
    pss_of,
    run_time_of,
    threads,
)

SMAPS_ROLLUP = """\
55d6cf3bd000-7ffd5ad54000 ---p 00000000 00:00 0                          [rollup]
Rss:               10240 kB
Pss:                5321 kB
Pss_Dirty:          1200 kB
Pss_Anon:           1100 kB
SwapPss:               0 kB
"""


def test_only_the_line_pss_counts() -> None:
    assert pss_of(SMAPS_ROLLUP) == 5321 * 1024


def test_time_on_the_processor_is_the_first_number() -> None:
    assert run_time_of("149008000 3229037 2\n") == 0.149008


def test_this_process_has_memory_of_its_own() -> None:
    one = proportional_memory([os.getpid()])
    assert one > 1 << 20
    assert proportional_memory([]) == 0


def test_this_process_runs_while_it_works() -> None:
    before, started = processor_time([os.getpid()]), time.thread_time()
    while time.thread_time() - started < 0.02:
        pass
    assert 0.02 <= processor_time([os.getpid()]) - before < 5


def test_the_parent_is_who_made_the_process() -> None:
    assert parent_of(os.getpid()) == os.getppid()


def test_a_child_counts_until_it_was_waited_for() -> None:
    before = children(os.getpid())
    with subprocess.Popen(("true",)) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert set(children(os.getpid())) - set(before) == {child.pid}
    assert child.pid not in children(os.getpid())


def test_an_open_file_and_a_thread_are_one_more() -> None:
    files, tasks = descriptors(os.getpid()), threads(os.getpid())
    reading, writing = os.pipe()
    assert descriptors(os.getpid()) == files + 2
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    assert threads(os.getpid()) == tasks + 1
    over.set()
    thread.join()
    os.close(reading)
    os.close(writing)
    assert descriptors(os.getpid()) == files
