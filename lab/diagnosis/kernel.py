"""What Linux knows: counters of TCP, the neighbour table, interfaces and addresses, packet filters.

Each reader looks at one thing in one namespace and gives it back as evidence. All of them block, and find
nothing where there is no such namespace.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from lab.diagnosis.evidence import Carrier, Counter, FilterRule, InterfaceAddress, Neighbour, NeighbourTable
from lab.network.links import Link, carrier_of, find_link
from lab.network.namespaces import DIRECTORY, inside, namespace_exists, netlink
from lab.network.neighbours import usage

#: Counters of segments that were dropped for their signature or TTL.
COUNTERS = ("TCPMD5NotFound", "TCPMD5Unexpected", "TCPMD5Failure", "TCPMinTTLDrop")

_IFF_UP = 0x1
_STATES = {
    0x01: "incomplete",
    0x02: "reachable",
    0x04: "stale",
    0x08: "delay",
    0x10: "probe",
    0x20: "failed",
    0x40: "noarp",
    0x80: "permanent",
}
_LISTINGS = (
    ("nft", "list", "ruleset"),
    ("iptables-nft", "-S"),
    ("ip6tables-nft", "-S"),
    ("iptables-legacy", "-S"),
    ("ip6tables-legacy", "-S"),
)
_BGP_RULE = re.compile(r"(dport|sport|dports|sports)\b.*\b(179|bgp)\b", re.IGNORECASE)
_VERDICT = re.compile(r"\b(drop|reject)\b", re.IGNORECASE)
_PATIENCE = 3.0


def counters(namespace: str) -> dict[str, int]:
    """The counters of `COUNTERS`, by name."""
    if not namespace_exists(namespace):
        return {}
    with inside(namespace):
        lines = Path("/proc/thread-self/net/netstat").read_text().splitlines()
    names, values = (line.split()[1:] for line in lines if line.startswith("TcpExt:"))
    found = dict(zip(names, map(int, values), strict=True))
    return {name: found.get(name, 0) for name in COUNTERS}


def growth(namespace: str, before: Mapping[str, int], *, ours: bool) -> list[Counter]:
    """The counters now, and by how much each grew; those that were never used are left out."""
    now = time.time()
    return [
        Counter(f"TCP of {namespace}", now, ours, name, value, value - before.get(name, value))
        for name, value in counters(namespace).items()
        if value
    ]


def neighbours(namespace: str) -> list[Neighbour]:
    """The neighbour table, link-local and multicast entries apart."""
    if not namespace_exists(namespace):
        return []
    now, source = time.time(), f"neighbour table of {namespace}"
    with netlink(namespace) as kernel:
        entries = [*kernel.get_neighbours()]
    return [
        Neighbour(
            source,
            now,
            entry.get_attr("NDA_DST"),
            entry.get_attr("NDA_LLADDR") or "",
            _STATES.get(entry["state"], str(entry["state"])),
        )
        for entry in entries
        if entry.get_attr("NDA_DST") and not entry.get_attr("NDA_DST").startswith(("ff", "fe80", "224."))
    ]


def neighbour_table(family: int, before: NeighbourTable | None = None) -> NeighbourTable | None:
    """The machine's table of a family, and how often it had no room since it was looked at before."""
    found = usage(socket.AF_INET if family == 4 else socket.AF_INET6)
    if found is None:
        return None
    growth = found.refused - before.refused if before else 0
    source = "the machine's kernel"
    return NeighbourTable(source, time.time(), family, found.entries, found.limit, found.refused, growth)


def carrier(namespace: str, interface: str, *, stub: str = "") -> Carrier | None:
    """The state of an interface; None where there is none of that name.

    :param stub: the name of the interface whose presence means that no cable was plugged in.
    """
    if not namespace_exists(namespace):
        return None
    with netlink(namespace) as kernel:
        link = find_link(kernel, interface)
        stubbed = bool(stub) and find_link(kernel, stub) is not None
    if link is None:
        return None
    return _carrier(namespace, link, stubbed)


def _carrier(namespace: str, link: Link, stubbed: bool = False) -> Carrier:
    name = link.get_attr("IFLA_IFNAME")
    return Carrier(
        f"{namespace}/{name}", time.time(), name, bool(link["flags"] & _IFF_UP), carrier_of(link), stubbed
    )


def interfaces(namespace: str) -> list[str]:
    """The names of all interfaces."""
    if not namespace_exists(namespace):
        return []
    with netlink(namespace) as kernel:
        return [link.get_attr("IFLA_IFNAME") for link in kernel.get_links()]


def addresses(namespace: str) -> list[InterfaceAddress]:
    """Every address of every interface, link-local ones apart."""
    if not namespace_exists(namespace):
        return []
    now = time.time()
    with netlink(namespace) as kernel:
        names = {link["index"]: link.get_attr("IFLA_IFNAME") for link in kernel.get_links()}
        found = [*kernel.get_addr()]
    return [
        InterfaceAddress(f"{namespace}/{names[each['index']]}", now, names[each["index"]], text)
        for each in found
        if (text := _cidr(each)) and not text.startswith(("fe80", "127.", "::1/"))
    ]


def _cidr(message: Link) -> str:
    address = message.get_attr("IFA_LOCAL") or message.get_attr("IFA_ADDRESS")
    return f"{address}/{message['prefixlen']}"


def filter_rules(namespace: str) -> list[FilterRule]:
    """Rules of the namespace's packet filters that drop or reject TCP port 179, as the tools list them."""
    if not namespace_exists(namespace):
        return []
    now = time.time()
    return [FilterRule(f"{tool} in {namespace}", now, rule) for tool, rule in _bgp_rules(namespace)]


def _bgp_rules(namespace: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for command in _LISTINGS:
        for line in _listing(namespace, command):
            rule = line.strip()
            if _BGP_RULE.search(rule) and _VERDICT.search(rule) and rule not in seen:
                seen.add(rule)
                yield command[0], rule


def _listing(namespace: str, command: tuple[str, ...]) -> list[str]:
    if shutil.which(command[0], path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
        return []
    try:
        ended = subprocess.run(
            ("nsenter", f"--net={DIRECTORY / namespace}", "--", *command),
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        return []
    return ended.stdout.splitlines()
