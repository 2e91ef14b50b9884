"""What values the API accepts, apart from addresses and tags: one function a value, pure.

Each takes the value as the request has it, or the request's members where a rule spans several, and returns
it checked. The sentences are this project's own, in the style of AWS's: AWS's own texts for these errors are
not published.

Sources: the service model's documentation of each member; the CloudFormation schemas for patterns; the user
guide for the ranges of ASNs and VLANs. Where they disagree on 4-byte ASNs in `asn`, the sentence "the API
returns an error" is followed, not the range.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lab.directconnect.errors import ClientException
from lab.directconnect.model import LARGEST_SHORT_ASN, AddressFamily, VirtualInterfaceType

Parameters = Mapping[str, Any]

LARGEST_ASN = 4294967294
LARGEST_PREFIX_LIMIT = 1000
_PRIVATE_ASNS = (range(64512, 65535), range(4200000000, LARGEST_ASN + 1))
_NAME_FORM = re.compile(r"[\w \-_,/]+", re.ASCII)
#: Printable ASCII without the space.
_AUTH_KEY_FORM = re.compile(r"[!-~]{6,80}")
_MTUS = {
    VirtualInterfaceType.PRIVATE: (1500, 8500, 9001),
    VirtualInterfaceType.TRANSIT: (1500, 8500),
    VirtualInterfaceType.PUBLIC: (1500,),
}


def required(parameters: Parameters, member: str) -> Any:  # noqa: ANN401 - members have many types
    """A member that the operation cannot do without, whatever the service model says."""
    value = parameters.get(member)
    if value is None or value == "":
        raise ClientException(f"{member} is required.")
    return value


def refuse_unsimulated(parameters: Parameters, *members: str) -> None:
    """Refuse members whose effect is not simulated, rather than accept them without one."""
    for member in members:
        if parameters.get(member):
            raise ClientException(f"{member} is not simulated yet: leave it out.")


def name(member: str, text: str, *, longest: int) -> str:
    """A name that the customer gives."""
    if len(text) > longest or not _NAME_FORM.fullmatch(text):
        raise ClientException(
            f"{member} {text!r} has an invalid format:"
            f" use 1 to {longest} letters, digits, spaces, hyphens, underscores, commas and slashes."
        )
    return text


def vlan(number: int) -> int:
    """A VLAN ID of IEEE 802.1Q."""
    if not 1 <= number <= 4094:
        raise ClientException(f"VLAN {number} is not valid: use 1 to 4094.")
    return number


def mtu(type_: VirtualInterfaceType, size: int) -> int:
    """An MTU, in bytes, that this type of virtual interface can have."""
    if size not in _MTUS[type_]:
        sizes = " or ".join(map(str, _MTUS[type_]))
        raise ClientException(f"MTU {size} is not valid on a {type_} virtual interface: use {sizes}.")
    return size


def address_family(text: str | None) -> AddressFamily:
    """An address family; AWS takes IPv4 where none is named."""
    try:
        return AddressFamily(text or "ipv4")
    except ValueError:
        raise ClientException(f"addressFamily {text} is not valid: use ipv4 or ipv6.") from None


def auth_key(key: str) -> str:
    """A BGP key as the customer gives it; never repeated in an error."""
    if not _AUTH_KEY_FORM.fullmatch(key):
        raise ClientException(
            "authKey has an invalid format: use 6 to 80 printable ASCII characters, no spaces."
        )
    return key


def asn_selector(parameters: Parameters) -> int | None:
    """The ASN that `asnLong`, or else `asn`, names; None where neither does."""
    long = parameters.get("asnLong")
    return long if long is not None else parameters.get("asn")


def customer_asn(parameters: Parameters, *, amazon_side_asn: int) -> int:
    """The customer's ASN: `asnLong`, or else `asn`, which takes no ASN that needs four bytes."""
    asn, long = asn_selector(parameters), parameters.get("asnLong")
    if asn is None:
        raise ClientException("asnLong or asn is required.")
    if long is None and not 1 <= asn <= LARGEST_SHORT_ASN:
        raise ClientException(
            f"ASN {asn} is not valid in asn, which takes 1 to 65535: use asnLong for 4-byte ASNs."
        )
    if not 1 <= asn <= LARGEST_ASN:
        raise ClientException(f"ASN {asn} is not valid in asnLong: use 1 to {LARGEST_ASN}.")
    if asn == amazon_side_asn:
        raise ClientException(
            f"ASN {asn} is the Amazon side's ASN on this virtual interface: use a different one."
        )
    return asn


def gateway_asn(asn: int) -> int:
    """The Amazon side's ASN of a Direct Connect gateway: a private one."""
    if not is_private_asn(asn):
        raise ClientException(
            f"amazonSideAsn {asn} is not valid: use 64512 to 65534 or 4200000000 to {LARGEST_ASN}."
        )
    return asn


def is_private_asn(asn: int) -> bool:
    """Whether an ASN is one that anybody may use (RFC 6996)."""
    return any(asn in private for private in _PRIVATE_ASNS)


def prefix_limit(member: str, count: int | None) -> int | None:
    """How many prefixes of a family the customer wants to have accepted."""
    if count is not None and not 0 <= count <= LARGEST_PREFIX_LIMIT:
        raise ClientException(f"{member} {count} is not valid: use 0 to {LARGEST_PREFIX_LIMIT}.")
    return count
