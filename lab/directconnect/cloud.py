"""The cloud world's front door: what the API asks of it, and what the physical world reports to it.

`Cloud` is pure rules and a store. It opens no socket and touches no kernel object; it decides what there
should be, says that something changed (`subscribe`), and is told what there is (`set_carrier`,
`vif_configured`, `observe`, ...). Each call is one transaction: when it returns, what it did is stored; when
it raises, nothing was done. What is *reported* is so whether it can be stored or not: it is in force when the
call returns, and stored as soon as that is possible (`store_reports`). Listeners are called after the
transaction and may call back.

Some states end by themselves (an order is processed, a deleted VIF vanishes from the lists). That happens in
`due`, after each transaction for what is due at once, and when its caller's clock says so for the rest.

All of it runs in one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from lab.directconnect import assignments, gateways
from lab.directconnect.answers import VirtualInterfaceAnswers, keepable, replay
from lab.directconnect.errors import ApiError, ClientException, ServerException
from lab.directconnect.identifiers import Kind, device, new_id
from lab.directconnect.lifecycle import ConnectionEvent, PeerEvent, VifEvent
from lab.directconnect.locations import HOSTED_BANDWIDTHS, LOCATIONS, Location, located
from lab.directconnect.model import (
    AddressFamily,
    AssignedAddresses,
    AssignmentDeclaration,
    BgpStatus,
    Connection,
    ConnectionState,
    GatewayDeclaration,
    HistoryEntry,
    LogicalRedundancy,
    Network,
    Tag,
    VirtualInterface,
)
from lab.directconnect.operations import OPERATIONS
from lab.directconnect.operations.registry import Caller, Context, Handler
from lab.directconnect.settings import Settings
from lab.directconnect.store import Store, StoreError
from lab.directconnect.tags import merge_tags, parse_tags
from lab.directconnect.timers import Timers
from lab.directconnect.transitions import (
    advance_connection,
    advance_peer,
    advance_vif,
    set_carrier,
    set_status,
)
from lab.directconnect.world import Changes, World
from lab.errors import UsageError

__all__ = ["Caller", "Changes", "Cloud"]

#: The kinds of those history entries that hold an observed status, or another reason for the same one.
STATUS, REASON = "status", "reason"


class Cloud:
    """The cloud world of one lab.

    :param store: holds what an earlier endpoint left; stays open as long as this is used.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._settings = settings
        self._listeners: list[Callable[[Changes], None]] = []
        self._answers = VirtualInterfaceAnswers()
        self._world = World(store, self._committed)
        self._timers = Timers(self._world, settings)

    # ===== the API =====

    @property
    def operations(self) -> Mapping[str, Handler]:
        """What is simulated, by operation name."""
        return OPERATIONS

    def perform(
        self,
        operation: str,
        caller: Caller,
        parameters: Mapping[str, Any],
        invocation: str | None = None,
    ) -> dict[str, Any]:
        """Carry out one operation of the API.

        :param parameters: the request's members, of the types that the service model says.
        :param invocation: the client's own id of this request, the same in each attempt. An operation that
            changed something is not carried out again: the same is answered once more.
        :return: the answer's members; it may share parts with other answers, so it is not to be changed.
        :raises ApiError: nothing was changed.
        """
        handler = OPERATIONS.get(operation)
        if handler is None:
            raise ClientException(f"{operation} is not simulated yet.")
        attempt = invocation and f"{caller.account} {caller.region} {operation} {invocation}"
        if attempt and (told := self._world.answer(attempt)):
            return replay(told)
        context = Context(self._world, self._settings, caller, self._settings.clock(), self._answers)
        try:
            with self._world.transaction():
                answer = handler(context, parameters)
                if attempt:
                    self._world.keep_answer(attempt, partial(keepable, answer))
                return answer
        except StoreError as error:
            raise ServerException(f"{error}") from error

    # ===== reading =====

    def connections(self) -> tuple[Connection, ...]:
        """Every connection of the lab, lately deleted ones among them."""
        return tuple(self._world.connections)

    def connection(self, connection_id: str) -> Connection | None:
        """The connection of this id."""
        return self._world.connections.get(connection_id)

    def virtual_interfaces(self) -> tuple[VirtualInterface, ...]:
        """Every virtual interface of the lab, lately deleted ones among them."""
        return tuple(self._world.virtual_interfaces)

    def virtual_interface(self, vif_id: str) -> VirtualInterface | None:
        """The virtual interface of this id."""
        return self._world.virtual_interfaces.get(vif_id)

    def virtual_interface_of(self, peer_id: str) -> VirtualInterface | None:
        """The virtual interface that has this peer; None where there is no such peer, or none any more."""
        return self._world.virtual_interfaces.of_peer(peer_id)

    def advertised_prefixes(self, vif: VirtualInterface, family: AddressFamily) -> tuple[Network, ...]:
        """What AWS advertises to the customer on this VIF's session of this family."""
        return gateways.advertised_prefixes(self._world, vif, family)

    def prefix_limit(self, vif: VirtualInterface, family: AddressFamily) -> int:
        """How many prefixes AWS accepts on this VIF's session of this family."""
        return gateways.prefix_limit(vif, family)

    def accepted_within(self, vif: VirtualInterface, family: AddressFamily) -> tuple[Network, ...] | None:
        """The prefixes within which AWS accepts routes on this session; None where it accepts any."""
        return gateways.accepted_within(vif, family)

    def history(self, peer_id: str) -> tuple[HistoryEntry, ...]:
        """What happened to a peer, oldest first; the newest thousand entries."""
        return self._world.history(peer_id)

    def last_change(self, peer_id: str) -> HistoryEntry | None:
        """Since when a peer's status is what it is, with the newest reason; None if none was observed."""
        change, newest = self._world.latest(peer_id, STATUS), self._world.latest(peer_id, STATUS, REASON)
        return change and newest and change.model_copy(update={"reason": newest.reason})

    def subscribe(self, listener: Callable[[Changes], None]) -> None:
        """Have a function called after each transaction that changed something."""
        self._listeners.append(listener)

    # ===== the topology =====

    def plug_cable(
        self,
        name_or_id: str,
        *,
        location: str,
        bandwidth: str = "1Gbps",
        tags: Sequence[Mapping[str, str]] = (),
        account: str | None = None,
        region: str | None = None,
        logical_redundancy: LogicalRedundancy | None = None,
    ) -> Connection:
        """The connection that a cable of the topology is: an existing one of this name or id, else a new one.

        A new one is there at once, without an order, and `down` until `set_carrier` says otherwise.

        :param location: a location's code; with the rest it counts for a new connection only.
        :param account: the owner; the lab's account if None.
        :param region: the location's own if None; a location that is not listed needs it.
        :raises UsageError: the name fits several connections, no connection has this id, or there is no such
            location or bandwidth, or no such tags can be.
        """
        existing = self._named_connection(name_or_id)
        if existing is not None:
            return existing
        place = _place(location, bandwidth, region)
        labels = self._labels(tags)
        connection = Connection(
            id=new_id("dxcon", self._world.connections),
            number=self._world.next_number(),
            name=name_or_id,
            owner=account or self._settings.account,
            region=place.region,
            location=place.code,
            bandwidth=bandwidth,
            state=ConnectionState.DOWN,
            since=self._settings.clock(),
            device=device(place.code),
            logical_redundancy=logical_redundancy or self._settings.logical_redundancy,
            tags=labels,
        )
        with self._world.transaction():
            return self._world.connections.put(connection)

    def declare_gateway(self, id_or_name: str, *, asn: int | None, cidrs: Sequence[Network]) -> None:
        """Say what stands behind the VIFs of a gateway; replaces what was said before.

        :param id_or_name: a `vgw-` id, a Direct Connect gateway's id or name, or `public`.
        :param asn: Amazon's side, for a `vgw-` id only.
        :raises UsageError: an ASN for a gateway whose ASN the API or AWS sets.
        """
        if asn is not None and not Kind.VIRTUAL_GATEWAY.matches(id_or_name):
            raise UsageError(
                f"the gateway '{id_or_name}' cannot be given an ASN in the topology:"
                " only a vgw- id can; a Direct Connect gateway's is its amazonSideAsn"
            )
        known = self._world.declarations.get(id_or_name)
        number = known.number if known else self._world.next_number()
        declared = GatewayDeclaration(id=id_or_name, number=number, asn=asn, cidrs=tuple(cidrs))
        if declared == known:
            return
        with self._world.transaction():
            self._world.declarations.put(declared)
            for vif in gateways.virtual_interfaces_behind(self._world, id_or_name):
                self._world.virtual_interfaces.put(vif)

    def declare_assignments(self, vif_name: str, addresses: Sequence[AssignedAddresses]) -> None:
        """Say what AWS assigns to the peers of a VIF of this name, one after the other, where the customer names
        no addresses; replaces what was said before. Peers that there are already keep theirs.

        :raises UsageError: a peer of another VIF holds them.
        """
        known = self._world.assignments.get(vif_name)
        number = known.number if known else self._world.next_number()
        declared = AssignmentDeclaration(id=vif_name, number=number, addresses=tuple(addresses))
        for each in declared.addresses:
            if holder := assignments.holder(self._world, vif_name, each.block):
                raise UsageError(
                    f"the addresses {each.block} of '{vif_name}' are taken: {holder} holds them; delete it first"
                )
        if declared != known:
            with self._world.transaction():
                self._world.assignments.put(declared)

    # ===== what the physical world reports =====

    def set_carrier(self, connection_id: str, up: bool) -> None:
        """There is, or is no, light on a connection's cable."""
        with self._world.transaction(report=True):
            set_carrier(self._world, connection_id, up, self._settings.clock())

    def connection_removed(self, connection_id: str) -> None:
        """Nothing of a deleted connection is left on the machine."""
        with self._world.transaction(report=True):
            advance_connection(self._world, connection_id, ConnectionEvent.REMOVED, self._settings.clock())

    def vif_configured(self, vif_id: str) -> None:
        """A virtual interface's VLAN and addresses are on the machine."""
        with self._world.transaction(report=True):
            advance_vif(self._world, vif_id, VifEvent.CONFIGURED, self._settings.clock())

    def vif_removed(self, vif_id: str) -> None:
        """Nothing of a deleted virtual interface is left on the machine: its VLAN and addresses are free."""
        with self._world.transaction(report=True):
            advance_vif(self._world, vif_id, VifEvent.REMOVED, self._settings.clock())

    def peer_configured(self, vif_id: str, peer_id: str) -> None:
        """AWS's end of a peer is ready for the session."""
        with self._world.transaction(report=True):
            advance_peer(self._world, vif_id, peer_id, PeerEvent.CONFIGURED, self._settings.clock())

    def peer_removed(self, vif_id: str, peer_id: str) -> None:
        """Nothing of a deleted peer is left on the machine: its addresses are free."""
        with self._world.transaction(report=True):
            advance_peer(self._world, vif_id, peer_id, PeerEvent.REMOVED, self._settings.clock())

    def observe(self, peer_id: str, status: BgpStatus, *, reason: str, at: float) -> None:
        """A peer's session was seen to be in this status; kept in the history where that is news.

        :param reason: one sentence of why.
        :param at: when it was so, epoch seconds.
        """
        vif = self._world.virtual_interfaces.of_peer(peer_id)
        if vif is None:
            return
        with self._world.transaction(report=True):
            self._remember(peer_id, status, reason, at)
            set_status(self._world, vif, peer_id, status, at)

    def record(self, peer_id: str, kind: str, detail: str, at: float) -> None:
        """Keep a step of a peer's timeline, such as `address` or `open`, in its history."""
        if peer_id in self._world.virtual_interfaces.peer_ids:
            with self._world.transaction(report=True):
                self._world.note(peer_id, HistoryEntry(at=at, kind=kind, detail=detail))

    @property
    def unstored(self) -> StoreError | None:
        """Why the newest reports are not stored yet; None while all are."""
        return self._world.unstored

    def store_reports(self) -> None:
        """Try once more to store what could not be; `unstored` says whether it succeeded."""
        with self._world.transaction(report=True):
            pass

    def due(self, now: float) -> float | None:
        """Carry out what happens by itself and is due.

        :param now: epoch seconds.
        :return: when the next such thing happens, or None.
        """
        while True:
            ripe = [timer for timer in self._timers if timer.at <= now]
            if not ripe:
                return min((timer.at for timer in self._timers), default=None)
            with self._world.transaction(report=True):
                for timer in ripe:
                    timer.fire(now)

    def _remember(self, peer_id: str, status: BgpStatus, reason: str, at: float) -> None:
        latest = self._world.latest(peer_id, STATUS, REASON)
        if latest is not None and (latest.detail, latest.reason) == (status.value, reason):
            return
        kind = REASON if latest is not None and latest.detail == status.value else STATUS
        self._world.note(peer_id, HistoryEntry(at=at, kind=kind, detail=status.value, reason=reason))

    def _committed(self, changes: Changes) -> None:
        self._answers.forget(
            id_ for id_ in changes.virtual_interfaces if id_ not in self._world.virtual_interfaces
        )
        timers = self._timers.look_at(changes)
        for listener in self._listeners:
            listener(changes)
        now = self._settings.clock()
        if any(timer.at <= now for timer in timers):
            self.due(now)

    def _labels(self, tags: Sequence[Mapping[str, str]]) -> tuple[Tag, ...]:
        """The tags of a topology's connection, by the API's rules."""
        try:
            return merge_tags((), parse_tags(tags), most=self._settings.quotas.tags)
        except ApiError as error:
            raise UsageError(error.message) from None

    def _named_connection(self, name_or_id: str) -> Connection | None:
        gone = (ConnectionState.DELETING, ConnectionState.DELETED)
        alive = [connection for connection in self._world.connections if connection.state not in gone]
        fitting = [connection for connection in alive if name_or_id in (connection.id, connection.name)]
        if len(fitting) > 1:
            ids = ", ".join(connection.id for connection in fitting)
            raise UsageError(f"several connections are named '{name_or_id}': name the cable by one of {ids}")
        if not fitting and Kind.CONNECTION.matches(name_or_id):
            raise UsageError(f"there is no connection {name_or_id} to plug the cable into")
        return fitting[0] if fitting else None


def _place(location: str, bandwidth: str, region: str | None) -> Location:
    """The location of a new port."""
    place = located(location, region)
    if place is None:
        raise UsageError(
            f"there is no location '{location}'; known are {', '.join(LOCATIONS)}; of another, say its region"
        )
    if bandwidth not in (*place.bandwidths, *HOSTED_BANDWIDTHS):
        raise UsageError(f"{place.code} has no ports of {bandwidth}; it has {', '.join(place.bandwidths)}")
    return place
