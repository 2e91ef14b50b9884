"""A document whose code blocks are run: what is shown is what works.

Under each heading of the second level stand fenced blocks. One in `sh` or `python` is a program; the block of
`text` right behind it, if there is one, is all that it prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CLIENTS = Path(__file__).parents[2] / "docs" / "clients.md"
PROGRAMS = ("sh", "python")

_FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Program:
    """A program in a document.

    :ivar output: what it prints; None where the document does not say.
    """

    language: str
    text: str
    output: str | None


def programs(document: str, heading: str) -> list[Program]:
    """The programs under a heading, in their order."""
    blocks = [(match["language"], match["text"]) for match in _FENCE.finditer(_section(document, heading))]
    found = []
    for (language, text), following in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if language in PROGRAMS:
            found.append(Program(language, text, following[1] if following[0] == "text" else None))
    return found


def expected_output(shown: list[Program]) -> str:
    """What these programs print, one after the other."""
    return "".join(program.output or "" for program in shown)


def _section(document: str, heading: str) -> str:
    _, found, rest = document.partition(f"\n## {heading}\n")
    assert found, f"there is no heading '{heading}'"
    return rest.partition("\n## ")[0]
