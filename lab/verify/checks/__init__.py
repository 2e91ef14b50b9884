"""What can be expected of a peer: one class for each key of `expect`.

A `Check` holds what is wanted, `Seen` what was observed, and `judge` compares the two: met, not met, or not yet,
with the difference in words. Nothing here looks at a clock or a machine.
"""

from lab.verify.checks.advertised import Advertised
from lab.verify.checks.applied import CustomerRouterConfig
from lab.verify.checks.attributes import AsPath, Communities, Med
from lab.verify.checks.base import Check, Judgement, Outcome
from lab.verify.checks.prefixes import Accepted, AcceptedAny, AcceptedOnly, NotAccepted
from lab.verify.checks.reachable import Reachable
from lab.verify.checks.status import Status

__all__ = [
    "Accepted",
    "AcceptedAny",
    "AcceptedOnly",
    "Advertised",
    "AsPath",
    "Check",
    "Communities",
    "CustomerRouterConfig",
    "Judgement",
    "Med",
    "NotAccepted",
    "Outcome",
    "Reachable",
    "Status",
]
