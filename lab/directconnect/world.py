"""The cloud world in memory: every resource of a lab, and the transaction that changes them.

Reading never touches the disk, but for histories. A change is made in memory at once and noted in a journal; at
the end of the transaction the journal is written to the store, and only if that succeeds the change stays. An
operation that fails half way leaves nothing: the journal is played back.

What the physical world *reports* is another matter. A session that went down is down, whether or not the disk
is full. So a report (`transaction(report=True)`) always stays in memory; what of it cannot be stored is a
backlog, which goes into the next transaction, together with that one's own changes or not at all. A process
that dies with a backlog loses nothing but entries of history: its successor looks at the machine anew.

There is one transaction at a time, because there is one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from lab import faults
from lab.directconnect.addresses import IPV4_BLOCK_LENGTH
from lab.directconnect.model import (
    AssignmentDeclaration,
    BgpPeerState,
    Connection,
    DirectConnectGateway,
    GatewayDeclaration,
    HistoryEntry,
    Network,
    PoolCursor,
    VirtualInterface,
    VirtualInterfaceState,
)
from lab.directconnect.store import HISTORY_LENGTH, Batch, Store, StoreError
from lab.directconnect.tables import Journal, Table, VirtualInterfaces
from lab.errors import UsageError

#: Entries of history that wait to be stored, over all peers; the oldest go.
LONGEST_BACKLOG = 10_000


@dataclass(frozen=True)
class Changes:
    """The ids of what a transaction changed, made or removed."""

    connections: frozenset[str] = frozenset()
    virtual_interfaces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Unstored:
    """What is yet to be stored: resources by kind and id, and the rest as `Batch` has it."""

    rows: frozenset[tuple[str, str]] = frozenset()
    history: tuple[tuple[str, HistoryEntry], ...] = ()
    gone: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows or self.history)

    def joined(self, later: Unstored) -> Unstored:
        """This, and what came after it."""
        gone = self.gone | later.gone
        history = [entry for entry in self.history + later.history if entry[0] not in gone]
        return Unstored(
            self.rows | later.rows,
            tuple(history[-LONGEST_BACKLOG:]),
            gone,
            {**self.answers, **later.answers},
        )


class World:
    """The tables, and transactions over all of them.

    :param committed: called after each transaction that changed something.
    :raises UsageError: the store holds what this version cannot read.
    """

    def __init__(self, store: Store, committed: Callable[[Changes], None]) -> None:
        self._store = store
        self._committed = committed
        self._journal: Journal = {}
        self._entries: list[tuple[str, HistoryEntry]] = []
        self._answers: dict[str, Callable[[], str]] = {}
        self._backlog = Unstored()
        #: Why the newest reports are not stored yet; None while all are.
        self.unstored: StoreError | None = None
        self.connections = Table("connection", Connection, self._journal)
        self.virtual_interfaces = VirtualInterfaces(self._journal)
        self.gateways = Table("gateway", DirectConnectGateway, self._journal)
        self.declarations = Table("declaration", GatewayDeclaration, self._journal)
        self.assignments = Table("assignment", AssignmentDeclaration, self._journal)
        self.cursors = Table("cursor", PoolCursor, self._journal)
        self._tables: dict[str, Table[Any]] = {
            table.kind: table
            for table in (
                self.connections,
                self.virtual_interfaces,
                self.gateways,
                self.declarations,
                self.assignments,
                self.cursors,
            )
        }
        self._read()
        self._number = max((row.number for table in self._tables.values() for row in table), default=0)

    def next_number(self) -> int:
        """A number larger than that of every resource made so far."""
        self._number += 1
        return self._number

    @contextmanager
    def transaction(self, *, report: bool = False) -> Iterator[None]:
        """Everything put, removed and noted inside the block is stored when it ends, or else undone.

        :param report: it is what happened on the machine, and stays in any case.
        :raises StoreError: nothing was changed, because it cannot be stored; not of a report.
        """
        try:
            yield
            faults.point("a change is made in memory")
            changes = self._commit(report=report)
        except BaseException:
            self._undo()
            raise
        finally:
            self._journal.clear()
            self._entries.clear()
            self._answers.clear()
        if changes is not None:
            faults.point("nobody has heard of a change")
            self._committed(changes)

    # ===== histories and answers =====

    def note(self, peer_id: str, entry: HistoryEntry) -> None:
        """Add to a peer's history; inside a transaction."""
        self._entries.append((peer_id, entry))

    def history(self, peer_id: str) -> tuple[HistoryEntry, ...]:
        """A peer's history, oldest entry first."""
        waiting = (entry for whose, entry in self._backlog.history if whose == peer_id)
        return (*self._store.history(peer_id), *waiting)[-HISTORY_LENGTH:]

    def latest(self, peer_id: str, *kinds: str) -> HistoryEntry | None:
        """The newest entry of one of these kinds in a peer's history."""
        for whose, entry in reversed(self._backlog.history):
            if whose == peer_id and entry.kind in kinds:
                return entry
        return self._store.latest(peer_id, *kinds)

    def keep_answer(self, invocation: str, document: Callable[[], str]) -> None:
        """Remember an answer, unless the transaction that this is inside of turns out to change nothing.

        :param document: makes the answer's text; asked only where it is kept.
        """
        self._answers[invocation] = document

    def answer(self, invocation: str) -> str | None:
        """What was answered to an invocation, unless that is long ago or changed nothing."""
        return self._store.answer(invocation)

    # ===== who has what =====

    def virtual_interfaces_on(self, connection_id: str) -> list[VirtualInterface]:
        """A connection's VIFs, deleted ones left out."""
        return [
            vif
            for vif in self.virtual_interfaces
            if vif.connection_id == connection_id and vif.state is not VirtualInterfaceState.DELETED
        ]

    def held_blocks(self, vif_id: str | None = None) -> list[Network]:
        """Every block in which a peer has its addresses until nothing of it is left on the machine.

        A customer may name a block larger than AWS gives. Such a one counts on its own VIF alone: each VIF is
        a network of its own, and one customer's /16 must not take the whole pool away from everybody.

        :param vif_id: the VIF for which an address is sought; None for one that is yet to be made.
        """
        return [
            peer.block
            for vif in self.virtual_interfaces
            for peer in vif.peers
            if peer.state is not BgpPeerState.DELETED
            and (vif.id == vif_id or peer.block.prefixlen >= IPV4_BLOCK_LENGTH)
        ]

    def _read(self) -> None:
        for row in self._store.load():
            try:
                self._tables[row.kind].read(row)
            except (KeyError, ValidationError):
                raise UsageError(
                    f"{self._store.path} holds a {row.kind} {row.id} that this dxlab cannot read:"
                    " use the dxlab that wrote it, or name another --state-dir"
                ) from None
        for table in self._tables.values():
            table.put_in_order()

    def _commit(self, *, report: bool) -> Changes | None:
        answers = {invocation: made() for invocation, made in self._answers.items() if self._journal}
        mine = Unstored(
            frozenset(self._journal), tuple(self._entries), frozenset(self._gone_peers()), answers
        )
        if mine or (report and self._backlog):
            self._save(self._backlog.joined(mine), report=report)
        if not self._journal:
            return None
        return Changes(self._changed(self.connections.kind), self._changed(self.virtual_interfaces.kind))

    def _save(self, everything: Unstored, *, report: bool) -> None:
        rows = [self._tables[kind].stored(id_) for kind, id_ in sorted(everything.rows)]
        try:
            self._store.write(Batch(rows, everything.history, everything.gone, everything.answers))
        except StoreError as error:
            if not report:
                raise
            self.unstored, self._backlog = error, everything
        else:
            self.unstored, self._backlog = None, Unstored()

    def _undo(self) -> None:
        for (kind, id_), before in self._journal.items():
            self._tables[kind].restore(id_, before)

    def _changed(self, kind: str) -> frozenset[str]:
        return frozenset(id_ for changed, id_ in self._journal if changed == kind)

    def _gone_peers(self) -> set[str]:
        """The peers that no VIF lists any more since this transaction."""
        gone: set[str] = set()
        for (_, id_), before in self._journal.items():
            if isinstance(before, VirtualInterface):
                after = self.virtual_interfaces.get(id_)
                left = after.peers if after is not None else ()
                gone |= {peer.id for peer in before.peers} - {peer.id for peer in left}
        return gone
