"""Where a router's configuration speaks of something: line numbers by topic, whatever the language.

A topic is a word of the rules (`password`, `neighbour`, `asn`, ...). A line belongs to it where one of the topic's
patterns is found there; lines of another neighbour than the peer's do not count. The patterns are those of all
kinds at once: no two of their languages mean different things by one of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_COMMENT = re.compile(r"^\s*[!#]")
_PATTERNS: Mapping[str, str] = {
    "password": r"\bpassword\b|auth-password|md5-password",
    "shutdown": r"\bneighbor \S+ shutdown|\bdisabled\b|admin-down|^\s*down\b",
    "ttl": r"ttl-security|ttl security|incoming-ttl|ebgp-multihop|multihop",
    "update-source": r"update-source|source address|local-address",
    "remote-asn": r"remote-as\b|\bneighbor\b.*\bas \d+|peer-as\b",
    "asn": r"^\s*router bgp\b|\blocal as\b|local-as\b|^\s*local\b.*\bas\b|^\s*as\s*=|^AS\s+\d",
    "router-id": r"router-id|router id",
    "timers": r"timers bgp|\btimers \d|hold ?time|hold-time",
    "maximum-prefix": r"maximum-prefix|import limit|receive limit|max-prefix",
    "policy": r"route-map \S+ out|export\b|^\s*(deny|allow) to\b|ebgp-requires-policy|apply-policy",
    "as-path": r"as-path prepend|path\.prepend|prepend-self|as-path \[",
    "next-hop": r"next-hop|next hop|nexthop",
    "network": r"^\s*network\b|^\s*route\b",
    "bgp": r"^\s*router bgp\b|^\s*protocol bgp\b|^\s*\[\[?neighbors|^\s*neighbor\b",
}


def topics(text: str, *, amazon_ip: str, customer_ip: str, vlan: int) -> dict[str, int]:
    """The first line, counted from 1, of each topic that the configuration speaks of.

    :param text: with all references resolved.
    """
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not _COMMENT.match(line):
            for topic in _topics_of(line, amazon_ip, customer_ip, vlan):
                found.setdefault(topic, number)
    return found


def _topics_of(line: str, amazon_ip: str, customer_ip: str, vlan: int) -> list[str]:
    words = _mentioned(line)
    other = re.search(r"\bneighbor ([0-9a-fA-F.:]+)\b", line)
    if other and other[1] != amazon_ip:
        return []
    found = [topic for topic, pattern in _PATTERNS.items() if re.search(pattern, line)]
    if amazon_ip in words:
        found.append("neighbour")
    if customer_ip in words or re.search(r"^\s*(ip|ipv6) address\b", line):
        found.append("address")
    if re.search(rf"^\s*interface\s+\S+\.{vlan}\b", line):
        found.append("interface")
    elif re.search(r"^\s*interface\s+\S+\.\d+", line):
        found.append("vlan")
    return found


def _mentioned(line: str) -> set[str]:
    return {word.partition("/")[0] for word in re.split(r"[\s\"';,={}]+", line)}
