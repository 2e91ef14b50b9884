"""Names that a topology and its lab take, made from whatever an account calls its things."""

from __future__ import annotations

import re

#: What AWS and the lab take as the name of a connection, a virtual interface or a gateway.
_REFUSED = re.compile(r"[^\w ,/-]", re.ASCII)


def accepted(name: str, otherwise: str, longest: int = 100) -> str:
    """A name with `-` in the place of what is not taken in one; another one where nothing is left of it."""
    return _REFUSED.sub("-", name)[:longest] or otherwise


def slug(name: str, longest: int = 31) -> str:
    """A name for a lab: lower-case letters, digits and single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:longest].strip("-")


def variable(*words: str) -> str:
    """A name for an environment variable."""
    return "_".join(re.sub(r"[^A-Z0-9]+", "_", word.upper()).strip("_") for word in words)


class Names:
    """Names given so far; see `unique`."""

    def __init__(self, *taken: str, longest: int = 100, joint: str = "-") -> None:
        self._taken = set(taken)
        self._longest = longest
        self._joint = joint

    def unique(self, name: str) -> str:
        """The name, or the name with the first number behind it that makes it another than all before."""
        candidate, number = name, 1
        while candidate in self._taken:
            number += 1
            tail = f"{self._joint}{number}"
            candidate = name[: self._longest - len(tail)] + tail
        self._taken.add(candidate)
        return candidate
