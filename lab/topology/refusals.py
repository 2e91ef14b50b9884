"""What the schema refuses, as a sentence: what is wrong, where, the known words, and a likely meant one.

The schema is the one list of keys, kinds and runtimes. A validator's own messages are written for who wrote
the schema; these are for who writes a topology. Each keyword of JSON Schema that schema.json uses has one
function.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from lab.errors import TopologyError
from lab.topology.source import Source

_TYPES = {
    "array": "a list",
    "integer": "a whole number",
    "null": "nothing",
    "object": "a mapping",
    "string": "text",
}


#: Text with a form that YAML may have taken for a number; to quote what was made of it would not help.
_FORMS = ("community", "duration")
#: How the schema calls what several keys hold; the key is then what a user looks for.
_LIST = "list of "


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema (draft 2020-12) of a topology file."""
    loaded: dict[str, Any] = json.loads(files("lab.topology").joinpath("schema.json").read_text("utf-8"))
    return loaded


def check_schema(source: Source) -> None:
    """Raise TopologyError for the topmost line of the file that the schema refuses."""
    errors = _Validator(schema()).iter_errors(source.data)
    # A key that is missing may be there but misspelt; then the misspelling is what has to be said.
    refusals = [(error.validator == "required", _refusal(source, error)) for error in errors]
    if refusals:
        raise min(refusals, key=lambda refusal: (refusal[0], refusal[1].line or 0))[1]


def known(word: str, words: Iterable[str]) -> str:
    """The known words, and the one that was likely meant."""
    ordered = sorted(words)
    if not ordered:
        return "none is known"
    return "; ".join(filter(None, (f"known: {', '.join(ordered)}", meant(word, ordered))))


def meant(word: str, words: Iterable[str]) -> str:
    """The question after the known word that is nearest; empty where none is near."""
    near = get_close_matches(word, sorted(words), n=1)
    return f"did you mean '{near[0]}'?" if near else ""


def _whole_pattern(
    _: Validator, pattern: str, value: object, __: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """The keyword `pattern` for patterns of whole texts, `^...$`: to Python's own search, a `$` lets a final line
    break pass.
    """
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


#: jsonschema's function, which has no annotations.
_extend: Callable[..., type[Validator]] = extend
_Validator = _extend(Draft202012Validator, {"pattern": _whole_pattern})


@dataclass(frozen=True)
class _Refused:
    """What a validator's error is about.

    :param value: what stands in the file.
    :param demand: what the schema's keyword asks for.
    :param title: what the value is called: by the schema, or else by its key.
    :param key: the innermost one that it stands under.
    :param keyword: of JSON Schema.
    """

    value: Any
    demand: Any
    title: str
    key: str
    description: str
    keyword: str
    subschema: Mapping[str, Any]

    @classmethod
    def by(cls, error: ValidationError) -> _Refused:
        subschema = error.schema if isinstance(error.schema, dict) else {}
        keys = ["topology", *(part for part in error.absolute_path if isinstance(part, str))]
        return cls(
            value=error.instance,
            demand=error.validator_value,
            title=subschema.get("title", keys[-1]),
            key=keys[-1],
            description=subschema.get("description", ""),
            keyword=str(error.validator),
            subschema=subschema,
        )


def _refusal(source: Source, error: ValidationError) -> TopologyError:
    refused = _Refused.by(error)
    place: tuple[Hashable, ...] = tuple(error.absolute_path)
    if refused.keyword == "additionalProperties":
        place = (*place, _stranger(refused))
    elif "propertyNames" in error.absolute_schema_path:
        # The validator's path ends at the mapping; what is refused is one of its keys.
        place = (*place, refused.value)
    return source.error(_SENTENCES[refused.keyword](refused), place)


def _stranger(refused: _Refused) -> str:
    """The first key that the schema does not list."""
    return next(str(key) for key in refused.value if key not in refused.subschema["properties"])


def _a(title: str) -> str:
    return f"{'an' if title[0] in 'aeio' else 'a'} {title}"


def _unknown_key(refused: _Refused) -> str:
    key = _stranger(refused)
    return f"unknown key '{key}' in {_a(refused.title)}; {known(key, refused.subschema['properties'])}"


def _missing_key(refused: _Refused) -> str:
    key = next(key for key in refused.demand if key not in refused.value)
    return f"{_a(refused.title)} needs '{key}'"


def _unknown_word(refused: _Refused) -> str:
    words = [word for word in refused.demand if isinstance(word, str)]
    return f"unknown {refused.title} '{refused.value}'; {known(str(refused.value), words)}"


def _wrong_type(refused: _Refused) -> str:
    if refused.title in _FORMS:
        return _wrong_form(refused)
    wanted = [refused.demand] if isinstance(refused.demand, str) else refused.demand
    if refused.title.startswith(_LIST):
        return f"'{refused.key}' must be a {refused.title}, not {_shown(refused.value)}"
    said = f"'{refused.title}' must be {' or '.join(_TYPES[kind] for kind in wanted)}"
    if wanted == ["string"] and refused.value is not None and not isinstance(refused.value, dict | list):
        return f"{said}; quote {refused.value}"
    return f"{said}, not {_shown(refused.value)}"


def _wrong_form(refused: _Refused) -> str:
    form = refused.description[:1].lower() + refused.description[1:].rstrip(".")
    return f"{_shown(refused.value)} is no {refused.title}: {form}"


def _out_of_range(refused: _Refused) -> str:
    limits = f"{refused.subschema['minimum']} to {refused.subschema['maximum']}"
    return f"{refused.value} is no {refused.title}: {limits}"


def _wrong_count(refused: _Refused) -> str:
    if not refused.value:
        return f"'{refused.title}' must not be empty"
    items = "item" if refused.demand == 1 else "items"
    return f"'{refused.title}' must have {refused.demand} {items}, not {len(refused.value)}"


def _repeated(refused: _Refused) -> str:
    return f"'{refused.title}' holds the same value twice"


def _image_elsewhere(_: _Refused) -> str:
    return "'image' is for 'runtime: docker'"


def _alone(refused: _Refused) -> str:
    """A key that stands without the one that it needs beside it."""
    key = next(key for key in refused.demand if key in refused.value)
    if key == "image":
        return _image_elsewhere(refused)
    return f"{_a(refused.title)} with '{key}' needs '{refused.demand[key][0]}' too"


def _shown(value: object) -> str:
    """A value as a sentence can hold it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return f"'{value}'" if str(value).isprintable() else repr(value)


_SENTENCES: dict[str, Callable[[_Refused], str]] = {
    "additionalProperties": _unknown_key,
    "const": _image_elsewhere,
    "dependentRequired": _alone,
    "enum": _unknown_word,
    "maxItems": _wrong_count,
    "maxLength": _wrong_form,
    "maxProperties": _wrong_count,
    "maximum": _out_of_range,
    "minItems": _wrong_count,
    "minLength": _wrong_form,
    "minProperties": _wrong_count,
    "minimum": _out_of_range,
    "pattern": _wrong_form,
    "required": _missing_key,
    "type": _wrong_type,
    "uniqueItems": _repeated,
}
