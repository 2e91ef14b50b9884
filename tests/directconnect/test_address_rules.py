from __future__ import annotations

import pytest

from lab.directconnect.address_rules import (
    check_not_given,
    given_addresses,
    parse_interface,
    route_filter_prefix,
)
from lab.directconnect.errors import ClientException


@pytest.mark.parametrize(
    ("amazon", "customer"),
    [
        ("169.254.255.1/30", "169.254.255.2/30"),
        ("169.254.255.2/30", "169.254.255.1/30"),
        ("10.0.0.0/31", "10.0.0.1/31"),
        ("192.168.1.4/28", "192.168.1.9/28"),
        ("8.8.8.1/24", "8.8.8.200/24"),
        ("100.64.0.1/30", "100.64.0.2/30"),
        ("10.0.0.1/8", "10.200.0.2/8"),
    ],
)
def test_addresses_that_a_private_vif_can_have(amazon: str, customer: str) -> None:
    addresses = given_addresses(amazon, customer, public=False)
    assert addresses is not None
    assert (str(addresses.amazon), str(addresses.customer)) == (amazon, customer)


@pytest.mark.parametrize(
    ("amazon", "customer"),
    [("175.45.176.1/28", "175.45.176.2/28"), ("203.0.113.0/31", "203.0.113.1/31")],
)
def test_addresses_that_a_public_vif_can_have(amazon: str, customer: str) -> None:
    assert given_addresses(amazon, customer, public=True) is not None


def test_addresses_may_be_left_to_aws_on_a_private_vif() -> None:
    assert given_addresses(None, None, public=False) is None


SAME_CIDR = "Amazon Address and Customer Address must be in the same CIDR"
NO_CIDR = "is not an address in CIDR notation, such as 10.0.0.1/30."


@pytest.mark.parametrize(
    ("amazon", "customer", "message"),
    [
        ("10.0.0.1/30", "10.0.0.5/30", SAME_CIDR),
        ("10.0.0.1/30", "10.0.0.2/29", SAME_CIDR),
        ("10.0.0.1/32", "10.0.0.2/32", SAME_CIDR),
        ("10.0.0.0/30", "10.0.0.1/30", "Amazon Address is address 0 on its subnet."),
        ("10.0.0.3/30", "10.0.0.1/30", "Amazon Address is the broadcast address on its subnet."),
        ("10.0.0.1/30", "10.0.0.0/30", "Customer Address is address 0 on its subnet."),
        ("10.0.0.1/30", "10.0.0.3/30", "Customer Address is the broadcast address on its subnet."),
        ("10.0.0.1/30", "10.0.0.1/30", "Amazon Address and Customer Address must be different."),
        ("10.0.0.1/32", "10.0.0.1/32", "Amazon Address and Customer Address must be different."),
        ("10.0.0.1", "10.0.0.2/30", f"Amazon Address 10.0.0.1 {NO_CIDR}"),
        ("10.0.0.1/30", "10.0.0.2/33", f"Customer Address 10.0.0.2/33 {NO_CIDR}"),
        ("10.0.0.1/255.255.255.252", "10.0.0.2/30", f"Amazon Address 10.0.0.1/255.255.255.252 {NO_CIDR}"),
        ("10.0.0.256/30", "10.0.0.2/30", f"Amazon Address 10.0.0.256/30 {NO_CIDR}"),
        ("router/30", "10.0.0.2/30", f"Amazon Address router/30 {NO_CIDR}"),
        ("", "10.0.0.2/30", f"Amazon Address  {NO_CIDR}"),
        ("10.0.0.1/٣٠", "10.0.0.2/30", f"Amazon Address 10.0.0.1/٣٠ {NO_CIDR}"),
        ("224.0.0.1/30", "224.0.0.2/30", "Amazon Address 224.0.0.1/30 is not a unicast address."),
        ("1.2.3.4/0", "1.2.3.5/0", "Amazon Address 1.2.3.4/0 must have a prefix length of /8 or longer."),
        (
            "10.0.0.1/8",
            "10.0.0.2/7",
            "Customer Address 10.0.0.2/7 must have a prefix length of /8 or longer.",
        ),
        ("127.0.0.1/30", "127.0.0.2/30", "Amazon Address 127.0.0.1/30 is not a unicast address."),
        (
            "2001:db8::1/125",
            "2001:db8::6/125",
            "Amazon Address 2001:db8::1/125 is not an IPv4 address, as addressFamily ipv4 asks for.",
        ),
        (
            "10.0.0.1/30",
            None,
            "Customer Address is missing: give both addresses, or leave both out to have them assigned.",
        ),
        (
            None,
            "10.0.0.1/30",
            "Amazon Address is missing: give both addresses, or leave both out to have them assigned.",
        ),
    ],
)
def test_addresses_that_no_vif_can_have(amazon: str | None, customer: str | None, message: str) -> None:
    with pytest.raises(ClientException) as raised:
        given_addresses(amazon, customer, public=False)
    assert raised.value.message == message


PRIVATE = "Amazon Address is not allowed to contain a private IP"
BOTH = "Amazon Address and Customer Address are both required on a public virtual interface."


@pytest.mark.parametrize(
    ("amazon", "customer", "message"),
    [
        ("192.168.1.1/28", "175.45.176.2/28", PRIVATE),
        ("10.0.0.1/30", "10.0.0.2/30", PRIVATE),
        ("172.31.0.1/30", "172.31.0.2/30", PRIVATE),
        ("169.254.255.1/30", "169.254.255.2/30", PRIVATE),
        ("100.64.0.1/30", "100.64.0.2/30", PRIVATE),
        ("175.45.176.1/28", "10.0.0.2/28", "Customer Address is not allowed to contain a private IP"),
        ("240.0.0.1/30", "240.0.0.2/30", "Amazon Address 240.0.0.1/30 is not a unicast address."),
        ("175.45.176.1/28", None, BOTH),
        (None, "175.45.176.1/28", BOTH),
        (None, None, BOTH),
    ],
)
def test_addresses_that_a_public_vif_cannot_have(
    amazon: str | None, customer: str | None, message: str
) -> None:
    with pytest.raises(ClientException) as raised:
        given_addresses(amazon, customer, public=True)
    assert raised.value.message == message


@pytest.mark.parametrize(
    ("amazon", "customer", "title"),
    [
        ("2001:db8::1/125", "2001:db8::6/125", "Amazon Address 2001:db8::1/125"),
        (None, "10.0.0.2/30", "Customer Address 10.0.0.2/30"),
    ],
)
def test_an_ipv6_session_takes_no_addresses(amazon: str | None, customer: str | None, title: str) -> None:
    with pytest.raises(ClientException) as raised:
        check_not_given(amazon, customer)
    assert raised.value.message == (
        f"{title} is not allowed: Amazon assigns IPv6 addresses, leave both addresses out."
    )


def test_an_ipv6_session_without_addresses_is_right() -> None:
    check_not_given(None, None)


def test_an_ipv6_address_is_the_same_in_each_of_its_spellings() -> None:
    short = parse_interface("Customer Address", "2001:db8::6/125")
    assert short == parse_interface("Customer Address", "2001:0DB8:0:0:0:0:0:6/125")


@pytest.mark.parametrize(
    "text", ["198.51.100.0/24", "8.8.8.8/32", "96.0.0.0/6", "2001:db8::/32", "2600::/64"]
)
def test_prefixes_that_a_public_vif_carries(text: str) -> None:
    assert str(route_filter_prefix(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "198.51.100.1/24",
            "Route filter prefix 198.51.100.1/24 is not a network in CIDR notation, such as 203.0.113.0/24.",
        ),
        ("all", "Route filter prefix all is not a network in CIDR notation, such as 203.0.113.0/24."),
        ("0.0.0.0/0", "Route filter prefix 0.0.0.0/0 must have a prefix length from /1 to /32."),
        ("2600::/65", "Route filter prefix 2600::/65 must have a prefix length from /1 to /64."),
        ("::/0", "Route filter prefix ::/0 must have a prefix length from /1 to /64."),
        ("10.1.0.0/16", "Route filter prefix 10.1.0.0/16 is not allowed to contain a private IP"),
        ("128.0.0.0/1", "Route filter prefix 128.0.0.0/1 is not allowed to contain a private IP"),
    ],
)
def test_prefixes_that_a_public_vif_does_not_carry(text: str, message: str) -> None:
    with pytest.raises(ClientException) as raised:
        route_filter_prefix(text)
    assert raised.value.message == message
