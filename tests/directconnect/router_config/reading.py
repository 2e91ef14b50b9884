"""Reads BGP keys out of configurations as each vendor's own reader does, by the vendor's rules for strings.

The readers know nothing of how the texts are made. Each takes what stands behind the word for a key, up to the end of
the line, and gives the key; an AssertionError where the vendor would see more than one word, or a string without an
end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reader:
    """How a language has keys.

    :param statement: matches a line that holds one, up to the key.
    """

    statement: str
    read: Callable[[str], str]

    def keys(self, text: str) -> list[str]:
        """The keys of all sessions, in order."""
        found = (re.match(self.statement, line) for line in text.splitlines())
        return [self.read(match.string[match.end() :]) for match in found if match]


def rest_of_line(text: str) -> str:
    """Cisco IOS in a file: everything up to the end of the line."""
    assert text == text.strip()
    return text


def word_or_quoted(text: str) -> str:
    """NX-OS: a ; ends the command, a | pipes its output, unless between double quotes; nothing is escaped."""
    if text.startswith('"'):
        key, end, rest = text[1:].partition('"')
        assert (end, rest) == ('"', "")
        return key
    assert not set(text) & set("\"'; |\\?!#$`<>&(){}")
    return text


def string(text: str) -> str:
    """Junos: a string in double quotes, in which a backslash takes the meaning from what follows."""
    assert text.startswith('"')
    key, position = "", 1
    while text[position] != '"':
        position += text[position] == "\\"
        key += text[position]
        position += 1
    assert position == len(text) - 1
    assert not key.startswith(("$9$", "$8$")), "Junos would decrypt this"
    return key


def word_or_either_quotes(text: str) -> str:
    """PAN-OS: as long as the quotes go that it begins with; a # elsewhere than in quotes may begin a comment."""
    if text[0] in "\"'":
        key, end, rest = text[1:].partition(text[0])
        assert (end, rest) == (text[0], "")
        return key
    assert re.fullmatch(r"[\w.-]+", text)
    return text


READERS = {
    "ios": Reader(r" neighbor \S+ password ", rest_of_line),
    "nxos": Reader(r"    password 0 ", word_or_quoted),
    "junos": Reader(r"set protocols bgp group \S+ neighbor \S+ authentication-key ", string),
    "panos": Reader(
        r"set network virtual-router default protocol bgp auth-profile \S+ secret ", word_or_either_quotes
    ),
}
