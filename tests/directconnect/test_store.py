from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.directconnect.model import HistoryEntry
from lab.directconnect.store import (
    ANSWERS_KEPT,
    FILE_NAME,
    HISTORY_LENGTH,
    MIGRATIONS,
    Batch,
    Row,
    Store,
    StoreError,
)
from lab.errors import UsageError


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "state"


@pytest.fixture
def store(directory: Path) -> Iterator[Store]:
    with Store.open(directory) as opened:
        yield opened


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def entry(number: int, kind: str = "open") -> HistoryEntry:
    return HistoryEntry(at=float(number), kind=kind, detail=f"detail {number}", reason=f"reason {number}")


def append(store: Store, peer_id: str, entry: HistoryEntry) -> None:
    store.write(Batch(history=[(peer_id, entry)]))


# ===== the file =====


def test_files_are_the_owners_alone(store: Store, directory: Path) -> None:
    store.write(Batch([Row("connection", "a", "{}")]))
    assert mode(directory) == 0o700
    assert {path.name: mode(path) for path in directory.iterdir()} == {
        FILE_NAME: 0o600,
        f"{FILE_NAME}-wal": 0o600,
        f"{FILE_NAME}-shm": 0o600,
    }


def test_a_file_that_others_can_read_is_closed_to_them(directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / FILE_NAME).touch(mode=0o644)
    (directory / FILE_NAME).chmod(0o644)
    Store.open(directory).close()
    assert mode(directory / FILE_NAME) == 0o600


def test_the_mode_of_a_directory_that_was_there_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Store.open(tmp_path).close()
    assert mode(tmp_path) == 0o755


def test_a_newer_version_is_refused(directory: Path) -> None:
    Store.open(directory).close()
    database = sqlite3.connect(directory / FILE_NAME)
    database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.close()
    with pytest.raises(UsageError) as raised:
        Store.open(directory)
    assert str(raised.value) == (
        f"{directory / FILE_NAME} was written by a newer dxlab (its schema is {len(MIGRATIONS) + 1},"
        f" here it is {len(MIGRATIONS)}): use that dxlab, or name another --state-dir"
    )


def test_a_file_that_is_something_else_is_refused_and_left_alone(directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / FILE_NAME).write_text("a letter to the customer, long enough to be no database header")
    with pytest.raises(UsageError, match="cannot be read as the state of a lab"):
        Store.open(directory)
    assert (directory / FILE_NAME).read_text().startswith("a letter")


def test_a_directory_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"the state cannot be kept in .*; name another --state-dir"):
        Store.open(tmp_path / "file" / "state")


def test_every_version_can_be_migrated(directory: Path) -> None:
    Store.open(directory).close()
    database = sqlite3.connect(directory / FILE_NAME)
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (journal,) = database.execute("PRAGMA journal_mode").fetchone()
    database.close()
    assert (version, journal) == (len(MIGRATIONS), "wal")
    Store.open(directory).close()


def test_a_directory_of_the_first_version_opens(directory: Path) -> None:
    """As a dxlab left it whose store knew no answers."""
    directory.mkdir(parents=True)
    database = sqlite3.connect(directory / FILE_NAME)
    database.executescript(f"{MIGRATIONS[0]}; PRAGMA user_version = 1;")
    database.execute("INSERT INTO resource VALUES ('connection', 'a', '{}')")
    database.execute("INSERT INTO history VALUES ('dxpeer-1', 1, 1.0, 'open', 'detail 1', 'reason 1')")
    database.commit()
    database.close()
    for _ in range(2):
        with Store.open(directory) as store:
            assert [row.id for row in store.load()] == ["a"]
            assert store.history("dxpeer-1") == (entry(1),)
            store.write(Batch(answers={"a": "one"}))


# ===== resources =====


def test_rows_come_back(store: Store, directory: Path) -> None:
    store.write(Batch([Row("connection", "a", '{"x": 1}'), Row("gateway", "a", "{}")]))
    store.write(Batch([Row("connection", "a", '{"x": 2}'), Row("connection", "b", "{}")]))
    store.write(Batch([Row("gateway", "a", None)]))
    store.close()
    with Store.open(directory) as again:
        assert sorted((row.kind, row.id, row.document) for row in again.load()) == [
            ("connection", "a", '{"x": 2}'),
            ("connection", "b", "{}"),
        ]


WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from lab.directconnect.store import Batch, Row, Store
Store.open(Path(sys.argv[1])).write(Batch([Row("connection", "a", "{}")]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_committed_row_survives_the_process(directory: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(directory)], check=False)
    assert ended.returncode == -signal.SIGKILL
    with Store.open(directory) as store:
        assert [row.id for row in store.load()] == ["a"]


def test_a_transaction_that_cannot_be_written_leaves_nothing(store: Store, directory: Path) -> None:
    store.write(Batch([Row("connection", "a", "{}")]))
    (pages,) = store._database.execute("PRAGMA page_count").fetchone()
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError) as raised:
        store.write(Batch([Row("connection", "small", "{}"), Row("connection", "large", "x" * 100_000)]))
    assert str(raised.value) == (
        f"the state cannot be written to {directory / FILE_NAME}: database or disk is full"
    )
    assert [row.id for row in store.load()] == ["a"]
    with pytest.raises(StoreError, match="disk is full"):
        append(store, "dxpeer-1", HistoryEntry(at=1, kind="open", detail="x" * 100_000))


def test_a_transaction_that_cannot_begin_is_refused(store: Store, directory: Path) -> None:
    store._database.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(directory / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreError, match="locked"):
            store.write(Batch([Row("connection", "a", "{}")]))
    finally:
        other.close()
    store.write(Batch([Row("connection", "a", "{}")]))


# ===== history =====


def test_history_is_kept_in_order_and_apart(store: Store) -> None:
    append(store, "dxpeer-1", entry(1))
    append(store, "dxpeer-2", entry(2))
    append(store, "dxpeer-1", entry(3))
    assert store.history("dxpeer-1") == (entry(1), entry(3))
    assert store.history("dxpeer-2") == (entry(2),)
    assert store.history("dxpeer-3") == ()


def test_history_is_bounded(store: Store) -> None:
    for number in range(HISTORY_LENGTH + 7):
        append(store, "dxpeer-1", entry(number))
    kept = store.history("dxpeer-1")
    assert len(kept) == HISTORY_LENGTH
    assert (kept[0], kept[-1]) == (entry(7), entry(HISTORY_LENGTH + 6))


def test_the_latest_of_some_kinds(store: Store) -> None:
    for number, kind in enumerate(["status", "open", "reason", "open"]):
        append(store, "dxpeer-1", entry(number, kind))
    assert store.latest("dxpeer-1", "status") == entry(0, "status")
    assert store.latest("dxpeer-1", "status", "reason") == entry(2, "reason")
    assert store.latest("dxpeer-1", "established") is None


def test_history_is_forgotten_with_its_peer(store: Store) -> None:
    append(store, "dxpeer-1", entry(1))
    append(store, "dxpeer-2", entry(2))
    store.write(Batch(gone=["dxpeer-1"]))
    assert (store.history("dxpeer-1"), store.history("dxpeer-2")) == ((), (entry(2),))


# ===== answers =====


def test_an_answer_is_kept_by_its_invocation(store: Store, directory: Path) -> None:
    store.write(Batch(answers={"a": "one", "b": "two"}))
    store.write(Batch(answers={"a": "three"}))
    store.close()
    with Store.open(directory) as again:
        assert (again.answer("a"), again.answer("b"), again.answer("c")) == ("three", "two", None)


def test_answers_are_bounded(store: Store) -> None:
    store.write(Batch(answers={str(number): "" for number in range(ANSWERS_KEPT + 2)}))
    assert (store.answer("1"), store.answer("2")) == (None, "")


def test_an_answer_is_stored_with_its_resources_or_not_at_all(store: Store) -> None:
    (pages,) = store._database.execute("PRAGMA page_count").fetchone()
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError):
        store.write(Batch([Row("connection", "a", "{}")], answers={"a": "x" * 100_000}))
    assert (list(store.load()), store.answer("a")) == ([], None)
