r"""A BGP key as each configuration language writes it.

AWS takes as a key 6 to 80 printable ASCII characters without the space: quotation marks, backslashes, semicolons,
braces and all. Each function here returns what has to stand behind the language's word for `password`, so that the
router ends up with the same key, byte for byte; or it raises `UnquotableError` where the language has no way to
say it.

    Cisco IOS    the rest of the line, as it is (in a file; at a terminal, a ? wants Ctrl-V before it)
    NX-OS        a bare word, or in double quotes, without any escape: a ; outside of quotes ends the command
    Junos        in double quotes, \" and \\ inside; $9$ and $8$ at the beginning mean that it is encrypted
    PAN-OS       a bare word, or in double or single quotes, without any escape
"""

from __future__ import annotations

import re
from collections.abc import Callable

#: Writes a key, or raises UnquotableError.
Quote = Callable[[str], str]

#: Means nothing but itself in every language here.
_BARE = re.compile(r"[A-Za-z0-9._]+")
_ENCRYPTED_BY_JUNOS = ("$8$", "$9$")


class UnquotableError(ValueError):
    """A key that a language cannot say; the text is why, and never holds the key."""


def ios(key: str) -> str:
    """The rest of a line of Cisco IOS."""
    return key


def nxos(key: str) -> str:
    """A word of NX-OS."""
    if _BARE.fullmatch(key):
        return key
    if '"' in key:
        raise UnquotableError('it holds a ", and NX-OS has no escape for that')
    return f'"{key}"'


def junos(key: str) -> str:
    """A string of Junos."""
    if key.startswith(_ENCRYPTED_BY_JUNOS):
        raise UnquotableError(f"Junos takes what begins with {key[:3]} for encrypted already")
    return backslashed(key)


def panos(key: str) -> str:
    """A value of PAN-OS."""
    if _BARE.fullmatch(key):
        return key
    if '"' not in key:
        return f'"{key}"'
    if "'" in key:
        raise UnquotableError("it holds both \" and ', and PAN-OS has no escape for either")
    return f"'{key}'"


def backslashed(key: str) -> str:
    """In double quotes, with a backslash before each double quote and backslash."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
