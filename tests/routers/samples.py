"""Configurations in each kind's own language, for the tests that every kind and runtime passes.

The router under test is `edge`, AS 65001. At the other end of its cable is `far`, AS 64512, always an FRR in
a network namespace. Both use 802.1Q sub-interface 101, IPv4 and IPv6, and a TCP-MD5 key in both sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

KEY = "s3cretKey9"
WRONG_KEY = "n0tThisOne"

FAR_ADDRESSES = ("169.254.10.1", "2001:db8:1::1")
EDGE_PREFIXES = (ip_network("172.16.0.0/16"), ip_network("2001:db8:ace::/48"))
FAR_PREFIXES: tuple[IPv4Network | IPv6Network, ...] = (
    ip_network("10.10.0.0/16"),
    ip_network("2001:db8:10::/56"),
)


@dataclass(frozen=True)
class Sample:
    """What one kind is told.

    :param configuration: sessions with `far` over eth1.101, with a wrong key.
    :param amendment: sets the right key.
    :param misspelt: a configuration that the kind refuses before any daemon is asked, with `refused_line`.
    :param misspelt_key: one that it refuses for the word before KEY, in `refused_line`.
    :param contradictory: one that reads well, but whose line `refused_line` the daemons refuse; it holds KEY.
    :param elsewhere: one that asks for a sub-interface of eth9, into which no cable is plugged, in line 1.
    :param version: a command that prints `version_word`, by the kind's own tool.
    """

    configuration: str
    amendment: str
    misspelt: str
    contradictory: str
    misspelt_key: str
    refused_line: int
    refused_words: tuple[str, str]
    elsewhere: str
    version: tuple[str, ...]
    version_word: str

    @property
    def with_right_key(self) -> str:
        return self.configuration.replace(WRONG_KEY, KEY)


def frr(name: str, interface: str, asn: int, peer: int, key: str) -> str:
    """One end; `name` decides which addresses are its own."""
    own, other = (2, 1) if name == "edge" else (1, 2)
    prefixes = EDGE_PREFIXES if name == "edge" else FAR_PREFIXES
    return f"""frr defaults traditional
hostname {name}
interface {interface}.101
 ip address 169.254.10.{own}/30
 ipv6 address 2001:db8:1::{own}/125
!
ip route {prefixes[0]} blackhole
ipv6 route {prefixes[1]} blackhole
!
router bgp {asn}
 bgp router-id 192.0.2.{own}
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 neighbor 169.254.10.{other} remote-as {peer}
 neighbor 169.254.10.{other} password {key}
 neighbor 169.254.10.{other} timers connect 1
 neighbor 2001:db8:1::{other} remote-as {peer}
 neighbor 2001:db8:1::{other} password {key}
 neighbor 2001:db8:1::{other} timers connect 1
 address-family ipv4 unicast
  network {prefixes[0]}
  neighbor 169.254.10.{other} activate
 exit-address-family
 address-family ipv6 unicast
  network {prefixes[1]}
  neighbor 2001:db8:1::{other} activate
 exit-address-family
"""


FAR = frr("far", "port1", 64512, 65001, KEY)

SAMPLES = {
    "frr": Sample(
        configuration=frr("edge", "eth1", 65001, 64512, WRONG_KEY),
        amendment=(
            "router bgp 65001\n"
            f" neighbor 169.254.10.1 password {KEY}\n"
            f" neighbor 2001:db8:1::1 password {KEY}\n"
        ),
        misspelt=f"hostname edge\nrouter bgp 65001\n neighbour 169.254.10.1 password {KEY}\n",
        contradictory=f"hostname edge\nrouter bgp 65001\n neighbor 169.254.10.1 password {KEY}\n",
        misspelt_key=(f"hostname edge\nrouter bgp 65001\n neighbor 169.254.10.1 passwrd {KEY}\n"),
        refused_line=3,
        refused_words=(
            "% Unknown command: neighbour 169.254.10.1 password ***",
            "% Specify remote-as or peer-group commands first: neighbor 169.254.10.1 password ***",
        ),
        elsewhere="interface eth9.7\n ip address 192.0.2.1/24\n",
        version=("vtysh", "-c", "show version"),
        version_word="FRRouting",
    )
}
