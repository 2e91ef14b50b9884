"""Checks an answer against botocore's service model: name, type and enumeration of every member."""

# ruff: noqa: ANN401 - what is checked may be of any type

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape

PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "structure": dict,
    "list": list,
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "timestamp": (int, float),
}


def service_model() -> ServiceModel:
    """The Direct Connect model that every AWS SDK for Python uses."""
    return botocore.session.get_session().get_service_model("directconnect")


MODEL = service_model()


def check_answer(operation: str, answer: Any) -> None:
    """Raise AssertionError where an operation's answer is not what its output shape allows."""
    shape = MODEL.operation_model(operation).output_shape
    assert shape is not None
    check(shape, answer, operation)


def check(shape: Shape, value: Any, place: str) -> None:
    """Raise AssertionError, naming the place, where a value does not fit its shape."""
    fits = isinstance(value, PYTHON_TYPES[shape.type_name])
    assert fits, f"{place}: {value!r} is no {shape.type_name}"
    assert (type(value) is bool) == (shape.type_name == "boolean"), f"{place}: {value!r}"
    if shape.type_name == "structure":
        _check_structure(shape, value, place)
    elif shape.type_name == "list":
        for number, item in enumerate(value):
            check(shape.member, item, f"{place}[{number}]")
    elif shape.type_name == "string":
        assert type(value) is str, f"{place}: {value!r} would not be plain text to every encoder"
        assert not shape.enum or value in shape.enum, f"{place}: {value!r} is none of {shape.enum}"


def _check_structure(shape: Shape, value: dict[str, Any], place: str) -> None:
    for name, item in value.items():
        assert name in shape.members, f"{place}: the model has no member {name}"
        check(shape.members[name], item, f"{place}.{name}")
