"""What a node says of its interfaces and of the commands that follow its start.

Both may hold `${...}` references, which mean something only when AWS has answered. So texts are kept as they
stand, with their lines; what holds no reference is checked at once.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from ipaddress import ip_interface
from typing import Any

from lab.topology.model import Command, NodeInterface, Written
from lab.topology.references import holds_reference
from lab.topology.source import Place, Source

#: What Linux accepts as an interface's name (IFNAMSIZ is 16 with the final zero).
INTERFACE = re.compile(r"(?!\.{1,2}$)[^\s/:]{1,15}")


def interfaces_of(source: Source, node: Mapping[str, Any], place: Place) -> Iterator[NodeInterface]:
    """A node's `interfaces`, in the file's order.

    :raises TopologyError: (with line) an interface or an address cannot be one.
    """
    for name, said in node.get("interfaces", {}).items():
        here = (*place, "interfaces", name)
        if not INTERFACE.fullmatch(name):
            wanted = "up to 15 characters without space, '/' and ':'"
            raise source.error(f"'{name}' cannot name an interface: use {wanted}", here)
        yield NodeInterface(
            name=name,
            line=source.line(*here),
            addresses=_addresses(source, said, here) if "addresses" in said else None,
            mtu=said.get("mtu"),
            link=said.get("link"),
            vlan=said.get("id"),
        )


def commands_of(source: Source, node: Mapping[str, Any], place: Place) -> Iterator[Command]:
    """A node's `exec`, each command in words as a shell splits it.

    :raises TopologyError: (with line) a quotation does not end.
    """
    for index, text in enumerate(node.get("exec", ())):
        here = (*place, "exec", index)
        try:
            yield Command(words=tuple(shlex.split(text)), line=source.line(*here))
        except ValueError as error:
            raise source.error(f"this is no command: {str(error).lower()}", here) from None


def _addresses(source: Source, said: Mapping[str, Any], place: Place) -> tuple[Written, ...]:
    return tuple(
        _address(source, text, (*place, "addresses", index)) for index, text in enumerate(said["addresses"])
    )


def _address(source: Source, text: str, place: Place) -> Written:
    if not holds_reference(text):
        try:
            ip_interface(text)
        except ValueError as error:
            raise source.error(f"this is no address with a prefix length: {error}", place) from None
    return Written(text=text, line=source.line(*place))
