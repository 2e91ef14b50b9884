"""YAML with lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.topology.source import Source, read


def source(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "case.yml"
    path.write_text(text)
    return read(path)


def test_every_value_has_the_line_of_its_key(tmp_path: Path) -> None:
    found = source(tmp_path, "a: 1\nb:\n  c:\n    - 2\n    - d: 3\n")
    assert found.data == {"a": 1, "b": {"c": [2, {"d": 3}]}}
    assert found.lines == {
        (): 1,
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "c", 0): 4,
        ("b", "c", 1): 5,
        ("b", "c", 1, "d"): 5,
    }


def test_a_shared_anchor_is_known_at_each_of_its_places(tmp_path: Path) -> None:
    found = source(tmp_path, "a: &x\n  b: 1\nc: *x\n")
    assert found.data["c"] == {"b": 1}
    assert found.line("c", "b") == 2


def test_a_merged_value_is_blamed_on_the_mapping_that_it_was_merged_into(tmp_path: Path) -> None:
    found = source(tmp_path, "a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n")
    assert found.data["c"] == {"b": 1, "d": 2}
    assert found.error("wrong", ("c", "b")).line == 3


def test_an_error_names_file_and_line(tmp_path: Path) -> None:
    error = source(tmp_path, "a:\n  b: 1\n").error("wrong", ("a", "b"))
    assert str(error) == f"{tmp_path / 'case.yml'}:2: wrong"


def test_a_file_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(
        TopologyError, match=r"case.yml: the topology cannot be read: No such file or directory$"
    ):
        read(tmp_path / "case.yml")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "case.yml").write_bytes(b"name: \xff\n")
    with pytest.raises(TopologyError, match=r"case.yml: the topology cannot be read: it is not UTF-8 text$"):
        read(tmp_path / "case.yml")
