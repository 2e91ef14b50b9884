"""Names, directories, the claim and the record. No root is needed: the run directory is the test's own."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lab import places
from lab.errors import UsageError
from lab.places import Places, Record, known_labs, record_of

RECORD = Record("office", 17, "http://127.0.0.1:4577", "/var/lib/dxlab/office", "/tmp/office.yml")


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "RUN", tmp_path / "run")
    monkeypatch.setattr(places, "STATE", tmp_path / "state")
    return tmp_path / "run"


@pytest.mark.parametrize("name", ["a", "0", "private-vif", "a" * 31])
def test_names(name: str) -> None:
    assert Places.of(name).namespace("dx") == f"dxlab-{name}.dx"


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a.b", "a/b", "..", "a" * 32, "a\n"])
def test_what_cannot_name_a_lab(name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a lab"):
        Places.of(name)


def test_where_things_are(run: Path, tmp_path: Path) -> None:
    office = Places.of("office")
    assert office.run == run / "office"
    assert office.log == run / "office" / "endpoint.log"
    assert office.state == tmp_path / "state" / "office"
    assert office.owns_state


def test_a_state_directory_that_the_user_named_is_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    office = Places.of("office", Path("mine"))
    assert office.state == tmp_path / "mine"
    assert not office.owns_state


def test_directories_are_made_twice_without_harm_and_are_private() -> None:
    office = Places.of("office")
    for _ in range(2):
        office.prepare()
    assert stat.S_IMODE(office.state.stat().st_mode) == 0o700
    assert stat.S_IMODE(office.run.stat().st_mode) == 0o711


def test_a_file_in_the_place_of_the_state_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    office = Places.of("office", tmp_path / "file")
    with pytest.raises(UsageError, match=r"the state cannot be kept in .*/file: File exists; name another"):
        office.prepare()
    assert known_labs() == []


def test_one_endpoint_per_lab() -> None:
    office = Places.of("office")
    office.prepare()
    assert office.holder() is None
    with office.claim():
        assert office.holder() == os.getpid()
        with pytest.raises(UsageError, match="'office' is already up; end it with 'dxlab down office'"):
            office.claim().__enter__()
    assert office.holder() is None


def test_one_lab_per_state_directory(tmp_path: Path) -> None:
    one, other = (Places.of(name, tmp_path / "mine") for name in ("one", "other"))
    for each in (one, other):
        each.prepare()
    with one.claim():
        with pytest.raises(UsageError, match=r"the state in .*/mine is in use by another lab"):
            other.claim().__enter__()
        assert other.holder() is None
        assert known_labs() == ["one"]
    other.prepare()
    with other.claim():
        pass


def test_a_lab_that_was_killed_is_not_forgotten_because_its_state_is_in_use(tmp_path: Path) -> None:
    one, other = (Places.of(name, tmp_path / "mine") for name in ("one", "other"))
    for each in (one, other):
        each.prepare()
    other.publish(RECORD)
    with one.claim(), pytest.raises(UsageError):
        other.claim().__enter__()
    assert known_labs() == ["one", "other"]


def test_a_lab_that_never_was_has_no_holder() -> None:
    assert Places.of("office").holder() is None


CLAIM = """
import sys
from pathlib import Path
from lab import places

places.RUN = Path(sys.argv[1])
with places.Places.of("office", Path(sys.argv[2])).claim():
    print("claimed", flush=True)
    input()
"""


def test_a_claim_ends_with_its_process(run: Path) -> None:
    office = Places.of("office")
    office.prepare()
    command = (sys.executable, "-c", CLAIM, str(run), str(office.state))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        assert office.holder() == process.pid
        process.kill()
        process.wait()
    assert office.holder() is None


def test_a_record_is_what_was_published() -> None:
    office = Places.of("office")
    office.prepare()
    assert record_of("office") is None
    office.publish(RECORD)
    assert record_of("office") == RECORD
    assert [path.name for path in office.run.iterdir()] == ["lab.json"]
    assert json.loads((office.run / "lab.json").read_text())["pid"] == 17


def test_known_labs_are_those_of_which_there_is_anything(run: Path) -> None:
    """One was killed before it could write its record."""
    assert known_labs() == []
    for name in ("second", "first", "killed"):
        Places.of(name).prepare()
    for name in ("second", "first"):
        Places.of(name).publish(RECORD)
    (run / "Not-A-Lab").mkdir()
    (run / "a-file").touch()
    assert known_labs() == ["first", "killed", "second"]
    assert record_of("killed") is None
