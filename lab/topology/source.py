"""YAML text as plain data, together with the line of every value.

PyYAML keeps a mark in each node of the tree that it composes, and drops it when it makes plain data. Here the
tree is walked once for the marks, and for two things that PyYAML lets pass: a key that stands twice in a
mapping (the second would silently win), and an anchor that contains itself (nothing could ever walk it).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.errors import TopologyError

#: Where a value stands in the data: keys of mappings and indices of lists, from the top.
Place = tuple[Hashable, ...]


@dataclass(frozen=True)
class Source:
    """A file's data and lines."""

    path: Path
    data: Any
    lines: dict[Place, int]

    def error(self, sentence: str, place: Sequence[Hashable] = ()) -> TopologyError:
        """The refusal of what stands at this place."""
        return TopologyError(sentence, self.path, self.line(*place))

    def line(self, *place: Hashable) -> int:
        """The line of a value, or of its key where it has one, counted from 1; the nearest line above where a
        merge (`<<`) put it there.
        """
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path) -> Source:
    """Raise TopologyError where the file cannot be read, is not YAML, or says a thing twice."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise TopologyError(f"the topology cannot be read: {reason}", path) from None
    try:
        return _parse(text, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        words = ", ".join(part for part in (error.context, error.problem) if part)
        raise TopologyError(f"this is not YAML: {words}", path, line) from None
    except yaml.reader.ReaderError as error:
        raise TopologyError(f"this is not YAML: {error.reason}", path) from None


def _parse(text: str, path: Path) -> Source:
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise TopologyError("the topology is empty; it needs 'name' and 'topology'", path)
        lines = dict(_walk(root, (), (), path))
        return Source(path, loader.construct_document(root), lines)
    finally:
        loader.dispose()


def _walk(
    node: yaml.Node, place: Place, above: tuple[yaml.Node, ...], path: Path
) -> Iterator[tuple[Place, int]]:
    """Places and lines of a node and all below it; the line of a mapping's value is that of its key."""
    if node in above:
        raise TopologyError("this anchor contains itself", path, _line(node))
    if place == () or isinstance(place[-1], int):
        yield place, _line(node)
    if isinstance(node, yaml.MappingNode):
        yield from _walk_mapping(node, place, (*above, node), path)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*place, index), (*above, node), path)


def _walk_mapping(
    node: yaml.MappingNode, place: Place, above: tuple[yaml.Node, ...], path: Path
) -> Iterator[tuple[Place, int]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        name = _key(key, path)
        if name in seen:
            raise TopologyError(f"'{name}' stands here twice; first in line {seen[name]}", path, _line(key))
        seen[name] = _line(key)
        yield (*place, name), _line(key)
        yield from _walk(value, (*place, name), above, path)


def _key(node: yaml.Node, path: Path) -> str:
    """A key as text. A bare `on`, `no` or `12` is no text in YAML."""
    if isinstance(node, yaml.ScalarNode) and node.tag in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"):
        return str(node.value)
    if isinstance(node, yaml.ScalarNode):
        raise TopologyError(f"'{node.value}' is no text and cannot be a key; quote it", path, _line(node))
    raise TopologyError("a list or mapping cannot be a key", path, _line(node))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
