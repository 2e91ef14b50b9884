r"""A BGP key as each configuration language writes it.

AWS takes as a key 6 to 80 printable ASCII characters without the space: quotation marks, backslashes, semicolons,
braces and all. Each function here returns what has to stand behind the language's word for `password`, so that the
router ends up with the same key, byte for byte; or it raises `UnquotableError` where the language has no way to
say it.

    Cisco IOS    the rest of the line, as it is (in a file; at a terminal, a ? wants Ctrl-V before it)
    FRR          the same
    NX-OS        a bare word, or in double quotes, without any escape: a ; outside of quotes ends the command
    Junos        in double quotes, \" and \\ inside; $9$ and $8$ at the beginning mean that it is encrypted
    PAN-OS       a bare word, or in double or single quotes, without any escape
    BIRD         in double quotes, without any escape (conf/cf-lex.l)
    GoBGP        a basic string of TOML: in double quotes, \" and \\ inside
    OpenBGPD     in double quotes; where there are quotes or backslashes inside, the octets in hexadecimal digits
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


def line(key: str) -> str:
    """The rest of a line of Cisco IOS, or of FRR."""
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


def bird(key: str) -> str:
    """A string of BIRD."""
    if '"' in key:
        raise UnquotableError('it holds a ", and BIRD has no escape for that')
    return f'"{key}"'


def openbgpd(key: str) -> str:
    """What stands behind `tcp md5sig` of OpenBGPD."""
    if '"' in key or "\\" in key:
        return f"key {key.encode('ascii').hex()}"
    return f'password "{key}"'


def backslashed(key: str) -> str:
    """A string of TOML, and of Junos: in double quotes, with a backslash before each double quote and backslash."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
