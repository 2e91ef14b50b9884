"""A document as the text of a topology file, laid out as a person would write it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from lab.clone.document import Document

_WIDTH = 110
#: Words that need no quotes if YAML takes them for text.
_PLAIN = re.compile(r"[A-Za-z0-9_][\w./+-]*(?: [\w./+-]+)*", re.ASCII)


def text(document: Document) -> str:
    """The file."""
    environment = Environment(
        loader=PackageLoader("lab.clone"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the text is no HTML; every value goes through `flow`
    )
    environment.filters |= {"flow": flow, "remark": remark}
    return environment.get_template("topology.yml.j2").render(document=document, wide=_is_wide)


def flow(value: object) -> str:
    """A value on one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(flow, value)) + "]"
    return json.dumps(value)


def remark(sentence: str) -> str:
    """A remark as an item in a comment, on as many lines as it needs."""
    shown = "".join(character if character.isprintable() else "?" for character in sentence)
    return "\n".join(wrap(shown, _WIDTH, initial_indent="# - ", subsequent_indent="#   "))


def _is_wide(members: Mapping[str, object], indent: int) -> bool:
    """Whether members are better on a line each."""
    return indent + len(flow(members)) > _WIDTH


def _is_plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None and yaml.safe_load(value) == value


def _quoted(value: str) -> str:
    escaped = json.dumps(value, ensure_ascii=False)
    return "".join(
        character if character.isprintable() else f"\\U{ord(character):08x}" for character in escaped
    )
