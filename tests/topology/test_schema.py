"""The schema as a document for editors, and as the one list of what topologies may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from lab.topology.refusals import schema

ROOT = Path(__file__).parents[2]
TOPOLOGIES = sorted(ROOT.glob("topologies/*/topology.yml"))
#: Keywords whose value is a mapping from names to schemas, and those whose value is one schema or several.
_NAMED = ("properties", "$defs")
_NESTED = ("items", "additionalProperties", "propertyNames", "allOf", "then")


def schemas(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema and all within it that are not mere conditions."""
    yield schema
    for keyword in _NAMED:
        for part in schema.get(keyword, {}).values():
            yield from schemas(part) if isinstance(part, dict) else ()
    for keyword in _NESTED:
        parts = schema.get(keyword, [])
        for part in parts if isinstance(parts, list) else [parts]:
            yield from schemas(part) if isinstance(part, dict) else ()


def test_it_is_a_schema_of_draft_2020_12() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_has_a_title_and_a_description_for_editors() -> None:
    keys = {
        key: part
        for each in schemas(schema())
        for key, part in each.get("properties", {}).items()
        if isinstance(part, dict) and "const" not in part
    }
    assert len(keys) > 10
    assert [key for key, part in keys.items() if not {"title", "description"} <= part.keys()] == []


def test_no_mapping_takes_unknown_keys_unnoticed() -> None:
    """But a node, whose keys depend on its kind: each kind's own schema is strict."""
    mappings = [each for each in schemas(schema()) if each.get("type") == "object"]
    assert len(mappings) > 8
    assert [each["title"] for each in mappings if "additionalProperties" not in each] == ["node"]


def test_patterns_are_of_whole_texts() -> None:
    patterns = [each["pattern"] for each in schemas(schema()) if "pattern" in each]
    assert len(patterns) > 3
    assert [pattern for pattern in patterns if not (pattern[0] == "^" and pattern[-1] == "$")] == []


@pytest.mark.parametrize("path", TOPOLOGIES, ids=lambda path: path.parent.name)
def test_shipped_topologies_fit_it(path: Path) -> None:
    Draft202012Validator(schema()).validate(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize("path", TOPOLOGIES, ids=lambda path: path.parent.name)
def test_shipped_topologies_lead_editors_to_it(path: Path) -> None:
    key, _, target = path.read_text().splitlines()[0].partition("$schema=")
    assert key == "# yaml-language-server: "
    assert (path.parent / target).resolve() == ROOT / "lab" / "topology" / "schema.json"
