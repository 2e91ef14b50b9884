"""`dxlab doctor`: a line for each check, and a status for scripts."""

from __future__ import annotations

import re

import pytest

from tests.cli.words import UNPRIVILEGED, result
from tests.support.command import dxlab

pytestmark = pytest.mark.root

SUBJECTS = [
    "privileges",
    "namespaces",
    "802.1Q",
    "TCP-MD5",
    "IPv6",
    "speaker",
    "FRR",
    "BIRD",
    "GoBGP",
    "OpenBGPD",
    "ExaBGP",
    "docker",
]
LINE = re.compile(r"(?P<mark>ok|MISSING|absent) +(?P<subject>\S+) +(?P<found>.+?)(?: -- (?P<remedy>.+))?")


def lines(output: str) -> list[dict[str, str | None]]:
    matches = [LINE.fullmatch(line) for line in output.splitlines()]
    assert None not in matches, output
    return [match.groupdict() for match in matches if match]


def test_a_machine_that_runs_labs() -> None:
    found = lines(result(dxlab("doctor")))
    assert [line["subject"] for line in found] == SUBJECTS
    assert [line["subject"] for line in found if line["mark"] == "MISSING"] == []
    assert [line for line in found if (line["mark"] == "ok") is (line["remedy"] is not None)] == []
    (vlan,) = (line["found"] for line in found if line["subject"] == "802.1Q")
    assert vlan in ("driver 8021q", "driver ebpf")


def test_without_root() -> None:
    done = dxlab("doctor", prefix=UNPRIVILEGED)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    found = {line["subject"]: line for line in lines(done.stdout)}
    assert list(found) == [subject for subject in SUBJECTS if subject not in ("namespaces", "802.1Q")]
    assert [subject for subject, line in found.items() if line["mark"] == "MISSING"] == ["privileges"]
    assert found["privileges"]["remedy"] == (
        "run dxlab with sudo: it makes network namespaces and tags frames"
    )
