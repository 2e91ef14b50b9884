"""What every item of evidence has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """The common part."""

    source: str
    at: float
