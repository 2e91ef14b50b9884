"""User-Mode Linux for tests: it must tell the truth about them, and leave nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import uml
from tests.support.uml import UmlError, module_files, run
from tests.support.uml_items import read_results
from tests.support.uml_kernel import mended

REPOSITORY = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(120)


def python(statement: str, job: Path, timeout: float = 60) -> uml.Outcome:
    return run(
        [sys.executable, "-c", statement], directory=job, job=job, timeout=timeout, modules=["overlay"]
    )


def in_group_of_job(job: Path) -> list[str]:
    """The command lines of processes that have to do with a job."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found += [command] if str(job) in command else []
    return found


def test_modules_come_after_what_they_need(tmp_path: Path) -> None:
    (tmp_path / "modules.dep").write_text(
        "net/llc.ko:\nnet/stp.ko: net/llc.ko\nnet/8021q.ko: net/stp.ko net/llc.ko\nnet/veth.ko:\n"
    )
    files = module_files(["8021q", "stp", "veth"], tmp_path)
    assert [file.name for file in files] == ["llc.ko", "stp.ko", "8021q.ko", "veth.ko"]


def test_an_unknown_module_is_named(tmp_path: Path) -> None:
    (tmp_path / "modules.dep").write_text("net/veth.ko:\n")
    with pytest.raises(UmlError, match=f"has no module 'nonsense' in {tmp_path}"):
        module_files(["nonsense"], tmp_path)


def test_a_missing_kernel_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UmlError, match="install the package user-mode-linux"):
        run(["true"], directory=tmp_path, job=tmp_path)


def test_the_one_place_that_writes_registers_offers_more_than_any_processor_has() -> None:
    place = b"\x48\xc7\x45\xf8%b\xbf\x05\x42\x00\x00"
    reads = b"\x48\xc7\x45\xf8\x88\x0a\x00\x00\xbf\x04\x42\x00\x00"
    kernel = reads + place % b"\x88\x0a\x00\x00" + reads
    assert mended(kernel) == reads + place % b"\x00\x00\x01\x00" + reads
    assert mended(2 * kernel) == 2 * kernel
    assert mended(reads) == reads


def test_results_are_told_apart_by_test() -> None:
    lines = ['["a", null]', '["a", null]', '["b", null]', '["b", "call failed"]', '["b", null]']
    assert read_results(lines) == {"a": [], "b": ["call failed"]}


@pytest.mark.root
def test_a_command_runs_on_the_other_kernel(tmp_path: Path) -> None:
    statement = "import os; print(os.uname().release, os.getcwd()); open('left', 'w').write('here'); exit(3)"
    outcome = python(statement, tmp_path)
    release, directory = outcome.output.split()
    assert outcome.status == 3
    assert release != os.uname().release
    assert directory == str(tmp_path)
    assert (tmp_path / "left").read_text() == "here"
    assert in_group_of_job(tmp_path) == []


@pytest.mark.root
def test_the_machines_own_files_stay_as_they_are(tmp_path: Path) -> None:
    job, outside = tmp_path / "job", tmp_path / "outside"
    job.mkdir()
    outside.write_text("before")
    outcome = python(f"open({str(outside)!r}, 'w').write('after'); print(open({str(outside)!r}).read())", job)
    assert outcome.output == "after\n"
    assert outside.read_text() == "before"


@pytest.mark.root
def test_a_command_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(UmlError, match="not done after 4 s"):
        python("import time; time.sleep(600)", tmp_path, timeout=4)
    assert in_group_of_job(tmp_path) == []


@pytest.mark.root
def test_a_kernel_that_dies_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(UmlError, match="died before the command ended"):
        python("import ctypes; ctypes.CDLL(None).reboot(0x4321FEDC)", tmp_path)


@pytest.mark.root
def test_every_test_inside_is_reported_by_itself(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.support.uml import job_inside\n"
        "from tests.support.uml_items import move_into_uml, record\n"
        "def pytest_collection_modifyitems(items):\n"
        "    if job_inside() is None: move_into_uml(items)\n"
        "def pytest_runtest_logreport(report): record(report)\n"
    )
    (tmp_path / "test_inner.py").write_text(
        "import os, pytest\n"
        "pytestmark = pytest.mark.uml\n"
        "def test_good(): assert os.getuid() == 0\n"
        "def test_bad(): assert 'inside' == 'outside'\n"
        "def test_skipped(): pytest.skip('for no reason')\n"
        "@pytest.fixture\n"
        "def broken(): raise OSError('fixture')\n"
        "def test_error(broken): pass\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  uml: inside\n  timeout: limit\n")
    outer = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(
        line.split()[:2] for line in outer.stdout.splitlines() if line.startswith("test_inner.py::")
    )
    assert verdicts == {
        "test_inner.py::test_good": "PASSED",
        "test_inner.py::test_bad": "FAILED",
        "test_inner.py::test_skipped": "FAILED",
        "test_inner.py::test_error": "FAILED",
    }
    assert "assert 'inside' == 'outside'" in outer.stdout
    assert "for no reason" in outer.stdout
