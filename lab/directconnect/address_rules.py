"""Whether the link addresses that a customer names can be used: AWS's rules, in AWS's sentences.

The four sentences on private addresses, on the common CIDR, on address 0 and on the broadcast address are
those of the service, as tests of other clients have recorded them. The rest keeps their style.

On a private or transit VIF any unicast address will do. On a public one both must be public; AWS also wants
to see that they are the customer's, which nobody can show here. The documentation ranges (RFC 5737) count as
public: they stand for public addresses in every example, AWS's own included.
"""

from __future__ import annotations

import re
from ipaddress import (
    AddressValueError,
    IPv4Interface,
    IPv4Network,
    NetmaskValueError,
    ip_interface,
    ip_network,
)

from lab.directconnect.addresses import Addresses
from lab.directconnect.errors import ClientException
from lab.directconnect.model import Interface, Network

#: AWS's form of an address: always with its prefix length, never with a netmask.
_CIDR_FORM = re.compile(r"[0-9a-fA-F:.]+/[0-9]{1,3}", re.ASCII)
_PRIVATE = tuple(
    IPv4Network(text)
    for text in ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
_NOT_UNICAST = tuple(IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4"))
#: The shortest prefix length of a link that anybody can mean: an IPv4 network of class A.
_SHORTEST_LINK = 8
#: The longest IPv6 prefix that a public VIF carries.
_LONGEST_IPV6_ROUTE = 64


def parse_interface(title: str, text: str) -> Interface:
    """An address with its prefix length.

    :param title: what the address is, for the error: `Amazon Address`.
    """
    if _CIDR_FORM.fullmatch(text):
        try:
            return ip_interface(text)
        except (AddressValueError, NetmaskValueError, ValueError):
            pass
    raise ClientException(f"{title} {text} is not an address in CIDR notation, such as 10.0.0.1/30.")


def given_addresses(amazon: str | None, customer: str | None, *, public: bool) -> Addresses | None:
    """The IPv4 addresses that the customer names; None where he leaves them to AWS.

    :raises ClientException: one of AWS's rules is broken.
    """
    if amazon is None and customer is None and not public:
        return None
    if amazon is None or customer is None:
        raise ClientException(_one_missing(amazon, public=public))
    ours, theirs = _ipv4("Amazon Address", amazon), _ipv4("Customer Address", customer)
    ends = (("Amazon Address", ours), ("Customer Address", theirs))
    for title, address in ends:
        _check_scope(title, address, public=public)
    if ours.network != theirs.network:
        raise ClientException("Amazon Address and Customer Address must be in the same CIDR")
    for title, address in ends:
        _check_host(title, address)
    if ours.ip == theirs.ip:
        raise ClientException("Amazon Address and Customer Address must be different.")
    return Addresses(ours, theirs)


def check_not_given(amazon: str | None, customer: str | None) -> None:
    """Refuse addresses on an IPv6 session, whose addresses AWS always assigns."""
    for title, text in (("Amazon Address", amazon), ("Customer Address", customer)):
        if text is not None:
            raise ClientException(
                f"{title} {text} is not allowed: Amazon assigns IPv6 addresses, leave both addresses out."
            )


def route_filter_prefix(text: str) -> Network:
    """A public prefix that the customer will advertise: IPv4 /1 to /32 or IPv6 /1 to /64."""
    try:
        prefix = ip_network(text)
    except ValueError:
        raise ClientException(
            f"Route filter prefix {text} is not a network in CIDR notation, such as 203.0.113.0/24."
        ) from None
    longest = 32 if prefix.version == 4 else _LONGEST_IPV6_ROUTE
    if not 1 <= prefix.prefixlen <= longest:
        raise ClientException(f"Route filter prefix {text} must have a prefix length from /1 to /{longest}.")
    if isinstance(prefix, IPv4Network) and any(
        prefix.overlaps(private) for private in _PRIVATE + _NOT_UNICAST
    ):
        raise ClientException(f"Route filter prefix {text} is not allowed to contain a private IP")
    return prefix


def _one_missing(amazon: str | None, *, public: bool) -> str:
    if public:
        return "Amazon Address and Customer Address are both required on a public virtual interface."
    absent = "Customer Address" if amazon is not None else "Amazon Address"
    return f"{absent} is missing: give both addresses, or leave both out to have them assigned."


def _ipv4(title: str, text: str) -> IPv4Interface:
    address = parse_interface(title, text)
    if not isinstance(address, IPv4Interface):
        raise ClientException(f"{title} {text} is not an IPv4 address, as addressFamily ipv4 asks for.")
    if address.network.prefixlen < _SHORTEST_LINK:
        raise ClientException(f"{title} {text} must have a prefix length of /{_SHORTEST_LINK} or longer.")
    return address


def _check_scope(title: str, address: IPv4Interface, *, public: bool) -> None:
    if public and any(address.ip in network for network in _PRIVATE):
        raise ClientException(f"{title} is not allowed to contain a private IP")
    if any(address.ip in network for network in _NOT_UNICAST):
        raise ClientException(f"{title} {address} is not a unicast address.")


def _check_host(title: str, address: IPv4Interface) -> None:
    network = address.network
    if network.prefixlen >= 31:
        return
    if address.ip == network.network_address:
        raise ClientException(f"{title} is address 0 on its subnet.")
    if address.ip == network.broadcast_address:
        raise ClientException(f"{title} is the broadcast address on its subnet.")
