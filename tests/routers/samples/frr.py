"""FRR's sample, and the far end of everybody's cable."""

from __future__ import annotations

from tests.routers.samples.base import EDGE_PREFIXES, FAR_PREFIXES, KEY, Sample


def configuration(name: str, interface: str, asn: int, peer: int, key: str) -> str:
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


FAR = configuration("far", "port1", 64512, 65001, KEY)

FRR = Sample(
    configuration=lambda key: configuration("edge", "eth1", 65001, 64512, key),
    correction=(
        f"router bgp 65001\n neighbor 169.254.10.1 password {KEY}\n neighbor 2001:db8:1::1 password {KEY}\n"
    ),
    misspelt=f"hostname edge\nrouter bgp 65001\n neighbour 169.254.10.1 password {KEY}\n",
    misspelt_key=f"hostname edge\nrouter bgp 65001\n neighbor 169.254.10.1 passwrd {KEY}\n",
    contradictory=(
        f"hostname edge\nrouter bgp 65001\n neighbor 169.254.10.1 password {KEY}\n",
        "% Specify remote-as or peer-group commands first: neighbor 169.254.10.1 password ***",
    ),
    refused_line=3,
    refused_words="% Unknown command: neighbour 169.254.10.1 password ***",
    tool=("vtysh", "-c", "show bgp summary"),
    log_word="starting",
    advertised=2,
    interfaces=(),
)
