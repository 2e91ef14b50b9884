"""Which link addresses a new BGP session gets: pure arithmetic on pools and held blocks.

AWS gives an IPv4 session whose customer names no addresses a /30 out of 169.254.0.0/16 (RFC 3927), Amazon on
the first host and the customer on the second; an IPv6 session always gets a /125, Amazon on base+1 and the
customer on base+6, as in the one published example.

A pool numbers its blocks from 0. A search starts at the pool's cursor and goes round once, so that a released
block comes back only after all others have had their turn: a router that has not yet been told of its peer's
end never meets a stranger at the old address. A block is passed over while it overlaps any held one, whoever
gave it.

AWS's recorded IPv4 blocks are 169.254.255.0/30, .248.0/30, .247.0/30: the first /30 of each /24, from the
top. The IPv4 pool is numbered in that order, and leaves out 169.254.169.0/24, in which every VPC has the
services that EC2 answers itself (metadata, DNS, time).
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network

from lab.directconnect.errors import ClientException
from lab.directconnect.model import Interface, Network

IPV4_POOL = IPv4Network("169.254.0.0/16")
IPV4_BLOCK_LENGTH = 30
IPV6_BLOCK_LENGTH = 125

#: The third octets of the IPv4 pool, in the order of use.
_IPV4_OCTETS = tuple(octet for octet in range(255, -1, -1) if octet != 169)
#: Where in its /64 the block of AWS's published example lies: 2001:db8:1100:2f0:0:1:9cb4:4210/125.
_IPV6_FIRST = 0x1_9CB4_4210 >> (128 - IPV6_BLOCK_LENGTH)


@dataclass(frozen=True)
class Pool:
    """A numbered set of blocks that do not overlap.

    :ivar network: what all blocks are taken from.
    :ivar size: how many blocks there are.
    :ivar block: the block of a number from 0 to size-1.
    """

    network: Network
    size: int
    block: Callable[[int], Network]


@dataclass(frozen=True)
class Addresses:
    """The two ends of a link, in one subnet."""

    amazon: Interface
    customer: Interface


def ipv4_pool() -> Pool:
    """The pool of link-local /30s, in AWS's order."""

    def block(number: int) -> IPv4Network:
        fourth, third = divmod(number, len(_IPV4_OCTETS))
        base = int(IPV4_POOL.network_address) + (_IPV4_OCTETS[third] << 8) + 4 * fourth
        return IPv4Network((base, IPV4_BLOCK_LENGTH))

    return Pool(IPV4_POOL, size=len(_IPV4_OCTETS) * 64, block=block)


def ipv6_pool(network: IPv6Network) -> Pool:
    """The /125s of a network, beginning where AWS's example lies and going round.

    :param network: at least a /125.
    """
    size = 1 << (IPV6_BLOCK_LENGTH - network.prefixlen)

    def block(number: int) -> IPv6Network:
        place = (_IPV6_FIRST + number) % size
        return IPv6Network((int(network.network_address) + 8 * place, IPV6_BLOCK_LENGTH))

    return Pool(network, size, block)


def allocate(pool: Pool, held: Container[Network], start: int = 0) -> tuple[Network, int]:
    """Find a free block, searching from number `start` once round.

    :param held: every block that anybody holds, of any size and family.
    :return: the block, and the number at which the next search should start.
    :raises ClientException: no block is free.
    """
    for step in range(pool.size):
        number = (start + step) % pool.size
        block = pool.block(number)
        if not overlaps_any(block, held):
            return block, (number + 1) % pool.size
    raise ClientException(
        f"No addresses are left in {pool.network}: delete BGP peers or virtual interfaces first."
    )


def overlaps_any(block: Network, held: Container[Network]) -> bool:
    """Whether the block, one that contains it or one inside it is held.

    Asks for each network that could overlap the block, which are few, instead of looking at all that are
    held.
    """
    if block in held:
        return True
    around = (block.supernet(new_prefix=length) for length in range(block.prefixlen))
    if any(network in held for network in around):
        return True
    inside = range(block.prefixlen + 1, block.max_prefixlen + 1)
    return any(network in held for length in inside for network in block.subnets(new_prefix=length))


def ends(block: Network) -> Addresses:
    """The addresses that AWS takes and gives in a block of its own choice."""
    base, length = int(block.network_address), block.prefixlen
    if isinstance(block, IPv4Network):
        return Addresses(IPv4Interface((base + 1, length)), IPv4Interface((base + 2, length)))
    return Addresses(IPv6Interface((base + 1, length)), IPv6Interface((base + 6, length)))
