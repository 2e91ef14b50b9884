"""What a node of kind linux says of its image: how it is started, and what it gets of this machine.

A topology may come from somebody else. What its containers get of this machine is therefore readable at most, and
lies beside the topology file or below; symbolic links count as what they lead to.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lab.topology.model import Bind, Image
from lab.topology.source import Place, Source


def image_of(source: Source, node: Mapping[str, Any], place: Place) -> Image:
    """How a node's image is run.

    :raises TopologyError: (with line) the command cannot be split, or a bind leads to what is not the topology's.
    """
    return Image(
        startup_config_path=node["startup-config-path"],
        cmd=_words(source, node.get("cmd", ""), (*place, "cmd")),
        env=node.get("env", {}),
        binds=tuple(_binds(source, node, place)),
        user=node.get("user"),
        cap_add=tuple(node.get("cap-add", ())),
        privileged=node.get("privileged", False),
    )


def _words(source: Source, command: str, place: Place) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise source.error(f"this is no command: {str(error).lower()}", place) from None


def _binds(source: Source, node: Mapping[str, Any], place: Place) -> Iterator[Bind]:
    for index, text in enumerate(node.get("binds", ())):
        given, target = text.removesuffix(":ro").split(":")
        yield Bind(source=_beside(source, given, (*place, "binds", index)), target=target)


def _beside(source: Source, given: str, place: Place) -> Path:
    """The file or folder itself, which is the topology's own."""
    folder = source.path.parent.resolve()
    path = (folder / given).resolve()
    if not path.is_relative_to(folder):
        raise source.error(f"{path} does not lie beside the topology file or below; copy it there", place)
    if not path.exists():
        raise source.error(f"there is no file {path}", place)
    return path
