"""What a file can say of a router's interfaces and commands."""

from __future__ import annotations

from pathlib import Path

from lab.topology import Command, NodeInterface, RouterNode, Written, load
from tests.topology.test_load import written

TEXT = """
name: case
topology:
  nodes:
    dx: {kind: aws-dx, location: EqDC2}
    edge:
      kind: bird
      startup-config: edge.conf
      interfaces:
        lo: {addresses: [192.0.2.1/32, "2001:db8::1/128"]}
        eth1: {mtu: 9000}
        eth1.101:
          link: eth1
          id: 101
          addresses:
            - ${office.ipv4.customerAddress}
            - "${office.ipv6.customerAddress}"
      exec:
        - birdc show protocols
        - ip route add '10.0.0.0/8' via ${office.ipv4.amazonAddress.ip}
"""


def router(directory: Path, text: str = TEXT) -> RouterNode:
    """The one router of a topology."""
    [found] = load(written(directory, text)).routers
    return found


def test_interfaces(tmp_path: Path) -> None:
    loopback = (Written(text="192.0.2.1/32", line=10), Written(text="2001:db8::1/128", line=10))
    assigned = (
        Written(text="${office.ipv4.customerAddress}", line=16),
        Written(text="${office.ipv6.customerAddress}", line=17),
    )
    assert router(tmp_path).interfaces == (
        NodeInterface(name="lo", line=10, addresses=loopback),
        NodeInterface(name="eth1", line=11, mtu=9000),
        NodeInterface(name="eth1.101", line=12, addresses=assigned, link="eth1", vlan=101),
    )


def test_commands(tmp_path: Path) -> None:
    words = ("ip", "route", "add", "10.0.0.0/8", "via", "${office.ipv4.amazonAddress.ip}")
    assert router(tmp_path).commands == (
        Command(words=("birdc", "show", "protocols"), line=19),
        Command(words=words, line=20),
    )


def test_no_addresses_are_something_else_than_none_said(tmp_path: Path) -> None:
    text = TEXT.replace("eth1: {mtu: 9000}", "eth1: {addresses: []}")
    assert [each.addresses for each in router(tmp_path, text).interfaces[:2]][1] == ()
