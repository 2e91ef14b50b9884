"""What a router says of its neighbours beyond the words that all kinds share.

Each kind has a command and a function that reads what it prints; both are pure. A kind without one is asked only
the common questions (`lab.routers.RouterKind.neighbours`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_BIRD_ROUTE = re.compile(r"^[0-9a-f:.]+/\d+\s")


@dataclass(frozen=True)
class Detail:
    """What is known of one neighbour.

    :param originates: how many routes the router has that it could announce to it; None: not known.
    """

    shut: bool = False
    policy_missing: bool = False
    originates: int | None = None


@dataclass(frozen=True)
class Question:
    """Commands for a router's own tool, and how to read their answers for one neighbour and address family."""

    commands: tuple[tuple[str, ...], ...]
    read: Callable[[str, str, int], Detail]


def _frr(text: str, neighbour: str, family: int) -> Detail:
    """`show bgp neighbors json` and `show bgp <family> unicast json`, one after the other."""
    records = _documents(text)
    record: Mapping[str, Any] = next((each[neighbour] for each in records if neighbour in each), {})
    info = record.get("addressFamilyInfo", {}).get(f"ipv{family}Unicast", {})
    tables = [each for each in records if each.get("routes") is not None and _is_of(each, family)]
    own = [
        prefix
        for table in tables
        for prefix, paths in table["routes"].items()
        if any(_is_best(path) and path.get("peerId", "(unspec)") != neighbour for path in paths)
    ]
    return Detail(
        shut=bool(record.get("adminShutDown")),
        policy_missing=bool(info.get("outboundEbgpRequiresPolicy")),
        originates=len(own) if tables else None,
    )


def _is_of(table: Mapping[str, Any], family: int) -> bool:
    """FRR names no family in a table; its prefixes do."""
    return all((":" in prefix) == (family == 6) for prefix in table["routes"])


def _is_best(path: Mapping[str, Any]) -> bool:
    return bool(path.get("bestpath") or path.get("valid"))


def _documents(text: str) -> list[Mapping[str, Any]]:
    """The JSON objects in a text, whatever stands between them."""
    decoder, found, at = json.JSONDecoder(), [], text.find("{")
    while at >= 0:
        try:
            document, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            found.append(document)
        at = text.find("{", end)
    return found


def _bird(text: str, neighbour: str, family: int) -> Detail:
    """`show protocols all`: blocks, each with its neighbour's address; and `show route`: a line for each route, with
    its AS path where it is BGP's.
    """
    routes = [line for line in text.splitlines() if _BIRD_ROUTE.match(line)]
    own = [line for line in routes if "[AS" not in line and (":" in line.split("/")[0]) == (family == 6)]
    for block in re.split(r"\n(?=\S)", text):
        if re.search(rf"Neighbor address:\s+{re.escape(neighbour)}\b", block):
            shut = bool(re.search(r"^\S+\s+BGP\s+\S+\s+down\b", block))
            return Detail(shut=shut, originates=len(own))
    return Detail()


def _gobgp(text: str, neighbour: str, _family: int) -> Detail:
    """`gobgp -j neighbor`."""
    for record in _lists(text):
        if record.get("state", {}).get("neighbor_address") == neighbour:
            return Detail(shut=record["state"].get("admin_state") == 1)
    return Detail()


def _lists(text: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


#: By router kind.
QUESTIONS: Mapping[str, Question] = {
    "frr": Question(
        (
            (
                *("vtysh", "-c", "show bgp neighbors json"),
                *("-c", "show bgp ipv4 unicast json", "-c", "show bgp ipv6 unicast json"),
            ),
        ),
        _frr,
    ),
    "bird": Question((("birdc", "show", "protocols", "all"), ("birdc", "show", "route")), _bird),
    "gobgp": Question((("gobgp", "-j", "neighbor"),), _gobgp),
}
