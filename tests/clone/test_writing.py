from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lab.clone.writing import flow, remark

#: What can be in JSON that AWS answers, and in YAML.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_yaml_reads_what_was_meant(value: object) -> None:
    written = flow(value)
    assert yaml.safe_load(written) == value
    assert written.isprintable()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"asn": 64512, "cidrs": ["10.0.0.0/16", "::/0"]}, '{asn: 64512, cidrs: [10.0.0.0/16, "::/0"]}'),
        ("Example Transit Virtual Interface", "Example Transit Virtual Interface"),
        ("yes", '"yes"'),
        ("0x10", '"0x10"'),
        ("2026-11-24", '"2026-11-24"'),
        ("a b ", '"a b "'),
        ("\x85\U0001f600", '"\\U00000085😀"'),
        (True, "true"),
    ],
)
def test_how_values_are_written(value: object, written: str) -> None:
    assert flow(value) == written


def test_a_remark_is_a_comment_whatever_is_in_it() -> None:
    assert remark("a\nb: \x1b[31m") == "# - a?b: ?[31m"
    long = remark("word " * 40)
    assert [line[:4] for line in long.splitlines()] == ["# - ", "#   "]
    assert max(map(len, long.splitlines())) <= 110
