"""`customerRouterConfig`: what the customer's router must be told, as AWS's small XML document.

The layout is that of recorded answers: two spaces, one element a line, the IPv4 session's elements first,
then the IPv6 session's with `ipv6_` before their names, then what both share. A family without a session has
no elements. A peer on its way out is left out at once. Where logical redundancy gives a family two sessions,
the older one is shown: the document has no place for a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from lab.directconnect.model import AddressFamily, BgpPeer, VirtualInterface


def customer_router_config(vif: VirtualInterface) -> str:
    """The document for the VIF's peers as they stand, with a final newline."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<logical_connection id={quoteattr(vif.id)}>",
        *(f"  <{name}>{escape(str(value))}</{name}>" for name, value in _elements(vif)),
        "</logical_connection>",
        "",
    ]
    return "\n".join(lines)


def _elements(vif: VirtualInterface) -> Iterator[tuple[str, object]]:
    yield "vlan", vif.vlan
    for family, prefix in ((AddressFamily.IPV4, ""), (AddressFamily.IPV6, "ipv6_")):
        for peer in [peer for peer in vif.standing_peers if peer.family is family][:1]:
            yield from _session(peer, prefix)
    yield "amazon_bgp_asn", vif.amazon_side_asn
    yield "connection_type", vif.type.value


def _session(peer: BgpPeer, prefix: str) -> Iterator[tuple[str, object]]:
    yield f"{prefix}customer_address", peer.customer_address
    yield f"{prefix}amazon_address", peer.amazon_address
    yield f"{prefix}bgp_asn", peer.asn
    yield f"{prefix}bgp_auth_key", peer.auth_key
