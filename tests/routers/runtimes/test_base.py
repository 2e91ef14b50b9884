"""What all runtimes share."""

from __future__ import annotations

import os
import subprocess

from lab.routers.runtimes.base import process_name


def test_a_process_has_a_name() -> None:
    assert process_name(os.getpid())


def test_one_that_has_ended_meanwhile_has_none() -> None:
    with subprocess.Popen(["true"]) as process:
        pass
    assert process_name(process.pid) == ""
