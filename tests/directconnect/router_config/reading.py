"""Reads BGP keys out of configurations as each vendor's own reader does, by the vendor's rules for strings.

The readers know nothing of how the texts are made. Each takes what stands behind the word for a key, up to the end of
the line, and gives the key; an AssertionError where the vendor would see more than one word, or a string without an
end.
"""

from __future__ import annotations

import re
import tomllib
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
    """Cisco IOS in a file, and FRR: everything up to the end of the line."""
    assert text == text.strip()
    return text


def quoted(text: str) -> str:
    """BIRD: everything up to the next double quote, and a semicolon behind it."""
    assert text.startswith('"')
    key, end, rest = text[1:].partition('"')
    assert (end, rest) == ('"', ";")
    return key


def basic_string(text: str) -> str:
    """GoBGP: a value of TOML."""
    key = tomllib.loads(f"key = {text}")["key"]
    assert isinstance(key, str)
    return key


def password_or_octets(text: str) -> str:
    """OpenBGPD: a string, in which a backslash has no meaning but before a quote or a blank; or hexadecimal digits."""
    how, _, value = text.partition(" ")
    if how == "key":
        return bytes.fromhex(value).decode("ascii")
    assert (how, value[0], value[-1]) == ("password", '"', '"')
    key = value[1:-1]
    assert '"' not in key
    assert "\\" not in key
    return key


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
    "frr": Reader(r" neighbor \S+ password ", rest_of_line),
    "bird": Reader(r"  password ", quoted),
    "gobgp": Reader(r"    auth-password = ", basic_string),
    "openbgpd": Reader(r"  tcp md5sig ", password_or_octets),
    "panos": Reader(
        r"set network virtual-router default protocol bgp auth-profile \S+ secret ", word_or_either_quotes
    ),
}
