"""`reachable`: a packet really goes through, and comes back, with the tag on the cable both ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network

from lab.verify.checks.base import Check, Judgement, down, listed, met, not_met, not_yet
from lab.verify.seen import Address, Echo, Seen


@dataclass(frozen=True)
class Reachable(Check):
    """An ICMP echo request from the Amazon address is answered; it goes where an accepted route leads."""

    key = "reachable"

    to: Address

    @property
    def wanted(self) -> str:
        return f"{self.to} from aws"

    def is_ripe(self, seen: Seen) -> bool:
        return seen.is_up and self.is_covered(seen)

    def is_covered(self, seen: Seen) -> bool:
        """Whether AWS knows a way: an accepted route, or the session's own network."""
        if self.to in self.subject.peer.block:
            return True
        return any(self.to in ip_network(prefix) for prefix in seen.session.routes)

    def look(self, seen: Seen) -> Judgement:
        if not seen.is_up:
            return not_yet(down(seen))
        if not self.is_covered(seen):
            routes = listed(sorted(seen.session.routes))
            return not_yet(f"no accepted route covers {self.to}; accepted: {routes}")
        if seen.echo is None:
            return not_yet("nothing was sent yet")
        return self._outcome(seen.echo)

    def _outcome(self, echo: Echo) -> Judgement:
        tag = self.subject.vif.vlan
        if echo.problem:
            return not_yet(echo.problem)
        if not echo.sent:
            return not_yet(f"the request to {self.to} did not leave AWS's port")
        if not echo.answered and not echo.returned:
            return not_yet(f"no answer from {self.to}; the request left AWS's port with {_tags(echo.sent)}")
        if echo.sent != {tag} or echo.returned != {tag}:
            seen = f"the request has {_tags(echo.sent)}, its answer {_tags(echo.returned)}"
            return not_met(f"{seen} on the cable, where VLAN {tag} belongs")
        return (
            met(f"{self.to} answers, with VLAN {tag} both ways")
            if echo.answered
            else not_yet(
                f"the answer from {self.to} came to AWS's port, but not to {self.subject.peer.amazon_address.ip}"
            )
        )


def _tags(tags: Iterable[int | None]) -> str:
    return listed("no tag" if tag is None else f"VLAN {tag}" for tag in tags)
