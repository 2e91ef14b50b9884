"""Names for things that have no id or address before AWS assigns one.

Two places of a lab speak of what AWS will only answer later:

* A request names a connection, a virtual interface or a Direct Connect gateway where the API wants an id.
  `substitute_names` puts the ids in.
* A router's configuration needs addresses, keys and VLANs that AWS assigned. `resolve` puts them where the
  file has

      ${<virtual interface>.<ipv4|ipv6>.<field>}   a field of that family's BGP peer
      ${<virtual interface>.<field>}               a field of the virtual interface

  The virtual interface is called by its name or its id, the fields as the API calls them. `customerAddress`
  and `amazonAddress` have a prefix length, as the API gives it; `.ip` behind them takes it away. Whatever
  does not have this form, a lone `$` or a `${word}` without a dot included, is the router's own language and
  stays.

Both are pure functions of what the API answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lab.errors import TopologyError
from lab.topology.refusals import known

#: A virtual interface or a BGP peer as DescribeVirtualInterfaces has it.
ApiRecord = Mapping[str, Any]

_REFERENCE = re.compile(r"\$\{([^{}\n]+\.[^{}\n]+)\}")
_FAMILIES = ("ipv4", "ipv6")
_GONE = ("deleting", "deleted")


def resolve(text: str, virtual_interfaces: Iterable[ApiRecord], path: Path) -> str:
    """A router's configuration with every reference replaced. Lines keep their numbers.

    :param virtual_interfaces: as DescribeVirtualInterfaces lists them; deleted ones are not looked at.
    :param path: where the text is from, for errors.
    :raises TopologyError: (with file and line) a reference names what is not there.
    """
    standing = [vif for vif in virtual_interfaces if vif["virtualInterfaceState"] not in _GONE]
    lines = enumerate(text.split("\n"), 1)
    return "\n".join(resolve_line(line, standing, path, number) for number, line in lines)


def resolve_line(line: str, virtual_interfaces: Iterable[ApiRecord], path: Path, number: int) -> str:
    """One line, or a part of one, with every reference replaced.

    :param number: the line's, for errors.
    :raises TopologyError: (with file and line) a reference names what is not there.
    """
    standing = [vif for vif in virtual_interfaces if vif["virtualInterfaceState"] not in _GONE]
    try:
        return _REFERENCE.sub(lambda match: _value(match[1], standing), line)
    except _UnknownError as unknown:
        raise TopologyError(str(unknown), path, number) from None


def holds_reference(text: str) -> bool:
    """Whether there is anything to replace."""
    return _REFERENCE.search(text) is not None


def substitute_names(parameters: Mapping[str, Any], ids: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A request's parameters with names replaced by ids, at any depth.

    :param ids: for each parameter that takes an id (`connectionId`, `virtualInterfaceId`,
        `directConnectGatewayId`), the ids by name. What is not among the names stays: it may be an id itself.
    """
    return {key: _substituted(value, ids.get(key, {}), ids) for key, value in parameters.items()}


def names_in(
    parameters: Mapping[str, Any], ids: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What a request gives where an id is wanted, each with the ids by name that it is looked up in."""
    for key, value in parameters.items():
        if key in ids and isinstance(value, str):
            yield value, ids[key]
        elif isinstance(value, Mapping):
            yield from names_in(value, ids)


def _substituted(value: object, names: Mapping[str, str], ids: Mapping[str, Mapping[str, str]]) -> object:
    if isinstance(value, Mapping):
        return substitute_names(value, ids)
    if isinstance(value, list):
        return [_substituted(item, names, ids) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


class _UnknownError(Exception):
    """A reference that names nothing; its text is the sentence."""


def _value(reference: str, virtual_interfaces: list[ApiRecord]) -> str:
    """What a reference (without its braces) stands for."""
    virtual_interface, called = _virtual_interface(reference, virtual_interfaces)
    field = reference.removeprefix(f"{called}.")
    fields = _fields(virtual_interface)
    family = field.partition(".")[0]
    if family in _FAMILIES and not any(key.startswith(f"{family}.") for key in fields):
        raise _UnknownError(f"${{{reference}}}: '{called}' has no {family} peer; CreateBGPPeer makes one")
    if field not in fields:
        raise _UnknownError(f"${{{reference}}}: '{called}' has no field '{field}'; {known(field, fields)}")
    return fields[field]


def _virtual_interface(reference: str, virtual_interfaces: list[ApiRecord]) -> tuple[ApiRecord, str]:
    """The virtual interface that a reference begins with, and what it calls it. A name may hold dots
    itself.
    """
    named = [
        (vif, name)
        for vif in virtual_interfaces
        for name in (vif["virtualInterfaceName"], vif["virtualInterfaceId"])
        if reference.startswith(f"{name}.")
    ]
    if not named:
        stranger = reference.partition(".")[0]
        names = {vif["virtualInterfaceName"] for vif in virtual_interfaces}
        raise _UnknownError(
            f"${{{reference}}}: there is no virtual interface '{stranger}'; {known(stranger, names)}"
        )
    longest = max(len(name) for _, name in named)
    found = [(vif, name) for vif, name in named if len(name) == longest]
    if len(found) > 1:
        ids = " and ".join(vif["virtualInterfaceId"] for vif, _ in found)
        raise _UnknownError(f"${{{reference}}}: {ids} are both called '{found[0][1]}'; use the id")
    return found[0]


def _fields(virtual_interface: ApiRecord) -> dict[str, str]:
    """Everything that can be said of a virtual interface, by the words that follow its name."""
    found = {
        key: virtual_interface.get(key) for key in ("amazonSideAsn", "mtu", "virtualInterfaceId", "vlan")
    }
    # Of two peers of a family (hasLogicalRedundancy) the older is meant; it comes first, and is written last.
    for peer in reversed(virtual_interface["bgpPeers"]):
        if peer["bgpPeerState"] not in _GONE:
            family = peer["addressFamily"]
            found |= {f"{family}.{key}": value for key, value in _peer_fields(peer).items()}
    return {key: str(value) for key, value in found.items() if value is not None}


def _peer_fields(peer: ApiRecord) -> dict[str, Any]:
    addresses = {key: peer.get(key) for key in ("amazonAddress", "customerAddress")}
    bare = {f"{key}.ip": address.partition("/")[0] for key, address in addresses.items() if address}
    # The API's `asn` is 0 for a number of four bytes, which only `asnLong` holds.
    return {
        **addresses,
        **bare,
        "asn": peer.get("asnLong") or peer.get("asn"),
        "authKey": peer.get("authKey"),
    }
