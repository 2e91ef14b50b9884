"""Addresses that a topology says AWS assigned: what is reserved for whom, and who gets it.

Nobody can ask AWS for the addresses of an IPv6 session. Whoever rehearses what a real account has needs them all
the same, so a topology may declare, under the name of a virtual interface, what AWS assigned to its peers. A
peer for which the customer names no addresses gets the first declared ones of its family that no other peer of
a VIF of this name holds; the pools serve the rest, and pass over everything that is declared, whether it is in use
or not. Addresses that a peer of a VIF of another name holds are never given a second time.
"""

from __future__ import annotations

from lab.directconnect.addresses import IPV4_BLOCK_LENGTH, Addresses
from lab.directconnect.errors import ClientException
from lab.directconnect.model import AddressFamily, BgpPeer, BgpPeerState, Network, VirtualInterface
from lab.directconnect.world import World


def assigned(world: World, vif_name: str, family: AddressFamily) -> Addresses | None:
    """What was declared for the next peer of this family on a VIF of this name; None where nothing is left.

    :raises ClientException: a peer of another VIF holds it.
    """
    declared = world.assignments.get(vif_name)
    version = 4 if family is AddressFamily.IPV4 else 6
    for each in declared.addresses if declared else ():
        if each.block.version != version or _holders(world, vif_name, each.block):
            continue
        if peer := holder(world, vif_name, each.block):
            raise ClientException(
                f"The addresses {each.block} that are assigned to {vif_name} are held by {peer}: delete it first."
            )
        return Addresses(each.amazon, each.customer)
    return None


def reserved_blocks(world: World) -> list[Network]:
    """Every block that is declared for some VIF's peers."""
    return [each.block for declared in world.assignments for each in declared.addresses]


def holder(world: World, vif_name: str, block: Network) -> str | None:
    """The peer of a VIF of another name that holds addresses in this block, in words; None if there is none."""
    for vif in world.virtual_interfaces:
        # A larger block than AWS gives counts on its own VIF alone (`World.held_blocks`).
        for peer in _overlapping(vif, block) if vif.name != vif_name else ():
            if peer.block.prefixlen >= IPV4_BLOCK_LENGTH:
                return f"BGP Peer {peer.id} of {vif.name}"
    return None


def _holders(world: World, vif_name: str, block: Network) -> list[BgpPeer]:
    """The peers of VIFs of this name that hold addresses in this block."""
    return [
        peer for vif in world.virtual_interfaces if vif.name == vif_name for peer in _overlapping(vif, block)
    ]


def _overlapping(vif: VirtualInterface, block: Network) -> list[BgpPeer]:
    return [
        peer
        for peer in vif.peers
        if peer.state is not BgpPeerState.DELETED
        and peer.block.version == block.version
        and peer.block.overlaps(block)
    ]
