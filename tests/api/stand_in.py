"""A service without rules, to look at the wire alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.directconnect.cloud import Caller


@dataclass
class StandIn:
    """Answers each operation with what the test has put there, and remembers what it was asked.

    An exception among the results is raised; an operation without a result answers an empty structure.
    """

    results: dict[str, Mapping[str, Any] | Exception] = field(default_factory=dict)
    calls: list[tuple[str, Caller, Mapping[str, Any]]] = field(default_factory=list)
    invocations: list[str | None] = field(default_factory=list)

    def perform(
        self, operation: str, caller: Caller, parameters: Mapping[str, Any], invocation: str | None
    ) -> Mapping[str, Any]:
        self.calls.append((operation, caller, parameters))
        self.invocations.append(invocation)
        result = self.results.get(operation, {})
        if isinstance(result, Exception):
            raise result
        return result
