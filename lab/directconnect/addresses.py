"""Which link addresses a new BGP session gets: pure arithmetic on pools and held blocks.

AWS gives an IPv4 session whose customer names no addresses a /30 out of 169.254.0.0/16 (RFC 3927), Amazon on
the first host and the customer on the second; an IPv6 session always gets a /125, Amazon on base+1 and the
customer on base+6, as in the one published example.

A pool numbers its blocks from 0. A search starts at the pool's cursor and goes round once, so that a released
block comes back only after all others have had their turn: a router that has not yet been told of its peer's
end never meets a stranger at the old address. A block is passed over while it overlaps any held one, whoever
gave it; which of the blocks that customers name count as held is `World.held_blocks`' business.

AWS's recorded IPv4 blocks are 169.254.255.0/30, .248.0/30, .247.0/30: the first /30 of each /24, from the
top. The IPv4 pool is numbered in that order, and leaves out 169.254.169.0/24, in which every VPC has the
services that EC2 answers itself (metadata, DNS, time).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from itertools import chain

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
    :ivar length: the prefix length of each.
    :ivar base: the first address of the block of a number from 0 to size-1.
    """

    network: Network
    size: int
    length: int
    base: Callable[[int], int]

    def block(self, number: int) -> Network:
        """The block of a number."""
        return type(self.network)((self.base(number), self.length))


@dataclass(frozen=True)
class Addresses:
    """The two ends of a link, in one subnet."""

    amazon: Interface
    customer: Interface


@cache
def ipv4_pool() -> Pool:
    """The pool of link-local /30s, in AWS's order."""
    first = int(IPV4_POOL.network_address)
    bases = [first + (third << 8) + fourth for fourth in range(0, 256, 4) for third in _IPV4_OCTETS]
    return Pool(IPV4_POOL, len(bases), IPV4_BLOCK_LENGTH, bases.__getitem__)


def ipv6_pool(network: IPv6Network) -> Pool:
    """The /125s of a network, beginning where AWS's example lies and going round.

    :param network: at least a /125.
    """
    size = 1 << (IPV6_BLOCK_LENGTH - network.prefixlen)

    def base(number: int) -> int:
        return int(network.network_address) + 8 * ((_IPV6_FIRST + number) % size)

    return Pool(network, size, IPV6_BLOCK_LENGTH, base)


def allocate(pool: Pool, held: Collection[Network], start: int = 0) -> tuple[Network, int]:
    """Find a free block, searching from number `start` once round.

    :param held: every block that anybody holds, of any size and family.
    :return: the block, and the number at which the next search should start.
    :raises ClientException: no block is free.
    """
    taken = _Taken(pool, held)
    for number in () if taken.covers_all else chain(range(start, pool.size), range(start)):
        if pool.base(number) not in taken:
            return pool.block(number), (number + 1) % pool.size
    raise ClientException(
        f"No addresses are left in {pool.network}: delete BGP peers or virtual interfaces first."
    )


class _Taken:
    """First addresses of a pool's blocks that overlap a held block. Whole numbers, for a search may have to ask
    for every block of a pool, and must not hold up all other callers meanwhile.
    """

    def __init__(self, pool: Pool, held: Collection[Network]) -> None:
        size = 1 << (pool.network.max_prefixlen - pool.length)
        own = [block for block in held if block.version == pool.network.version]
        self._single = {int(block.network_address) & -size for block in own if block.prefixlen >= pool.length}
        larger = [block for block in own if block.prefixlen < pool.length]
        self._ranges = [range(int(block[0]), int(block[-1]) + 1) for block in larger]
        first, last = int(pool.network[0]), int(pool.network[-1])
        self.covers_all = any(first in covered and last in covered for covered in self._ranges)

    def __contains__(self, base: int) -> bool:
        return base in self._single or any(base in covered for covered in self._ranges)


def ends(block: Network) -> Addresses:
    """The addresses that AWS takes and gives in a block of its own choice."""
    base, length = int(block.network_address), block.prefixlen
    if isinstance(block, IPv4Network):
        return Addresses(IPv4Interface((base + 1, length)), IPv4Interface((base + 2, length)))
    return Addresses(IPv6Interface((base + 1, length)), IPv6Interface((base + 6, length)))
