"""The house itself: its floors, the size of its rooms, and what is excused in it.

What CONTRIBUTING.md promises about the tree is read from there and held against every import.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_MODULE, LONGEST_FUNCTION = 400, 45
#: A comment that turns a check off, for which check, and whatever follows.
EXCUSE = re.compile(
    r"#\s*(noqa|type:\s*ignore|ruff:\s*noqa)\b(?P<codes>[:\[][\w,\s\]-]*?)?(?=\s+--?\s|\s*$)(?P<why>.*)"
)


def tracked(pattern: str) -> list[Path]:
    """The repository's files, those that are new and not ignored among them."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


MODULES = tracked("*.py")
PACKAGE = [path for path in MODULES if path.is_relative_to(ROOT / "lab")]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ---- floors -----------------------------------------------------------------------------------------------


def floors() -> dict[str, int]:
    """The floor of each room and module in CONTRIBUTING.md's table, by dotted name."""
    rows = re.findall(r"^\| (\d) \| (.+?) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    return {
        place.rstrip("/").removesuffix(".py").replace("/", "."): int(number)
        for number, places in rows
        for place in re.findall(r"`(lab/[^`]+)`", places)
    }


FLOORS = floors()


#: The modules that stand on a floor by themselves; they are parts of one lab, and know one another.
SINGLE_MODULES = {room for room in FLOORS if (ROOT / f"{room.replace('.', '/')}.py").is_file()}
#: Rooms of one floor of which the one may import the other.
NEIGHBOURS = {("lab.controller", "lab.directconnect"), ("lab.lab", "lab.api")}


def room_of(module: str) -> str | None:
    """The row of the table that a module belongs to; the package itself is no room."""
    return next((room for room in FLOORS if module == room or module.startswith(f"{room}.")), None)


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the room of everything of the package that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            rooms = (room_of(prefix + alias.name) for alias in node.names)
            yield from ((node.lineno, room) for room in rooms if room)


def crossings() -> set[tuple[str, str]]:
    """Who imports whom, of rooms."""
    pairs = {(room_of(module_name(path)), room) for path in PACKAGE for _, room in imports(path)}
    return {(one, other) for one, other in pairs if one and one != other}


def test_every_module_is_in_the_table() -> None:
    unknown = [relative(path) for path in PACKAGE if not room_of(module_name(path))]
    assert unknown == ["lab/__init__.py"]


@pytest.mark.parametrize("path", PACKAGE, ids=relative)
def test_a_module_imports_from_its_own_floor_or_below(path: Path) -> None:
    mine = FLOORS.get(room_of(module_name(path)) or "", 0)
    above = [f"{relative(path)}:{line}: {room}" for line, room in imports(path) if FLOORS[room] > mine]
    assert above == []


def test_rooms_of_one_floor_keep_apart_but_where_the_table_says_so() -> None:
    level = {(one, other) for one, other in crossings() if FLOORS[one] == FLOORS[other]}
    assert {pair for pair in level if not SINGLE_MODULES.issuperset(pair)} == NEIGHBOURS


def test_imports_do_not_go_round_in_circles() -> None:
    """Rooms that lead nowhere any more are taken out until none is left."""
    remaining = crossings()
    while ends := {other for _, other in remaining} - {one for one, _ in remaining}:
        remaining = {(one, other) for one, other in remaining if other not in ends}
    assert remaining == set()


# ---- sizes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    long = [
        f"{relative(path)}:{node.lineno}: {node.name}"
        for node in functions
        if length(node) > LONGEST_FUNCTION
    ]
    assert long == []


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


# ---- excuses ----------------------------------------------------------------------------------------------


def excuses(path: Path) -> Iterator[tuple[int, re.Match[str]]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type == tokenize.COMMENT and (excuse := EXCUSE.search(token.string)):
            yield token.start[0], excuse


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_check_that_is_turned_off_is_named(path: Path) -> None:
    blank = [f"{relative(path)}:{line}" for line, excuse in excuses(path) if not excuse["codes"]]
    assert blank == []


@pytest.mark.parametrize("path", PACKAGE, ids=relative)
def test_what_is_excused_has_a_reason(path: Path) -> None:
    bare = [f"{relative(path)}:{line}" for line, excuse in excuses(path) if not excuse["why"].strip(" -")]
    assert bare == []


# ---- files ------------------------------------------------------------------------------------------------


def test_every_module_says_what_it_is_for() -> None:
    silent = [relative(path) for path in PACKAGE if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


@pytest.mark.parametrize(
    "path",
    [path for path in tracked("topologies/*.yml") if not path.name.endswith(".clab.yml")],
    ids=relative,
)
def test_a_shipped_topology_names_its_schema(path: Path) -> None:
    match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
    assert match is not None
    assert (path.resolve().parent / match[1]).resolve() == ROOT / "lab/topology/schema.json"


def test_every_room_has_its_tests() -> None:
    """Tests mirror the tree."""
    rooms = {room.removeprefix("lab.") for room in FLOORS} - {
        room.removeprefix("lab.") for room in SINGLE_MODULES
    }
    assert [room for room in sorted(rooms) if not list((ROOT / "tests" / room).rglob("test_*.py"))] == []
