"""From what a handler returns to what a serializer takes, compiled once per operation.

Handlers return what they think in: dictionaries in AWS's words, with None for what is not known, `datetime`
for moments and `bytes` for blobs. Nearly all of it is already what json and cbor2 write. So each output
shape is turned, once, into a function that touches only what the model says may need it; everything else
goes through as it is. That leaves the work on a long list to the serializers, which are written in C and
Rust.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.model import Shape

from lab.api.service import Operation

Convert = Callable[[Any], Any]


class Converters:
    """The compiled conversions of one codec.

    :param timestamp: how the codec writes a moment.
    :param blob: how the codec writes bytes.
    """

    def __init__(self, *, timestamp: Callable[[datetime], object], blob: Callable[[bytes], object]) -> None:
        self._scalars: Mapping[str, Convert] = {"timestamp": timestamp, "blob": blob}
        self._operations: dict[str, Convert] = {}

    def of(self, operation: Operation) -> Convert:
        """The conversion of an operation's result: a copy without None, members in the same order."""
        convert = self._operations.get(operation.name)
        if convert is None:
            convert = self._operations[operation.name] = self._structure(operation.output)
        return convert

    def _of_shape(self, shape: Shape) -> Convert | None:
        """None where values of the shape are written as they are."""
        if shape.type_name == "structure":
            return self._structure(shape)
        if shape.type_name == "list":
            return self._list(shape)
        return self._scalars.get(shape.type_name)

    def _structure(self, shape: Shape | None) -> Convert:
        members = {name: self._of_shape(member) for name, member in shape.members.items()} if shape else {}
        changing = tuple((name, convert) for name, convert in members.items() if convert is not None)

        def convert_structure(value: Mapping[str, Any]) -> dict[str, Any]:
            plain = {name: item for name, item in value.items() if item is not None}
            for name, convert in changing:
                if name in plain:
                    plain[name] = convert(plain[name])
            return plain

        return convert_structure

    def _list(self, shape: Shape) -> Convert:
        convert = self._of_shape(shape.member)
        if convert is None:
            return list
        return lambda items: [convert(item) for item in items]
