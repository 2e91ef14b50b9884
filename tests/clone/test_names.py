from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.clone.names import Names, accepted, slug, variable
from lab.directconnect import rules


@given(st.text())
def test_what_is_accepted_is_accepted(name: str) -> None:
    made = accepted(name, "otherwise")
    assert rules.name("virtualInterfaceName", made, longest=100) == made
    assert accepted(made, "otherwise") == made


@pytest.mark.parametrize(
    ("name", "made"),
    [("Clone-EqDC2", "clone-eqdc2"), ("--A  b_c..", "a-b-c"), ("x" * 30 + "-y", "x" * 30), ("ü", "")],
)
def test_a_slug_names_a_lab(name: str, made: str) -> None:
    assert slug(name) == made


def test_a_variable_has_the_words_in_capitals() -> None:
    assert variable("DXLAB_KEY", "My office/1 - b", "ipv4") == "DXLAB_KEY_MY_OFFICE_1_B_IPV4"


@given(st.lists(st.sampled_from(["a", "a-2", "a-2-2", "c", "long", "lo-2"]), max_size=20))
def test_no_name_is_given_twice(wanted: list[str]) -> None:
    names = Names("b", longest=5)
    made = [names.unique(name) for name in wanted]
    assert len({*made, "b"}) == len(made) + 1
    assert made[:1] == wanted[:1]
