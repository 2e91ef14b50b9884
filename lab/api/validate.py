"""Parameters against the model: what a request must look like before any rule of Direct Connect is asked.

Each input shape is compiled, once, into a function that takes a value and the path of the member that holds
it, and returns the value without null members, or raises. Only the first fault is reported, in one sentence
that names the member, shows the value and says what would be right. A secret (an authKey, a MACsec key) is
never shown.

Two kinds of fault, as AWS's front end and AWS's service tell them apart:

- a value of another type than the member's: SerializationException;
- a member that is missing or unknown, a value outside its enumeration, length, range or pattern:
  DirectConnectClientException. AWS drops unknown members in silence; here they are refused, because a
  misspelt member is a fault that a lab should show.

What the model leaves open (that a VLAN ends at 4094, that maxResults is clamped) is the service's to say.
So are the limits of `integer`: a 4-byte ASN in `asn` gets a better answer there than a remark about 32
bits. Only what no 64-bit integer holds is refused here.

Source: https://smithy.io/2.0/spec/constraint-traits.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from botocore.model import Shape

from lab.api.errors import SerializationException
from lab.api.service import Operation
from lab.directconnect.errors import ClientException

Check = Callable[[Any, str], Any]
T = TypeVar("T")

SECRETS = frozenset({"authKey", "cak"})
"""Members whose values appear in no message."""

_SHOWN = 64
"""Characters of a value that a sentence shows."""

_CALLED: Mapping[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a floating-point number",
    str: "a string",
    bytes: "a blob",
    list: "a list",
    dict: "a structure",
}

_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\w",
    r"\p{Z}": " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}
"""Unicode categories in Python's words; with \\w comes the underscore, which the patterns allow too."""


def validate(operation: Operation, parameters: object) -> dict[str, Any]:
    """The parameters, checked, without null members.

    :param parameters: what the body of the request held.
    :raises SerializationException: a value has the wrong type.
    :raises ClientException: a value breaks a constraint of the model.
    """
    checked: dict[str, Any] = _check_of(operation)(parameters, "")
    return checked


@cache
def _check_of(operation: Operation) -> Check:
    return _structure(operation.input, operation.name)


def _of_shape(shape: Shape) -> Check:
    # Floats, maps, blobs and timestamps are in no input of the service; should a later model bring one, its
    # operation is not simulated yet and refuses the value unseen.
    return _CHECKS.get(shape.type_name, _anything)(shape)


def _anything(_: Shape) -> Check:
    return lambda value, _: value


def _structure(shape: Shape | None, operation: str = "") -> Check:
    members = {name: _of_shape(member) for name, member in shape.members.items()} if shape else {}
    required = shape.required_members if shape else []

    def check(value: object, path: str) -> dict[str, Any]:
        structure = _of_type(dict, value, path)
        prefix = f"{path}." if path else ""
        for name in structure:
            if name not in members:
                raise ClientException(_unknown(f"{prefix}{_clipped(name)}", path or operation, members))
        given = {name: item for name, item in structure.items() if item is not None}
        for name in required:
            if name not in given:
                raise ClientException(f"{prefix}{name} is required.")
        return {name: members[name](item, f"{prefix}{name}") for name, item in given.items()}

    return check


def _list(shape: Shape) -> Check:
    check_item = _of_shape(shape.member)
    lengths = _Bounds.of(shape)

    def check(value: object, path: str) -> list[Any]:
        items = _of_type(list, value, path)
        if len(items) not in lengths:
            raise ClientException(f"{path} has {len(items)} items; it must have {lengths}.")
        return [check_item(item, f"{path}[{index}]") for index, item in enumerate(items)]

    return check


def _string(shape: Shape) -> Check:
    lengths = _Bounds.of(shape)
    pattern = _pattern(shape.metadata.get("pattern", ".*"))
    allowed = frozenset(shape.enum)

    def check(value: object, path: str) -> str:
        text = _of_type(str, value, path)
        if allowed and text not in allowed:
            raise ClientException(f"{_shown(path, text)} is invalid; use {_either(shape.enum)}.")
        if len(text) not in lengths:
            raise ClientException(f"{path} has {len(text)} characters; it must have {lengths}.")
        if pattern.fullmatch(text) is None:
            raise ClientException(f"{_shown(path, text)} has an invalid format.")
        return text

    return check


def _integer(shape: Shape) -> Check:
    bounds = _Bounds.of(shape)

    def check(value: object, path: str) -> int:
        number = _of_type(int, value, path)
        if not -(2**63) <= number < 2**63:
            raise ClientException(f"{_shown(path, number)} is out of range; it must fit into 64 bits.")
        if number not in bounds:
            raise ClientException(f"{_shown(path, number)} is out of range; it must be {bounds}.")
        return number

    return check


def _boolean(_: Shape) -> Check:
    return lambda value, path: _of_type(bool, value, path)


_CHECKS: Mapping[str, Callable[[Shape], Check]] = {
    "structure": _structure,
    "list": _list,
    "string": _string,
    "integer": _integer,
    "long": _integer,
    "boolean": _boolean,
}


class _Bounds:
    """The `min` and `max` of a shape, in words and as a test; both ends belong to it."""

    def __init__(self, low: int | None, high: int | None) -> None:
        self.low, self.high = low, high

    @classmethod
    def of(cls, shape: Shape) -> _Bounds:
        return cls(shape.metadata.get("min"), shape.metadata.get("max"))

    def __contains__(self, number: int) -> bool:
        return (self.low is None or self.low <= number) and (self.high is None or number <= self.high)

    def __str__(self) -> str:
        if self.low == self.high:
            return f"exactly {self.low}"
        if self.high is None:
            return f"at least {self.low}"
        return f"at most {self.high}" if self.low is None else f"between {self.low} and {self.high}"


@cache
def _pattern(smithy: str) -> re.Pattern[str]:
    """A pattern of the model in Python's syntax, to be used with `fullmatch`."""
    for category, python in _CLASSES.items():
        smithy = smithy.replace(category, python)
    return re.compile(smithy, re.DOTALL)


def _of_type(expected: type[T], value: object, path: str) -> T:
    # To Python, True is an integer; to AWS it is not.
    if isinstance(value, expected) and isinstance(value, bool) == (expected is bool):
        return value
    called = _CALLED.get(type(value), "something else")
    raise SerializationException(f"{path or 'The body'} must be {_CALLED[expected]}, not {called}.")


def _unknown(member: str, owner: str, known: Mapping[str, Check]) -> str:
    return f"{member} is unknown; {owner} takes {', '.join(known) or 'no parameters'}."


def _shown(path: str, value: object) -> str:
    """The member with its value, or alone where the value is a secret."""
    if path.rpartition(".")[2] in SECRETS:
        return path
    return f"{path} {_clipped(str(value))}"


def _clipped(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _either(values: list[str]) -> str:
    return " or ".join([", ".join(values[:-1]), values[-1]]) if len(values) > 1 else values[0]
