"""The part `expect` of a topology file: text into networks, addresses and seconds, and what contradicts itself.

Whether there will be such a virtual interface is for those to ask who expect it (`lab.verify`): a client may make one
that no request does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lab.topology.model import Address, Expectation, Network
from lab.topology.networks import address, network
from lab.topology.source import Place, Source

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}
#: What can be said of a session that is down, too.
_WITHOUT_SESSION = {"bgpStatus", "within", "stays", "customer-router-config"}


def expectations(source: Source) -> Iterator[Expectation]:
    """Every expectation, in the file's order.

    :raises TopologyError: what is no network or address, or cannot be met whatever happens.
    """
    for target, said in source.data.get("expect", {}).items():
        place = ("expect", target)
        _refuse_contradictions(source, said, place)
        yield Expectation(
            target=target,
            line=source.line(*place),
            lines={key: source.line(*place, key) for key in said},
            bgp_status=said.get("bgpStatus"),
            customer_router_config=said.get("customer-router-config"),
            **{_member(key): read(source, said[key], (*place, key)) for key, read in _READERS if key in said},
        )


def seconds(text: str) -> float:
    """A duration as files have it: `500ms`, `10s`, `2m`."""
    number = text.rstrip("ms")
    return float(number) * _SECONDS[text.removeprefix(number)]


def _member(key: str) -> str:
    return key.replace("-", "_")


def _refuse_contradictions(source: Source, said: Mapping[str, Any], place: Place) -> None:
    needy = [key for key in said if key not in _WITHOUT_SESSION]
    if said.get("bgpStatus") == "down" and needy:
        sentence = f"'{needy[0]}' says something of a session that is up, but 'bgpStatus' is to be down"
        raise source.error(sentence, (*place, needy[0]))
    if {"accepted", "accepted-only"} <= said.keys():
        raise source.error("'accepted-only' says all that 'accepted' does; use one", (*place, "accepted"))


def _seconds(_: Source, text: str, __: Place) -> float:
    return seconds(text)


def _networks(source: Source, texts: list[str], place: Place) -> tuple[Network, ...]:
    return tuple(network(source, text, (*place, index)) for index, text in enumerate(texts))


def _by_network(source: Source, said: Mapping[str, Any], place: Place) -> dict[Network, Any]:
    return {
        network(source, text, (*place, text)): tuple(value) if isinstance(value, list) else value
        for text, value in said.items()
    }


def _med(source: Source, said: int | Mapping[str, int], place: Place) -> int | dict[Network, int]:
    return said if isinstance(said, int) else _by_network(source, said, place)


def _reachable(source: Source, said: Any, place: Place) -> tuple[Address, ...]:  # noqa: ANN401 -- plain data
    if isinstance(said, dict):
        return (address(source, said["to"], (*place, "to")),)
    items = enumerate(said)
    return tuple(address(source, each["to"], (*place, index, "to")) for index, each in items)


_READERS: tuple[tuple[str, Callable[[Source, Any, Place], Any]], ...] = (
    ("within", _seconds),
    ("stays", _seconds),
    ("accepted", _networks),
    ("accepted-only", _networks),
    ("not-accepted", _networks),
    ("advertised", _networks),
    ("communities", _by_network),
    ("as-path", _by_network),
    ("med", _med),
    ("reachable", _reachable),
)
