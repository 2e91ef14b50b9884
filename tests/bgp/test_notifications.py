"""The words for NOTIFICATIONs."""

from __future__ import annotations

import pytest

from lab.bgp.notifications import describe, readable_data


@pytest.mark.parametrize(
    ("code", "subcode", "text", "words"),
    [
        (6, 3, "", "Cease / Peer De-configured (6/3)"),
        (6, 2, "rack 12", 'Cease / Administrative Shutdown (6/2): "rack 12"'),
        (4, 0, "", "Hold Timer Expired (4/0)"),
        (2, 2, "", "OPEN Message Error / Bad Peer AS (2/2)"),
        (5, 1, "", "Finite State Machine Error / Receive Unexpected Message in OpenSent State (5/1)"),
        (6, 9, "", "Cease / Hard Reset (6/9)"),
        (6, 200, "", "Cease / unknown subcode (6/200)"),
        (99, 0, "", "Unknown Error (99/0)"),
    ],
)
def test_description(code: int, subcode: int, text: str, words: str) -> None:
    assert describe(code, subcode, text) == words


LONG = "ü" * 127  # 254 octets


@pytest.mark.parametrize(
    ("code", "subcode", "data", "text"),
    [
        (6, 2, b"", ""),
        (6, 2, b"\x00", ""),
        (6, 2, b"\x07rack 12", "rack 12"),
        (6, 4, b"\x07rack 12trailing", "rack 12"),
        (6, 2, bytes([254]) + LONG.encode(), LONG),
        (6, 2, b"\x09rack 12", ""),
        (6, 2, b"\x03a\nb", "a b"),
        (6, 2, b"\x02\xff!", "\ufffd!"),
        (6, 3, b"\x07rack 12", ""),
        (2, 2, b"ASN in OPEN", "ASN in OPEN"),
        (6, 1, bytes([0, 1, 1, 0, 0, 0, 100]), ""),
        (1, 2, b"\x00\x12", ""),
        (2, 6, b"", ""),
    ],
)
def test_readable_data(code: int, subcode: int, data: bytes, text: str) -> None:
    assert readable_data(code, subcode, data) == text
