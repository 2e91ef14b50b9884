"""What every kind's sample is about, and what it has to say.

The router under test is `edge`, AS 65001. At the other end of its cable is `far`, AS 64512, always an FRR in
a network namespace. Both use 802.1Q sub-interface 101, IPv4 and IPv6, and a TCP-MD5 key in both sessions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network

from lab.routers import Interface

KEY = "s3cretKey9"
WRONG_KEY = "n0tThisOne"

FAR_ADDRESSES = ("169.254.10.1", "2001:db8:1::1")
EDGE_ADDRESSES = ("169.254.10.2", "2001:db8:1::2")
EDGE_PREFIXES = (ip_network("172.16.0.0/16"), ip_network("2001:db8:ace::/48"))
FAR_PREFIXES: tuple[IPv4Network | IPv6Network, ...] = (
    ip_network("10.10.0.0/16"),
    ip_network("2001:db8:10::/56"),
)

#: For kinds whose configurations name no interfaces.
GIVEN = (
    Interface(
        name="eth1.101",
        origin="lab.yml:7",
        link="eth1",
        vlan=101,
        addresses=(ip_interface("169.254.10.2/30"), ip_interface("2001:db8:1::2/125")),
    ),
)


@dataclass(frozen=True)
class Sample:
    """What one kind is told.

    :param configuration: with this key, sessions with `far` and a prefix of its own in each family.
    :param correction: what `reconfigure` is given to set the right key.
    :param misspelt: a configuration that the kind refuses before any daemon is asked, its line `refused_line` in
        the words `refused_words`; it holds KEY.
    :param misspelt_key: one that it refuses for the word before KEY, in `refused_line`.
    :param contradictory: one that reads well, but whose line `refused_line` the daemons refuse, and the words in
        which they do; None where reading it is all that can be refused.
    :param tool: a command of the kind's own tool that prints the neighbours' addresses.
    :param log_word: what stands in the log after a start.
    :param advertised: prefixes that it tells `far` of in each family; some daemons repeat to a neighbour what they
        learnt from it.
    :param interfaces: what the topology gives it.
    :param commands: what the topology has run after its start.
    """

    configuration: Callable[[str], str]
    correction: str
    misspelt: str
    misspelt_key: str
    refused_line: int
    refused_words: str
    tool: tuple[str, ...]
    log_word: str
    advertised: int = 1
    contradictory: tuple[str, str] | None = None
    interfaces: tuple[Interface, ...] = GIVEN
    commands: tuple[tuple[str, ...], ...] = ()
