"""Text that the AWS CLI printed, as records.

A text holds one JSON document or several, one after the other: the answers of describe calls in any order, or one
object that holds the members of all of them. The answer of a call that makes a virtual interface is one, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lab.clone.records import Association, Connection, Gateway, Lag, Records, VirtualInterface
from lab.errors import UsageError

M = TypeVar("M", bound=BaseModel)
Answer = Mapping[str, Any]

#: The members of answers that are read; `virtualGateways` says nothing that virtual interfaces do not.
_MEMBERS = (
    "virtualInterfaces",
    "connections",
    "lags",
    "directConnectGateways",
    "directConnectGatewayAssociations",
    "virtualGateways",
)


def read(texts: Iterable[tuple[str, str]]) -> Records:
    """The records in these texts.

    :param texts: of each its name, for errors, and itself.
    :raises UsageError: a text is not JSON, or no answer of Direct Connect.
    """
    return records([(name, answer) for name, text in texts for answer in _answers(name, text)])


def records(answers: Iterable[tuple[str, Answer]]) -> Records:
    """The records in these answers; of one resource, the last one counts.

    :param answers: of each its origin, for errors, and its members.
    :raises UsageError: one of them is no answer of Direct Connect.
    """
    whole = [(origin, _whole(origin, answer)) for origin, answer in answers]
    cut = [origin for origin, answer in whole if answer.get("nextToken")]
    return Records(
        virtual_interfaces=_all(VirtualInterface, whole, "virtualInterfaces", "virtual_interface_id"),
        connections=_all(Connection, whole, "connections", "connection_id"),
        lags=_all(Lag, whole, "lags", "lag_id"),
        gateways=_all(Gateway, whole, "directConnectGateways", "direct_connect_gateway_id"),
        associations=_all(Association, whole, "directConnectGatewayAssociations"),
        remarks=tuple(f"{origin} is one page of several: it has a nextToken" for origin in cut),
    )


def _answers(name: str, text: str) -> Iterator[Answer]:
    decoder, position = json.JSONDecoder(), 0
    text = text.lstrip("\ufeff").strip()
    if not text:
        raise UsageError(f"{name} is empty; it should hold what 'aws directconnect describe-...' printed")
    while position < len(text):
        try:
            document, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            line = text.count("\n", 0, error.pos) + 1
            raise UsageError(
                f"{name}:{line}: this is not JSON ({error.msg}); run the AWS CLI with '--output json'"
            ) from None
        if not isinstance(document, dict):
            raise UsageError(f"{name} holds a {_word(document)}, not an answer of AWS; leave '--query' out")
        yield document
        position += len(text) - position - len(text[position:].lstrip())


def _whole(origin: str, answer: Answer) -> Answer:
    """An answer with lists of resources; one that is a virtual interface itself is put into a list."""
    answer = answer.get("virtualInterface", answer)
    if isinstance(answer, dict) and "virtualInterfaceId" in answer:
        return {"virtualInterfaces": [answer]}
    if not isinstance(answer, dict) or not any(isinstance(answer.get(key), list) for key in _MEMBERS):
        raise UsageError(f"{origin} is no answer of Direct Connect: it has none of {', '.join(_MEMBERS)}")
    return answer


def _all(
    model: type[M], answers: Iterable[tuple[str, Answer]], member: str, id_: str | None = None
) -> tuple[M, ...]:
    """Every record of a kind, each once where it has an id."""
    found: dict[object, M] = {}
    for origin, answer in answers:
        for item in answer.get(member) or ():
            record = _record(model, origin, member, item)
            found[len(found) if id_ is None else getattr(record, id_)] = record
    return tuple(found.values())


def _record(model: type[M], origin: str, member: str, item: object) -> M:
    try:
        return model.model_validate(_without_nulls(item))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "an item"
        raise UsageError(
            f"{origin}: {place} of {member}: {first['msg'][:1].lower()}{first['msg'][1:]}"
        ) from None


def _without_nulls(value: object) -> object:
    """The same without members that are null, as some tools print what is absent."""
    if isinstance(value, dict):
        return {key: _without_nulls(part) for key, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value


def _word(document: object) -> str:
    return "list" if isinstance(document, list) else "bare value"
