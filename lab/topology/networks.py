"""Networks and addresses as a topology file has them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from lab.topology.model import Address, Network
from lab.topology.source import Place, Source


def network(source: Source, text: str, place: Place) -> Network:
    """Raise TopologyError where the text is no network."""
    try:
        return ip_network(text)
    except ValueError as error:
        raise source.error(f"this is no network in CIDR form: {error}", place) from None


def address(source: Source, text: str, place: Place) -> Address:
    """Raise TopologyError where the text is no address."""
    try:
        return ip_address(text)
    except ValueError as error:
        raise source.error(f"this is no address: {error}", place) from None
