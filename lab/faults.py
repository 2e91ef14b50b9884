"""Points at which a test may end the process, as kill -9 would between two steps.

Whatever is done in several steps that outlive the process (rows and a commit, a namespace and its name, an interface
and its VLAN, a request and its answer) names the moments between them: `point("...")`. Nothing happens there, unless
a test has put a function into `strike`; no setting and no environment variable does.
"""

from __future__ import annotations

from collections.abc import Callable

#: Called with each point's name; None in every lab of a user's.
strike: Callable[[str], None] | None = None


def point(name: str) -> None:
    """A moment between two steps."""
    if strike is not None:
        strike(name)
