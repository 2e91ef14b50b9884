"""`accepted`, `accepted-only`, `not-accepted`: the prefixes that AWS received from the router and accepted."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from ipaddress import ip_network

from lab.directconnect.model import Network
from lab.verify.checks.base import Check, Judgement, down, holding, listed, met, not_met, not_yet
from lab.verify.seen import Seen

#: Seconds without news after which a router is taken to have announced what it has to announce. FRR holds its
#: first UPDATE back for 1.2 s, and not every router says when it has sent all (End-of-RIB, RFC 4724).
QUIET = 2.0


def accepted(seen: Seen) -> frozenset[Network]:
    """What AWS accepted."""
    return frozenset(ip_network(prefix) for prefix in seen.session.routes)


def in_order(prefixes: frozenset[Network]) -> str:
    ordered: list[Network] = sorted(prefixes, key=_order)
    return listed(ordered)


def _order(prefix: Network) -> tuple[int, int, int]:
    return prefix.version, int(prefix.network_address), prefix.prefixlen


@dataclass(frozen=True)
class PrefixCheck(Check):
    """An expectation of prefixes, all of the peer's own family."""

    prefixes: frozenset[Network]

    @property
    def wanted(self) -> str:
        return in_order(self.prefixes)

    def look(self, seen: Seen) -> Judgement:
        return self.compare(accepted(seen), seen) if seen.is_up else not_yet(down(seen))

    @abstractmethod
    def compare(self, found: frozenset[Network], seen: Seen) -> Judgement:
        """Compare what AWS accepted, while the session is up."""


class Accepted(PrefixCheck):
    """These prefixes are among those that AWS accepted."""

    key = "accepted"

    def compare(self, found: frozenset[Network], seen: Seen) -> Judgement:  # noqa: ARG002 -- others look at the time
        missing = self.prefixes - found
        if missing:
            return not_yet(f"not accepted: {in_order(missing)}; accepted: {in_order(found)}")
        return met(f"accepted: {in_order(self.prefixes)}")


class AcceptedOnly(PrefixCheck):
    """AWS accepted these prefixes and no other, and goes on to do so for a while."""

    key = "accepted-only"

    def compare(self, found: frozenset[Network], seen: Seen) -> Judgement:
        surplus = f"accepted too: {in_order(found - self.prefixes)}" if found - self.prefixes else ""
        missing = f"not accepted: {in_order(self.prefixes - found)}" if self.prefixes - found else ""
        if surplus or missing:
            return not_yet("; ".join(filter(None, (missing, surplus))))
        return when_quiet(seen, f"accepted: {in_order(found)}")


class NotAccepted(PrefixCheck):
    """AWS accepted none of these prefixes, and goes on to do so for a while."""

    key = "not-accepted"

    def compare(self, found: frozenset[Network], seen: Seen) -> Judgement:
        if unwanted := self.prefixes & found:
            return not_met(f"accepted all the same: {in_order(unwanted)}")
        return when_quiet(seen, f"accepted: {in_order(found)}")


@dataclass(frozen=True)
class AcceptedAny(Check):
    """AWS accepted at least one prefix: what a topology without `expect` asks of every peer."""

    key = "accepted"

    @property
    def wanted(self) -> str:
        return "at least one prefix"

    def look(self, seen: Seen) -> Judgement:
        if not seen.is_up:
            return not_yet(down(seen))
        found = accepted(seen)
        return met(f"accepted: {in_order(found)}") if found else not_yet("no prefix was accepted")


def when_quiet(seen: Seen, words: str) -> Judgement:
    """Met, once nothing was heard for a while."""
    left = QUIET - (seen.at - seen.quiet_since)
    return holding(f"{words}; waiting for more", left) if left > 0 else met(words)
