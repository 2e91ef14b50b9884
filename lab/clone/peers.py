"""A BGP peer as a request asks for it: its ASN and key, and its addresses as far as the API takes them.

IPv4 addresses are named in the request. IPv6 ones cannot be, so they are what AWS assigned (`assignments`). A key
is kept as it is, or becomes an environment variable: where the user wants none in the file, and where the account
does not say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any

from lab.clone.names import Names, variable
from lab.clone.records import Peer, VirtualInterface
from lab.directconnect.model import LARGEST_SHORT_ASN, Network
from lab.topology import keys

Ends = tuple[str, str]


@dataclass(frozen=True)
class Terms:
    """What becomes of a peer.

    :ivar members: of the request that makes it.
    :ivar assigned: Amazon's and the customer's address, where AWS has to assign them.
    :ivar variable: the environment variable that has to hold its key.
    """

    family: str
    members: dict[str, Any]
    assigned: Ends | None = None
    variable: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass
class Ledger:
    """What is given out so far, over all virtual interfaces.

    :ivar redact: no key is to stand in the file.
    """

    redact: bool
    variables: Names = field(default_factory=lambda: Names(joint="_"))
    blocks: list[Network] = field(default_factory=list)

    def assign(self, amazon: IPv6Interface, customer: IPv6Interface) -> bool:
        """Whether AWS can have assigned these, beside all before."""
        block = amazon.network
        fits = block == customer.network and amazon != customer and 64 <= block.prefixlen <= 127
        if fits and not any(block.overlaps(other) for other in self.blocks if other.version == 6):
            self.blocks.append(block)
            return True
        return False


def terms(vif: VirtualInterface, name: str, ledger: Ledger) -> list[Terms]:
    """The terms of each standing peer of a virtual interface.

    :param name: what the topology calls it.
    """
    peers = vif.standing_peers
    return [
        _terms(vif, peer, _variable(name, peers[: index + 1]), ledger) for index, peer in enumerate(peers)
    ]


def _terms(vif: VirtualInterface, peer: Peer, variable_name: str, ledger: Ledger) -> Terms:
    asn, family, remarks = peer.customer_asn or 0, peer.address_family, []
    members: dict[str, Any] = {"addressFamily": family} if family == "ipv6" else {}
    members["asn" if asn <= LARGEST_SHORT_ASN else "asnLong"] = asn
    named = None
    if peer.key is None or ledger.redact:
        named = ledger.variables.unique(variable_name)
        members["authKey"] = keys.variable(named)
    else:
        members["authKey"] = keys.literal(peer.key)
    if peer.key is None:
        remarks.append(f"{vif.title} does not say the key of its {family} peer: it is to be in {named}")
    ends = _ends(peer)
    assigned = None
    if isinstance(ends, tuple) and isinstance(ends[0], IPv4Interface):
        members |= {"amazonAddress": str(ends[0]), "customerAddress": str(ends[1])}
    elif ends and ledger.assign(*ends):
        assigned = str(ends[0]), str(ends[1])
    else:
        remarks.append(f"{vif.title} does not say usable {family} addresses: the lab assigns some")
    return Terms(family, members, assigned, named, tuple(remarks))


def _variable(name: str, peers: Sequence[Peer]) -> str:
    """The name for the key of the last of these peers of a virtual interface."""
    return variable("DXLAB_KEY", name, peers[-1].address_family)


def _ends(peer: Peer) -> tuple[IPv4Interface, IPv4Interface] | tuple[IPv6Interface, IPv6Interface] | None:
    """Both ends, where the record has them and they are of the peer's family."""
    try:
        amazon, customer = ip_interface(peer.amazon_address or ""), ip_interface(peer.customer_address or "")
    except ValueError:
        return None
    if isinstance(amazon, IPv4Interface) and isinstance(customer, IPv4Interface):
        return (amazon, customer) if peer.address_family == "ipv4" else None
    if isinstance(amazon, IPv6Interface) and isinstance(customer, IPv6Interface):
        return (amazon, customer) if peer.address_family == "ipv6" else None
    return None
