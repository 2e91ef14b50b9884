"""Where in a router's configuration an expectation that is not met is likely to be mended. Pure.

No language is understood here: a line counts by the words that stand in it, which are addresses, prefixes and
names of interfaces that mean this one session. So it works for every kind of router, and says nothing where
nothing fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lab.verify.checks import Advertised, Check, CustomerRouterConfig, Reachable
from lab.verify.checks.attributes import AsPath, Communities, Med
from lab.verify.checks.prefixes import PrefixCheck


def config_line(check: Check, text: str, sub_interfaces: Iterable[tuple[int, int]] = ()) -> int | None:
    """The line of a resolved configuration that an expectation is about, counted from 1.

    :param sub_interfaces: for each 802.1Q sub-interface that the text asks for, its VLAN and its line.
    """
    lines = text.splitlines()
    for word in _words(check):
        if (line := _first(lines, word)) is not None:
            return line
    return next((line for vlan, line in sub_interfaces if vlan == check.subject.vif.vlan), None)


def _words(check: Check) -> Iterator[str]:
    """What to look for, the most telling first."""
    peer = check.subject.peer
    match check:
        case PrefixCheck() | Advertised():
            yield from map(str, sorted(check.prefixes, key=str))
        case Communities() | AsPath():
            yield from map(str, check.by_prefix)
        case Med() if not isinstance(check.value, int):
            yield from map(str, check.value)
        case Reachable():
            yield str(check.to)
        case CustomerRouterConfig():
            yield str(peer.customer_address)
    yield str(peer.amazon_address.ip)
    yield str(peer.customer_address)


def _first(lines: Iterable[str], word: str) -> int | None:
    """The first line that holds a word as a whole, and is no comment."""
    whole = re.compile(rf"(?<![\w.:/]){re.escape(word)}(?![\w.:/])")
    numbered = enumerate(lines, 1)
    return next(
        (n for n, line in numbered if not line.lstrip().startswith(("!", "#")) and whole.search(line)), None
    )
