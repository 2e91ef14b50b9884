from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.directconnect import rules
from lab.directconnect.errors import ClientException
from lab.directconnect.model import AddressFamily, VirtualInterfaceType

PRIVATE, PUBLIC, TRANSIT = VirtualInterfaceType


def refusal(check: Callable[[], object]) -> str:
    """The sentence with which a check refuses."""
    with pytest.raises(ClientException) as raised:
        check()
    return raised.value.message


# ===== ASNs =====


@pytest.mark.parametrize(
    ("parameters", "asn"),
    [
        ({"asn": 1}, 1),
        ({"asn": 65535}, 65535),
        ({"asnLong": 65001}, 65001),
        ({"asnLong": 4294967294}, 4294967294),
        ({"asn": 65001, "asnLong": 4200000000}, 4200000000),
        ({"asn": 0, "asnLong": 4200000000}, 4200000000),
        ({"asn": 8030}, 8030),
    ],
)
def test_customer_asns(parameters: dict[str, int], asn: int) -> None:
    assert rules.customer_asn(parameters, amazon_side_asn=64512) == asn


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "asnLong or asn is required."),
        ({"asn": 0}, "ASN 0 is not valid in asn, which takes 1 to 65535: use asnLong for 4-byte ASNs."),
        (
            {"asn": 65536},
            "ASN 65536 is not valid in asn, which takes 1 to 65535: use asnLong for 4-byte ASNs.",
        ),
        ({"asn": -1}, "ASN -1 is not valid in asn, which takes 1 to 65535: use asnLong for 4-byte ASNs."),
        ({"asnLong": 0}, "ASN 0 is not valid in asnLong: use 1 to 4294967294."),
        ({"asnLong": 4294967295}, "ASN 4294967295 is not valid in asnLong: use 1 to 4294967294."),
        (
            {"asn": 64512},
            "ASN 64512 is the Amazon side's ASN on this virtual interface: use a different one.",
        ),
    ],
)
def test_customer_asns_that_cannot_be(parameters: dict[str, int], message: str) -> None:
    assert refusal(lambda: rules.customer_asn(parameters, amazon_side_asn=64512)) == message


@pytest.mark.parametrize(
    ("asn", "private"),
    [
        (64511, False),
        (64512, True),
        (65534, True),
        (65535, False),
        (4199999999, False),
        (4200000000, True),
        (4294967294, True),
        (4294967295, False),
    ],
)
def test_private_asns(asn: int, private: bool) -> None:
    assert rules.is_private_asn(asn) is private


def test_a_gateway_has_a_private_asn() -> None:
    assert rules.gateway_asn(4200000000) == 4200000000
    assert refusal(lambda: rules.gateway_asn(7224)) == (
        "amazonSideAsn 7224 is not valid: use 64512 to 65534 or 4200000000 to 4294967294."
    )


# ===== the others =====


@pytest.mark.parametrize("key", ["abcdef", "!" * 80, "a\"b'c\\`{|}~#;", "123456"])
def test_keys(key: str) -> None:
    assert rules.auth_key(key) == key


@pytest.mark.parametrize("key", ["", "abcde", "a" * 81, "abc def", "abcdef\n", "schlüssel", "abc\tdef"])
def test_keys_that_cannot_be_are_not_repeated(key: str) -> None:
    assert refusal(lambda: rules.auth_key(key)) == (
        "authKey has an invalid format: use 6 to 80 printable ASCII characters, no spaces."
    )


@pytest.mark.parametrize("number", [1, 101, 4094])
def test_vlans(number: int) -> None:
    assert rules.vlan(number) == number


@pytest.mark.parametrize("number", [-1, 0, 4095])
def test_vlans_that_cannot_be(number: int) -> None:
    assert refusal(lambda: rules.vlan(number)) == f"VLAN {number} is not valid: use 1 to 4094."


@pytest.mark.parametrize(
    ("type_", "size"),
    [(PRIVATE, 1500), (PRIVATE, 8500), (PRIVATE, 9001), (TRANSIT, 1500), (TRANSIT, 8500), (PUBLIC, 1500)],
)
def test_mtus(type_: VirtualInterfaceType, size: int) -> None:
    assert rules.mtu(type_, size) == size


@pytest.mark.parametrize(
    ("type_", "size", "sizes"),
    [
        (PRIVATE, 9000, "1500 or 8500 or 9001"),
        (TRANSIT, 9001, "1500 or 8500"),
        (PUBLIC, 8500, "1500"),
        (PRIVATE, -1, "1500 or 8500 or 9001"),
    ],
)
def test_mtus_that_cannot_be(type_: VirtualInterfaceType, size: int, sizes: str) -> None:
    expected = f"MTU {size} is not valid on a {type_} virtual interface: use {sizes}."
    assert refusal(lambda: rules.mtu(type_, size)) == expected


@pytest.mark.parametrize("text", ["office", "FLUIDev030720 2 - VIF", "a_b,c/d", "x" * 100])
def test_names(text: str) -> None:
    assert rules.name("virtualInterfaceName", text, longest=100) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", ""), ("x" * 101, "x" * 64 + "..."), ("a<b", "a<b"), ("naïve", "naïve"), ("a\n", "a\\n")],
)
def test_names_that_cannot_be(text: str, shown: str) -> None:
    assert refusal(lambda: rules.name("virtualInterfaceName", text, longest=100)) == (
        f"virtualInterfaceName '{shown}' has an invalid format: use 1 to 100 letters, digits, spaces,"
        " hyphens, underscores, commas and slashes."
    )


def test_address_families() -> None:
    assert rules.address_family(None) is AddressFamily.IPV4
    assert rules.address_family("ipv6") is AddressFamily.IPV6
    assert refusal(lambda: rules.address_family("ipx")) == "addressFamily ipx is not valid: use ipv4 or ipv6."


@pytest.mark.parametrize("count", [None, 0, 1000])
def test_prefix_limits(count: int | None) -> None:
    assert rules.prefix_limit("prefixPoolAllocatedCountIpv4", count) == count


@pytest.mark.parametrize("count", [-1, 1001])
def test_prefix_limits_that_cannot_be(count: int) -> None:
    assert refusal(lambda: rules.prefix_limit("prefixPoolAllocatedCountIpv4", count)) == (
        f"prefixPoolAllocatedCountIpv4 {count} is not valid: use 0 to 1000."
    )


def test_required_members() -> None:
    assert rules.required({"vlan": 0}, "vlan") == 0


@pytest.mark.parametrize("absent", [{}, {"vlan": None}, {"vlan": ""}])
def test_required_members_that_are_not_there(absent: dict[str, object]) -> None:
    assert refusal(lambda: rules.required(absent, "vlan")) == "vlan is required."


def test_what_is_not_simulated_is_refused_where_it_would_do_something() -> None:
    rules.refuse_unsimulated({"requestMACSec": False}, "requestMACSec", "rateLimit")
    assert refusal(lambda: rules.refuse_unsimulated({"rateLimit": "1Gbps"}, "rateLimit")) == (
        "rateLimit is not simulated yet: leave it out."
    )
