"""The second look at a wrong signature. scapy signs."""

from __future__ import annotations

import pytest

from lab.diagnosis.digest import Keys
from lab.diagnosis.evidence import Segment
from tests.diagnosis.packets import bgp, ethernet, seen, segment

RIGHT = '0xS3cr#t"Key0lI' + "x" * 20

MISTAKES = {
    RIGHT + " ": "the right key and a space behind it",
    " " + RIGHT: "the right key and a space before it",
    RIGHT + "\r": "the right key and a line end (CR) behind it",
    f'"{RIGHT}"': "the right key and its quotation marks",
    f"'{RIGHT}'": "the right key and its apostrophes",
    RIGHT.lower(): "the right key in lower case",
    RIGHT.upper(): "the right key in upper case",
    RIGHT[:25]: "the right key, cut at 25 characters",
    RIGHT[:16]: "the right key, cut at 16 characters",
    RIGHT.partition("#")[0]: "the right key, cut at its first '#' (taken for a comment)",
    RIGHT.replace("0", "O"): "the right key with O for 0",
    '0xS3cr#t"KeyOlI' + "x" * 20: "the right key with O for 0 once",
    RIGHT.replace("l", "1"): "the right key with 1 for l",
    RIGHT.removeprefix("0x"): "the right key without its leading 0x",
    RIGHT[:-1]: "the right key without its last character",
    f"7 {RIGHT}": "the word '7' (an encryption type) and the right key",
    "x0" + RIGHT[2:]: "the right key with two neighbouring characters exchanged",
    "keyOfAnother": "the key of dxvif-fg1234ab",
    "nobodys": "",
}


def mistake(used: str, *, family: int = 4, right: str = RIGHT) -> str:
    found = seen(
        ethernet(segment("PA", bgp(4), family=family, key=used.encode()), 101),
        keys=Keys(right.encode(), {"the key of dxvif-fg1234ab": b"keyOfAnother"}),
    )
    assert isinstance(found, Segment)
    assert found.signature == "wrong"
    return found.mistake


@pytest.mark.parametrize("used", MISTAKES, ids=MISTAKES.values())
def test_a_mistake_is_named(used: str) -> None:
    assert mistake(used) == MISTAKES[used]
    assert mistake(used, family=6) == MISTAKES[used]


def test_a_key_that_is_too_long_for_linux() -> None:
    right = "k" * 79 + "!z"
    assert mistake(right[:80], right=right) == "the right key, cut at 80 characters"


def test_type_7_text_left_as_it_is() -> None:
    """`cisco` with the salt 02 is a published example: 02 then each character with the table's next one."""
    assert mistake("02050D480809", right="cisco") == "the right key's Cisco type 7 text, not decrypted"
    assert mistake("7 02050D480809", right="cisco") == "the right key's Cisco type 7 text, not decrypted"


def test_no_key_is_shown() -> None:
    keys = Keys(RIGHT.encode(), {"another": b"keyOfAnother"})
    assert RIGHT not in repr(keys)
    assert "keyOfAnother" not in repr(keys)
    for used, words in MISTAKES.items():
        assert RIGHT not in words
        assert used not in words or len(used) < 5
