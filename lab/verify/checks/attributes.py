"""`communities`, `as-path`, `med`: attributes of accepted routes, as AWS received them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from lab.bgp.events import Route
from lab.directconnect.model import Network
from lab.verify.checks.base import Check, Judgement, down, listed, met, not_yet
from lab.verify.seen import Seen


@dataclass(frozen=True)
class AttributeCheck(Check):
    """What a route has to bear, by its prefix. A router may still correct itself, so a difference is `not yet`."""

    def look(self, seen: Seen) -> Judgement:
        if not seen.is_up:
            return not_yet(down(seen))
        routes = {ip_network(prefix): route for prefix, route in seen.session.routes.items()}
        differences = list(self.differences(routes))
        return not_yet("; ".join(differences)) if differences else met(self.wanted)

    @abstractmethod
    def differences(self, routes: Mapping[Network, Route]) -> Iterator[str]:
        """A sentence for each route that is not as it should be."""


@dataclass(frozen=True)
class Communities(AttributeCheck):
    """Communities (RFC 1997) that routes have to bear, whatever else they bear."""

    key = "communities"

    by_prefix: Mapping[Network, tuple[str, ...]]

    @property
    def wanted(self) -> str:
        return "; ".join(f"{prefix}: {listed(values)}" for prefix, values in self.by_prefix.items())

    def differences(self, routes: Mapping[Network, Route]) -> Iterator[str]:
        for prefix, values in self.by_prefix.items():
            if prefix not in routes:
                yield f"{prefix} is not accepted"
            elif missing := set(values) - set(routes[prefix].communities):
                borne = listed(routes[prefix].communities, "none")
                yield f"{prefix} comes without {listed(sorted(missing))}; its communities: {borne}"


@dataclass(frozen=True)
class AsPath(AttributeCheck):
    """The AS paths of routes, leftmost first."""

    key = "as-path"

    by_prefix: Mapping[Network, tuple[int, ...]]

    @property
    def wanted(self) -> str:
        return "; ".join(f"{prefix}: {_path(path)}" for prefix, path in self.by_prefix.items())

    def differences(self, routes: Mapping[Network, Route]) -> Iterator[str]:
        for prefix, path in self.by_prefix.items():
            if prefix not in routes:
                yield f"{prefix} is not accepted"
            elif routes[prefix].as_path != path:
                yield f"{prefix} comes by {_path(routes[prefix].as_path)}, not by {_path(path)}"


@dataclass(frozen=True)
class Med(AttributeCheck):
    """The MULTI_EXIT_DISC of every accepted route, or of some."""

    key = "med"

    value: int | Mapping[Network, int]

    @property
    def wanted(self) -> str:
        if isinstance(self.value, int):
            return f"{self.value}"
        return "; ".join(f"{prefix}: {value}" for prefix, value in self.value.items())

    def differences(self, routes: Mapping[Network, Route]) -> Iterator[str]:
        wanted = dict.fromkeys(routes, self.value) if isinstance(self.value, int) else self.value
        if not wanted:
            yield "no prefix was accepted"
        for prefix, value in wanted.items():
            if prefix not in routes:
                yield f"{prefix} is not accepted"
            elif routes[prefix].med != value:
                yield f"{prefix} comes with {_med(routes[prefix].med)}, not with {value}"


def _path(path: tuple[int, ...]) -> str:
    return " ".join(map(str, path)) or "an empty path"


def _med(value: int | None) -> str:
    return "no MED" if value is None else f"MED {value}"
