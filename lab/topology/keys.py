"""BGP keys that a topology does not hold: `authKey: ${VARIABLE}`.

A topology belongs into version control, and a key does not. An `authKey` in a request that consists of `${`, a
name and `}` and of nothing else is the environment variable of that name, read when the lab is brought up. Every
other key is the key itself, whatever characters it has; one that would be taken for a variable is written with one
more `$` in front (`$${WORD}` is the key `${WORD}`, `$$${WORD}` is `$${WORD}`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lab.errors import TopologyError
from lab.topology.model import Request, Topology

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
#: A key in which a further `$` in front means a key with one less.
_ESCAPED = re.compile(rf"\$+{_VARIABLE.pattern}")


def with_keys(topology: Topology, environment: Mapping[str, str]) -> Topology:
    """The topology with the environment's keys in its requests.

    :raises TopologyError: (with file and line) a variable is not set.
    """
    requests = tuple(_resolved(request, topology, environment) for request in topology.requests)
    return topology.model_copy(update={"requests": requests})


def variable(name: str) -> str:
    """How a topology writes the key that an environment variable holds."""
    return f"${{{name}}}"


def literal(key: str) -> str:
    """How a topology writes this very key."""
    return f"${key}" if _VARIABLE.fullmatch(key) or _ESCAPED.fullmatch(key) else key


def _resolved(request: Request, topology: Topology, environment: Mapping[str, str]) -> Request:
    try:
        parameters = {key: _value(key, part, environment) for key, part in request.parameters.items()}
    except KeyError as unset:
        raise TopologyError(
            f"the environment variable {unset.args[0]}, an authKey of {request.operation}, is not set",
            topology.path,
            request.line,
        ) from None
    return request.model_copy(update={"parameters": parameters})


def _value(key: str, value: object, environment: Mapping[str, str]) -> object:
    """A parameter as it is sent. A KeyError's argument is a variable that is not set."""
    if isinstance(value, Mapping):
        return {name: _value(name, part, environment) for name, part in value.items()}
    if isinstance(value, list):
        return [_value(key, part, environment) for part in value]
    if key != "authKey" or not isinstance(value, str):
        return value
    if named := _VARIABLE.fullmatch(value):
        return environment[named[1]]
    return value[1:] if _ESCAPED.fullmatch(value) else value
