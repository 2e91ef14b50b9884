from __future__ import annotations

import time
from contextlib import nullcontext, suppress
from ipaddress import IPv4Network, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.directconnect.addresses import IPV4_POOL, Pool, allocate, ends, ipv4_pool, ipv6_pool
from lab.directconnect.errors import ClientException
from lab.directconnect.model import Network


def small_pool(size: int = 8) -> Pool:
    """The first blocks of a /24, in order."""
    network = IPv4Network("192.0.2.0/24")
    return Pool(network, size, 30, lambda number: int(network.network_address) + 4 * number)


# ===== pools =====


def test_ipv4_blocks_come_in_the_order_that_aws_has_been_seen_to_use() -> None:
    pool = ipv4_pool()
    assert [str(pool.block(number)) for number in (0, 1, 7, 8)] == [
        "169.254.255.0/30",
        "169.254.254.0/30",
        "169.254.248.0/30",
        "169.254.247.0/30",
    ]


def test_ipv4_blocks_of_a_later_round_are_the_next_of_each_24() -> None:
    assert str(ipv4_pool().block(255)) == "169.254.255.4/30"


def test_ipv4_pool_is_the_link_local_range_but_for_what_ec2_answers_itself() -> None:
    pool = ipv4_pool()
    blocks = {pool.block(number) for number in range(pool.size)}
    assert len(blocks) == pool.size == 255 * 64
    assert all(block.subnet_of(IPV4_POOL) for block in blocks if isinstance(block, IPv4Network))
    assert not any(block.overlaps(IPv4Network("169.254.169.0/24")) for block in blocks)


def test_ipv6_pool_begins_with_the_block_of_awss_example() -> None:
    pool = ipv6_pool(IPv6Network("2001:db8:1100:2f0::/64"))
    addresses = ends(pool.block(0))
    assert str(addresses.amazon) == "2001:db8:1100:2f0:0:1:9cb4:4211/125"
    assert str(addresses.customer) == "2001:db8:1100:2f0:0:1:9cb4:4216/125"
    assert pool.size == 1 << 61


@pytest.mark.parametrize("length", [120, 124, 125])
def test_a_small_ipv6_pool_has_each_of_its_blocks_once(length: int) -> None:
    network = IPv6Network(f"2001:db8::/{length}")
    pool = ipv6_pool(network)
    blocks = {pool.block(number) for number in range(pool.size)}
    assert blocks == set(network.subnets(new_prefix=125))


def test_ends_of_an_ipv4_block_are_its_two_hosts() -> None:
    addresses = ends(IPv4Network("169.254.255.0/30"))
    assert (str(addresses.amazon), str(addresses.customer)) == ("169.254.255.1/30", "169.254.255.2/30")


# ===== allocation =====


def test_a_search_starts_where_the_last_one_ended() -> None:
    block, after = allocate(small_pool(), set(), 3)
    assert (str(block), after) == ("192.0.2.12/30", 4)


def test_a_search_goes_round() -> None:
    held = {small_pool().block(number) for number in (6, 7, 0)}
    block, after = allocate(small_pool(), held, 6)
    assert (str(block), after) == ("192.0.2.4/30", 2)


def test_the_last_block_sends_the_cursor_to_the_first() -> None:
    assert allocate(small_pool(), set(), 7)[1] == 0


def test_a_full_pool_says_what_to_do() -> None:
    held = {small_pool().block(number) for number in range(8)}
    with pytest.raises(ClientException) as raised:
        allocate(small_pool(), held)
    assert raised.value.message == (
        "No addresses are left in 192.0.2.0/24: delete BGP peers or virtual interfaces first."
    )


@pytest.mark.parametrize(
    ("held", "overlapping"),
    [
        ("192.0.2.4/30", True),
        ("192.0.2.0/24", True),
        ("0.0.0.0/0", True),
        ("192.0.2.6/31", True),
        ("192.0.2.7/32", True),
        ("192.0.2.0/30", False),
        ("192.0.2.8/29", False),
        ("192.0.2.8/32", False),
    ],
)
def test_overlap_is_seen_whatever_the_size(held: str, overlapping: bool) -> None:
    one = IPv4Network("192.0.2.4/30")
    pool = Pool(one, 1, 30, lambda _: int(one.network_address))
    with pytest.raises(ClientException) if overlapping else nullcontext():
        assert allocate(pool, {ip_network(held)}) == (one, 0)


def test_blocks_of_the_other_family_do_not_count() -> None:
    assert allocate(small_pool(), {IPv6Network("::/0")})[1] == 1


@pytest.mark.parametrize("held", ["169.254.0.0/16", "169.254.0.0/17", "169.254.128.0/17"])
def test_a_search_past_a_large_block_is_short(held: str) -> None:
    def search() -> float:
        began = time.perf_counter()
        with suppress(ClientException):
            allocate(ipv4_pool(), {ip_network(held)})
        return time.perf_counter() - began

    assert min(search() for _ in range(5)) < 0.005


networks_nearby = st.builds(
    lambda place, length: IPv4Network((0xC0000200 + place, length), strict=False),
    st.integers(0, 255),
    st.integers(20, 32),
)


@given(held=st.sets(networks_nearby, max_size=12), start=st.integers(0, 63))
def test_an_allocated_block_overlaps_no_held_one_and_none_is_refused_while_one_is_free(
    held: set[IPv4Network], start: int
) -> None:
    pool = small_pool(64)
    blocks = [pool.block(number) for number in range(64)]
    free = [block for block in blocks if not any(other.overlaps(block) for other in held)]
    try:
        block, after = allocate(pool, held, start)
    except ClientException:
        assert not free
    else:
        assert block in free
        assert 0 <= after < 64


@given(steps=st.lists(st.one_of(st.none(), st.integers(0, 7)), max_size=60))
def test_no_released_block_is_lost_and_none_is_held_twice(steps: list[int | None]) -> None:
    """None allocates; a number releases the block that has been held that long."""
    pool, held, cursor = small_pool(), list[Network](), 0
    for step in steps:
        if step is not None:
            del held[step : step + 1]
        elif len(held) < pool.size:
            block, cursor = allocate(pool, set(held), cursor)
            assert block not in held
            held.append(block)
    while len(held) < pool.size:
        block, cursor = allocate(pool, set(held), cursor)
        held.append(block)
    assert set(held) == {pool.block(number) for number in range(pool.size)}


def test_a_released_block_waits_for_all_others() -> None:
    pool, cursor = small_pool(), 0
    first, cursor = allocate(pool, set(), cursor)
    later = []
    for _ in range(pool.size - 1):
        block, cursor = allocate(pool, set(), cursor)
        later.append(block)
    assert first not in later
    assert allocate(pool, set(), cursor)[0] == first
