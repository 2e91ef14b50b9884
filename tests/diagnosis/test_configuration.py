"""Where a router's configuration speaks of something, in every kind's language."""

from __future__ import annotations

import pytest

from lab.diagnosis.configuration import topics

FRR = """! neighbor 169.254.10.1 password not-this-one
interface eth1.102
exit
interface eth1.101
 ip address 169.254.10.2/30
exit
router bgp 65001
 bgp router-id 192.0.2.1
 timers bgp 3 9
 neighbor 169.254.99.1 password of-another
 neighbor 169.254.10.1 remote-as 64512
 neighbor 169.254.10.1 password s3cret
 neighbor 169.254.10.1 ttl-security hops 1
 neighbor 169.254.10.1 shutdown
 address-family ipv4 unicast
  network 172.16.0.0/16
  neighbor 169.254.10.1 route-map OUT out
"""
BIRD = """router id 192.0.2.1;
protocol bgp dx {
  local as 65001;
  neighbor 169.254.10.1 as 64512;
  hold time 90;
  password "s3cret";
  ipv4 { import limit 5; export all; };
}
"""
GOBGP = """[global.config]
  as = 65001
[[neighbors]]
  [neighbors.config]
    neighbor-address = "169.254.10.1"
    peer-as = 64512
    auth-password = "s3cret"
"""
OPENBGPD = """AS 65001
neighbor 169.254.10.1 {
  remote-as 64512
  tcp md5sig password "s3cret"
  max-prefix 5
  down
}
allow to ebgp
"""
EXABGP = """neighbor 169.254.10.1 {
  local-address 169.254.10.2;
  local-as 65001;
  peer-as 64512;
  md5-password "s3cret";
}
"""


def found(text: str) -> dict[str, int]:
    return topics(text, amazon_ip="169.254.10.1", customer_ip="169.254.10.2", vlan=101)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (FRR, {"vlan": 2, "interface": 4, "address": 5, "asn": 7, "bgp": 7, "router-id": 8, "timers": 9}),
        (FRR, {"remote-asn": 11, "neighbour": 11, "password": 12, "ttl": 13, "shutdown": 14}),
        (FRR, {"network": 16, "policy": 17}),
        (
            BIRD,
            {"router-id": 1, "bgp": 2, "asn": 3, "remote-asn": 4, "neighbour": 4, "timers": 5, "password": 6},
        ),
        (BIRD, {"maximum-prefix": 7, "policy": 7}),
        (GOBGP, {"asn": 2, "neighbour": 5, "remote-asn": 6, "password": 7}),
        (
            OPENBGPD,
            {"asn": 1, "neighbour": 2, "remote-asn": 3, "password": 4, "maximum-prefix": 5, "shutdown": 6},
        ),
        (OPENBGPD, {"policy": 8}),
        (
            EXABGP,
            {"neighbour": 1, "update-source": 2, "address": 2, "asn": 3, "remote-asn": 4, "password": 5},
        ),
    ],
)
def test_topics(text: str, lines: dict[str, int]) -> None:
    assert {topic: line for topic, line in found(text).items() if topic in lines} == lines


def test_nothing_speaks_of_nothing() -> None:
    assert found("") == {}
