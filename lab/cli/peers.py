"""Which peers of a lab a command means, by what a user calls them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from lab.cli.status import fetch
from lab.errors import UsageError
from lab.places import Record

_HELP = "A virtual interface's name or id, with '.ipv4' or '.ipv6' for one of its peers; or a BGP peer's id."
Who = Annotated[str | None, typer.Argument(metavar="PEER|VIF", help=_HELP)]
One = Annotated[str, typer.Argument(metavar="PEER|VIF", help=_HELP)]


@dataclass(frozen=True)
class Named:
    """A peer of a running lab.

    :param title: the name of its virtual interface, and its address family.
    """

    id: str
    title: str
    connection_id: str
    vlan: int


def peers_named(record: Record, who: str | None) -> list[Named]:
    """The standing peers that a name means, in the lab's order; all of them without one.

    :raises UsageError: there is none of that name.
    """
    found = list(_peers(record, who))
    if who and not found:
        sentence = f"the lab '{record.name}' has no BGP peer or virtual interface '{who}'; see 'dxlab status'"
        raise UsageError(sentence)
    return found


def _peers(record: Record, who: str | None) -> Iterator[Named]:
    for connection in fetch(record, "status")["connections"]:
        for vif in connection["virtualInterfaces"]:
            for peer in vif["bgpPeers"]:
                names = (vif["virtualInterfaceName"], vif["virtualInterfaceId"])
                family = peer["addressFamily"]
                called = (*names, *(f"{name}.{family}" for name in names), peer["bgpPeerId"])
                if peer["bgpPeerState"] not in ("deleting", "deleted") and who in (None, *called):
                    title = f"{names[0]} {family}"
                    yield Named(peer["bgpPeerId"], title, connection["connectionId"], vif["vlan"])
