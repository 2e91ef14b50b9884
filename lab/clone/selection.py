"""Which virtual interfaces are rehearsed: the user's choice, less what is gone or says too little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lab.clone.records import Connection, Records, VirtualInterface
from lab.errors import UsageError

_GONE = ("deleting", "deleted", "rejected")
_TYPES = ("private", "public", "transit")


@dataclass(frozen=True)
class Choice:
    """What the user wants to rehearse; empty means everything.

    :ivar virtual_interfaces: ids or names.
    :ivar connections: ids or names, of LAGs too.
    :ivar location: a location's code.
    """

    virtual_interfaces: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    location: str | None = None

    def takes(self, vif: VirtualInterface, connection: Connection | None) -> bool:
        """Whether a VIF on this connection is meant."""
        own = {vif.virtual_interface_id, vif.virtual_interface_name}
        port = {vif.connection_id, connection.connection_name if connection else ""}
        return (
            (not self.virtual_interfaces or not own.isdisjoint(self.virtual_interfaces))
            and (not self.connections or not port.isdisjoint(self.connections))
            and (self.location is None or vif.location.lower() == self.location.lower())
        )


def select(records: Records, choice: Choice) -> tuple[tuple[VirtualInterface, ...], tuple[str, ...]]:
    """The virtual interfaces to rehearse, and remarks on what is special about them.

    :raises UsageError: there are none, or the choice names one that there is not.
    """
    chosen = [
        vif for vif in records.virtual_interfaces if choice.takes(vif, records.connection(vif.connection_id))
    ]
    _check_known(choice.virtual_interfaces, records, chosen)
    lacks = {vif.virtual_interface_id: _lack(vif) for vif in chosen}
    kept = tuple(vif for vif in chosen if lacks[vif.virtual_interface_id] is None)
    left_out = [
        f"{vif.title} {lack}: left out" for vif in chosen if (lack := lacks[vif.virtual_interface_id])
    ]
    if not kept:
        reasons = "; ".join(left_out) or "none was described, or none fits the choice"
        raise UsageError(f"there is no virtual interface to rehearse: {reasons}")
    return kept, (*left_out, *(remark for vif in kept for remark in _remarks(vif)))


def _check_known(wanted: Iterable[str], records: Records, chosen: Iterable[VirtualInterface]) -> None:
    found = {word for vif in chosen for word in (vif.virtual_interface_id, vif.virtual_interface_name)}
    for word in wanted:
        if word not in found:
            titles = ", ".join(vif.title for vif in records.virtual_interfaces) or "none"
            raise UsageError(f"no virtual interface '{word}' fits the choice; there are: {titles}")


def _lack(vif: VirtualInterface) -> str | None:
    """Why a VIF cannot be rehearsed; None if it can."""
    peers = vif.standing_peers
    if vif.virtual_interface_state in _GONE:
        return f"is {vif.virtual_interface_state}"
    if vif.virtual_interface_type not in _TYPES:
        return f"is of the unknown type '{vif.virtual_interface_type}'"
    if not 1 <= vif.vlan <= 4094:
        return f"has no VLAN, but {vif.vlan}"
    if any(peer.customer_asn is None for peer in peers):
        return "does not say the customer's ASN"
    if vif.virtual_interface_type == "public" and not vif.route_filter_prefixes:
        return "is public and does not say its prefixes"
    return None


def _remarks(vif: VirtualInterface) -> Iterator[str]:
    if vif.virtual_interface_state == "confirming":
        yield f"{vif.title} waits to be confirmed: the lab has it as if it were"
    if going := len([peer for peer in vif.bgp_peers if not peer.stands]):
        noun = "a peer that is" if going == 1 else f"{going} peers that are"
        yield f"{vif.title} has {noun} being deleted: left out"
    if vif.rate_limit:
        yield f"{vif.title} has the rate limit {vif.rate_limit}: not simulated, left out"
