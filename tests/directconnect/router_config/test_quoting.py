"""A key comes through every vendor's syntax as it is, or is refused; it never says anything else to the router."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.directconnect.router_config.facts import UnquotableKeyError
from lab.directconnect.router_config.router_types import ROUTER_TYPES, RouterType
from lab.directconnect.router_config.text import router_config
from tests.directconnect.router_config.reading import READERS
from tests.directconnect.router_config.vifs import IPV6, KEYS, NASTY_KEYS, peer, vif

#: One type of each language.
ONE_OF_EACH = {router.language.template: router for router in ROUTER_TYPES.values()}
LANGUAGES = pytest.mark.parametrize("router", ONE_OF_EACH.values(), ids=ONE_OF_EACH)

#: The keys that a language cannot say, and no others.
UNQUOTABLE = {
    "ios": r"(?!)",
    "nxos": r'.*"',
    "junos": r"\$[89]\$",
    "panos": r"(?=.*\").*'",
    "frr": r"(?!)",
    "bird": r'.*"',
    "gobgp": r"(?!)",
    "openbgpd": r"(?!)",
}


def text_with(router: RouterType, *keys: str) -> str:
    first, second = keys
    return router_config(vif(peer(key=first), peer(IPV6, key=second)), router)


def test_every_language_has_a_reader() -> None:
    assert set(ONE_OF_EACH) == set(READERS) == set(UNQUOTABLE)


@LANGUAGES
@given(keys=st.tuples(KEYS | NASTY_KEYS, KEYS | NASTY_KEYS))
def test_a_key_reads_back_as_it_was_given(router: RouterType, keys: tuple[str, str]) -> None:
    language = router.language.template
    if any(re.match(UNQUOTABLE[language], key) for key in keys):
        with pytest.raises(UnquotableKeyError):
            text_with(router, *keys)
    else:
        assert READERS[language].keys(text_with(router, *keys)) == list(keys)


@LANGUAGES
@given(key=KEYS | NASTY_KEYS)
def test_a_key_changes_no_line_but_its_own(router: RouterType, key: str) -> None:
    """But for a remark on what is hard to type."""
    language = router.language.template
    if re.match(UNQUOTABLE[language], key):
        return
    plain = "what?ever" if "?" in key else "whatever"
    assert other_lines(router, key) == other_lines(router, plain)


def other_lines(router: RouterType, key: str) -> list[str]:
    text = text_with(router, key, key)
    statement = re.compile(READERS[router.language.template].statement)
    lines = text.split("\n")
    assert sum(map(bool, map(statement.match, lines))) == 2
    return [line for line in lines if not statement.match(line)]


@LANGUAGES
@pytest.mark.parametrize("key", ["0xzxgA9YoW9h58u8SvOmXRTw", "0x123pK5_VBqv.UQ3kJ4123_"])
def test_a_key_that_aws_made_needs_no_care(router: RouterType, key: str) -> None:
    assert READERS[router.language.template].keys(text_with(router, key, key)) == [key, key]


@LANGUAGES
def test_a_refused_key_is_not_repeated(router: RouterType) -> None:
    for key in ("$9$se'cr\"et", "$8$se'cr\"et"):
        try:
            text_with(router, key, key)
        except UnquotableKeyError as error:
            assert "dxpeer-fg12ab34" in str(error)
            assert "se'cr" not in str(error)


@LANGUAGES
@given(name=st.text(max_size=100))
def test_a_name_says_nothing_to_the_router(router: RouterType, name: str) -> None:
    """Not even one that the API would refuse."""
    plain, text = (router_config(vif(peer(), name=each), router) for each in ("x", name))
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert len(text.split("\n")) == len(plain.split("\n"))
    strange = re.compile(r"[^A-Za-z0-9 _,/.-]")
    assert text == plain.replace("(x)", f"({strange.sub('-', name)})").replace(
        "dxvif-fg1vuj3d x", f"dxvif-fg1vuj3d {strange.sub('-', name)}"
    )
