"""The tables of the cloud world: all resources of one kind, and what must be found in them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from typing import Generic, TypeVar

from lab.directconnect.model import Resource, VirtualInterface
from lab.directconnect.store import Row

R = TypeVar("R", bound=Resource)
Journal = dict[tuple[str, str], Resource | None]


class Table(Generic[R]):
    """All resources of one kind, by id, in the order in which they were made.

    :param journal: notes what a resource was before a transaction first changed it; None where it was not.
    """

    def __init__(self, kind: str, model: type[R], journal: Journal) -> None:
        self.kind = kind
        self._model = model
        self._journal = journal
        self._rows: dict[str, R] = {}

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._rows

    def get(self, id_: str) -> R | None:
        """The present version of a resource."""
        return self._rows.get(id_)

    def some(self, ids: Iterable[str]) -> Iterator[R]:
        """Those of these ids that there are."""
        return (row for id_ in ids if (row := self._rows.get(id_)))

    def put(self, row: R) -> R:
        """Add a resource, or put a new version in the place of the old one."""
        self._journal.setdefault((self.kind, row.id), self._rows.get(row.id))
        self._replace(row.id, row)
        return row

    def remove(self, id_: str) -> None:
        """Take a resource out of the world."""
        self._journal.setdefault((self.kind, id_), self._rows[id_])
        self._replace(id_, None)

    def restore(self, id_: str, before: R | None) -> None:
        """Undo what was done to a resource; one that was removed comes back in its place in the order."""
        self._replace(id_, before)
        if before is not None:
            self.put_in_order()

    def read(self, row: Row) -> None:
        """Take over what was stored, one row of any number.

        :raises ValidationError: it is no resource of this kind.
        """
        self._replace(row.id, self._model.model_validate_json(row.document or ""))

    def put_in_order(self) -> None:
        """Restore the order in which the resources were made."""
        self._rows = dict(sorted(self._rows.items(), key=lambda item: item[1].number))

    def stored(self, id_: str) -> Row:
        """The present version as the store keeps it."""
        row = self._rows.get(id_)
        return Row(self.kind, id_, None if row is None else row.model_dump_json())

    def _replace(self, id_: str, row: R | None) -> None:
        """Every change of a row, undone ones as well, comes down to this."""
        if row is None:
            self._rows.pop(id_, None)
        else:
            self._rows[id_] = row


class VirtualInterfaces(Table[VirtualInterface]):
    """The virtual interfaces, each to be found by its peers: a thousand speakers report all the time."""

    def __init__(self, journal: Journal) -> None:
        super().__init__("virtual-interface", VirtualInterface, journal)
        self._homes: dict[str, str] = {}

    def of_peer(self, peer_id: str) -> VirtualInterface | None:
        """The one that has this peer."""
        return self.get(self._homes.get(peer_id, ""))

    @property
    def peer_ids(self) -> KeysView[str]:
        """The ids of all peers."""
        return self._homes.keys()

    def _replace(self, id_: str, row: VirtualInterface | None) -> None:
        before = self.get(id_)
        for peer in before.peers if before else ():
            del self._homes[peer.id]
        for peer in row.peers if row else ():
            self._homes[peer.id] = id_
        super()._replace(id_, row)
