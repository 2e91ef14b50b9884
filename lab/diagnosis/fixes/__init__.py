"""What to change, by router kind: one module per kind, in that daemon's own language.

A key is never written; `<authKey>` stands for the one that DescribeVirtualInterfaces shows. ` / ` separates
lines.
"""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.causes import Cause
from lab.diagnosis.fixes import bird, exabgp, frr, gobgp, openbgpd, unknown

#: By a topology's `kind`; `unknown` is complete and stands in for what a kind does not say.
FIXES: Mapping[str, Mapping[Cause, str]] = {
    "frr": frr.FIXES,
    "bird": bird.FIXES,
    "gobgp": gobgp.FIXES,
    "openbgpd": openbgpd.FIXES,
    "exabgp": exabgp.FIXES,
    "unknown": unknown.FIXES,
}


def template(cause: Cause, kind: str) -> str:
    """The words for a cause on a kind of router, with names in braces for what is filled in."""
    return FIXES.get(kind, {}).get(cause) or unknown.FIXES[cause]
