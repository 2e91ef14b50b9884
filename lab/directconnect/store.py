"""Where the cloud world outlives its process: one SQLite file.

Resources are kept as JSON documents under their kind and id, each in one row; what they mean is the models'
business, and a model that gains a member with a default reads its older rows as they are. What the observed
sessions did is a second table, of which the newest entries of each peer are kept. A third remembers the
answers to the newest requests that changed something, for clients that send one twice (`lab.api.endpoint`).

One operation is one transaction. The journal is a write-ahead log: a transaction is safe from a killed
process the moment it is committed. It is not flushed to the disk each time (`synchronous = NORMAL`), so a
power cut may take the last of them, but never half of one.

The file holds BGP keys, so it and the directory that is made for it are the owner's alone. SQLite gives its
log files the mode of the database.

`MIGRATIONS` is the schema's history: step n leads from version n to version n+1, and the file remembers its
version in `user_version`. A changed layout is a new step at the end, never an edit of an old one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from lab import faults
from lab.directconnect.model import HistoryEntry
from lab.errors import LabError, UsageError

FILE_NAME = "cloud.sqlite3"
#: Entries of history kept per peer.
HISTORY_LENGTH = 1000
#: Answers kept, over all clients: far more than are given between two attempts of one request.
ANSWERS_KEPT = 1000

MIGRATIONS = (
    """
    CREATE TABLE resource (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    ) WITHOUT ROWID;
    CREATE TABLE history (
        peer_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        at REAL NOT NULL,
        kind TEXT NOT NULL,
        detail TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (peer_id, number)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE answer (
        number INTEGER PRIMARY KEY,
        invocation TEXT NOT NULL UNIQUE,
        document TEXT NOT NULL
    );
    """,
)


class StoreError(LabError):
    """The state cannot be written."""


@dataclass(frozen=True)
class Row:
    """One resource as it is kept; `document` is None where it is to be removed."""

    kind: str
    id: str
    document: str | None


@dataclass(frozen=True)
class Batch:
    """What one transaction stores, all of it or nothing.

    :ivar rows: resources, stored or removed.
    :ivar history: new entries, each with the id of its peer, oldest first.
    :ivar gone: the ids of peers whose history is to be forgotten.
    :ivar answers: what was answered, by invocation.
    """

    rows: Sequence[Row] = ()
    history: Sequence[tuple[str, HistoryEntry]] = ()
    gone: Collection[str] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


class Store:
    """The open file; to be used by one thread at a time."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database

    @classmethod
    def open(cls, directory: Path) -> Store:
        """Open the state in a directory, making both where they are missing.

        :raises UsageError: the directory cannot hold the state, or the state is no state of this version.
        """
        path = directory / FILE_NAME
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.chmod(0o600)
            database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"the state cannot be kept in {directory}: {error}; name another --state-dir"
            ) from None
        store = cls(path, database)
        try:
            store._prepare()
        except sqlite3.Error as error:
            database.close()
            raise UsageError(
                f"{path} cannot be read as the state of a lab ({error}); name another --state-dir"
            ) from None
        except UsageError:
            database.close()
            raise
        return store

    def close(self) -> None:
        """Close the file; nothing is left to be written."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ===== resources =====

    def load(self) -> Iterator[Row]:
        """Every resource that was stored."""
        for kind, id_, document in self._database.execute("SELECT kind, id, document FROM resource"):
            yield Row(kind, id_, document)

    def write(self, batch: Batch) -> None:
        """Store a batch in one transaction.

        :raises StoreError: nothing of it was done.
        """
        try:
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                for row in batch.rows:
                    self._write(row)
                    faults.point("a row is written")
                for peer_id, entry in batch.history:
                    self._append(peer_id, entry)
                for peer_id in batch.gone:
                    self._database.execute("DELETE FROM history WHERE peer_id = ?", (peer_id,))
                for invocation, document in batch.answers.items():
                    self._keep(invocation, document)
                faults.point("a transaction is written")
            faults.point("a transaction is committed")
        except sqlite3.Error as error:
            raise StoreError(f"the state cannot be written to {self.path}: {error}") from None

    def _write(self, row: Row) -> None:
        if row.document is None:
            self._database.execute("DELETE FROM resource WHERE kind = ? AND id = ?", (row.kind, row.id))
        else:
            self._database.execute(
                "INSERT OR REPLACE INTO resource VALUES (?, ?, ?)", (row.kind, row.id, row.document)
            )

    # ===== history =====

    def history(self, peer_id: str) -> tuple[HistoryEntry, ...]:
        """A peer's history, oldest entry first."""
        rows = self._database.execute(
            "SELECT at, kind, detail, reason FROM history WHERE peer_id = ? ORDER BY number", (peer_id,)
        )
        return tuple(map(_entry, rows))

    def latest(self, peer_id: str, *kinds: str) -> HistoryEntry | None:
        """The newest entry of one of these kinds in a peer's history."""
        row = self._database.execute(
            "SELECT at, kind, detail, reason FROM history"
            f" WHERE peer_id = ? AND kind IN ({', '.join('?' * len(kinds))}) ORDER BY number DESC LIMIT 1",
            (peer_id, *kinds),
        ).fetchone()
        return None if row is None else _entry(row)

    def _append(self, peer_id: str, entry: HistoryEntry) -> None:
        """Add an entry at the end of a peer's history, and drop what has become too old."""
        (number,) = self._database.execute(
            "INSERT INTO history SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5"
            " FROM history WHERE peer_id = ?1 RETURNING number",
            (peer_id, entry.at, entry.kind, entry.detail, entry.reason),
        ).fetchone()
        self._database.execute(
            "DELETE FROM history WHERE peer_id = ? AND number <= ?", (peer_id, number - HISTORY_LENGTH)
        )

    # ===== answers =====

    def answer(self, invocation: str) -> str | None:
        """What was answered to an invocation, unless that is long ago; None too where it changed nothing."""
        row = self._database.execute(
            "SELECT document FROM answer WHERE invocation = ?", (invocation,)
        ).fetchone()
        return None if row is None else str(row[0])

    def _keep(self, invocation: str, document: str) -> None:
        (number,) = self._database.execute(
            "INSERT OR REPLACE INTO answer (invocation, document) VALUES (?, ?) RETURNING number",
            (invocation, document),
        ).fetchone()
        self._database.execute("DELETE FROM answer WHERE number <= ?", (number - ANSWERS_KEPT,))

    # ===== the file =====

    def _prepare(self) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise UsageError(
                f"{self.path} was written by a newer dxlab (its schema is {version}, here it is"
                f" {len(MIGRATIONS)}): use that dxlab, or name another --state-dir"
            )
        for number, migration in enumerate(MIGRATIONS[version:], version + 1):
            self._database.executescript(f"BEGIN; {migration}; PRAGMA user_version = {number}; COMMIT;")


def _entry(row: tuple[float, str, str, str]) -> HistoryEntry:
    at, kind, detail, reason = row
    return HistoryEntry(at=at, kind=kind, detail=detail, reason=reason)
