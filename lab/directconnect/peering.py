"""Making a BGP peer from what the customer says of it: ASN, key, family, addresses.

The first peer of a new virtual interface and one that CreateBGPPeer adds are made alike.
"""

from __future__ import annotations

from collections.abc import Collection

from lab.directconnect import rules
from lab.directconnect.address_rules import check_not_given, given_addresses
from lab.directconnect.addresses import Addresses, allocate, ends, ipv4_pool, ipv6_pool
from lab.directconnect.assignments import assigned, reserved_blocks
from lab.directconnect.errors import ClientException
from lab.directconnect.identifiers import new_auth_key, new_id
from lab.directconnect.model import (
    AddressFamily,
    BgpPeer,
    BgpPeerState,
    BgpStatus,
    LogicalRedundancy,
    PoolCursor,
    VirtualInterfaceType,
)
from lab.directconnect.operations.registry import Context
from lab.directconnect.rules import Parameters

#: Peers of one family on a VIF of a connection with logical redundancy.
REDUNDANT_PEERS = 2


def new_peer(
    context: Context,
    parameters: Parameters,
    *,
    vif_type: VirtualInterfaceType,
    amazon_side_asn: int,
    vif_name: str,
    vif_id: str | None = None,
) -> BgpPeer:
    """A peer with the members of a request's `asn`, `asnLong`, `authKey`, `addressFamily` and addresses.

    :param vif_name: what the VIF that it is for is called.
    :param vif_id: that VIF; None where the VIF is yet to be made.
    :raises ClientException: a rule is broken, or no addresses are left.
    """
    public = vif_type is VirtualInterfaceType.PUBLIC
    asn = rules.customer_asn(parameters, amazon_side_asn=amazon_side_asn)
    key = parameters.get("authKey")
    family = rules.address_family(parameters.get("addressFamily"))
    addresses = (
        _given(parameters, family, public=public)
        or assigned(context.world, vif_name, family)
        or _allocate(context, family, vif_id)
    )
    return BgpPeer(
        id=new_id("dxpeer", context.world.virtual_interfaces.peer_ids),
        asn=asn,
        auth_key=new_auth_key() if key is None else rules.auth_key(key),
        family=family,
        amazon_address=addresses.amazon,
        customer_address=addresses.customer,
        state=BgpPeerState.VERIFYING if public else BgpPeerState.PENDING,
        since=context.now,
        status=BgpStatus.DOWN,
    )


def check_room(present: Collection[BgpPeer], added: BgpPeer, redundancy: LogicalRedundancy) -> None:
    """Refuse a peer that its VIF has no room for: one a family, or two with logical redundancy, on two links.

    :param present: the peers that the VIF has and keeps.
    """
    same = [peer for peer in present if peer.family is added.family]
    if same and redundancy is not LogicalRedundancy.YES:
        raise ClientException(
            f"BGP Peer {same[0].id} with address family {added.family} already exists on this virtual"
            " interface, and its connection has no logical redundancy: delete that peer first."
        )
    if len(same) >= REDUNDANT_PEERS:
        raise ClientException(
            f"Exceeded the maximum number of {added.family} BGP Peers. The limit is {REDUNDANT_PEERS}"
        )
    for peer in same:
        if peer.block.overlaps(added.block):
            raise ClientException(
                f"The addresses overlap those of BGP Peer {peer.id} on this virtual interface:"
                " use another subnet."
            )


def _given(parameters: Parameters, family: AddressFamily, *, public: bool) -> Addresses | None:
    """The addresses that the customer names; None where they are left to AWS."""
    amazon, customer = parameters.get("amazonAddress"), parameters.get("customerAddress")
    if family is AddressFamily.IPV6:
        check_not_given(amazon, customer)
        return None
    return given_addresses(amazon, customer, public=public)


def _allocate(context: Context, family: AddressFamily, vif_id: str | None) -> Addresses:
    pool = ipv4_pool() if family is AddressFamily.IPV4 else ipv6_pool(context.settings.ipv6_pool)
    name = str(pool.network)
    cursor = context.world.cursors.get(name) or PoolCursor(id=name)
    taken = context.world.held_blocks(vif_id) + reserved_blocks(context.world)
    block, after = allocate(pool, taken, cursor.next)
    context.world.cursors.put(cursor.model_copy(update={"next": after}))
    return ends(block)
