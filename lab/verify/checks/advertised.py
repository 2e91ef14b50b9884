"""`advertised`: prefixes that AWS sends, and that the router installs."""

from __future__ import annotations

from dataclasses import dataclass

from lab.directconnect.model import Network
from lab.verify.checks.base import Check, Judgement, down, met, not_met, not_yet
from lab.verify.checks.prefixes import in_order
from lab.verify.seen import Seen


@dataclass(frozen=True)
class Advertised(Check):
    """AWS sends these prefixes on the session, and the router's own table has them from BGP."""

    key = "advertised"

    prefixes: frozenset[Network]

    @property
    def wanted(self) -> str:
        return in_order(self.prefixes)

    def look(self, seen: Seen) -> Judgement:
        if not seen.is_up:
            return not_yet(down(seen))
        if unsent := self.prefixes - seen.advertised:
            return not_met(f"AWS does not send {in_order(unsent)}; it sends {in_order(seen.advertised)}")
        if seen.table is None:
            return not_yet("there is no router of the topology that could be asked")
        if missing := self.prefixes - seen.table:
            has = in_order(seen.table)
            return not_yet(f"sent, but not installed by the router: {in_order(missing)}; it has {has}")
        return met(f"sent and installed: {in_order(self.prefixes)}")
