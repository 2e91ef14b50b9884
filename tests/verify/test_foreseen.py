"""What is refused of a topology's `expect` before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.topology import load
from lab.verify import demand_foreseen

HEAD = """\
name: case
topology: {nodes: {dx: {kind: aws-dx, location: EqDC2}}}
requests:
  - CreatePrivateVirtualInterface: {newPrivateVirtualInterface: {virtualInterfaceName: office, vlan: 1}}
  - AllocateTransitVirtualInterface:
      ownerAccount: "210987654321"
      newTransitVirtualInterfaceAllocation: {virtualInterfaceName: branch.ipv6, addressFamily: ipv6}
  - CreateBGPPeer: {virtualInterfaceId: branch.ipv6, newBGPPeer: {}}
  - CreatePrivateVirtualInterface: {newPrivateVirtualInterface: {virtualInterfaceName: old}}
  - UpdateVirtualInterfaceAttributes: {virtualInterfaceId: old, virtualInterfaceName: new}
expect:
"""
LINE = HEAD.count("\n") + 1


def refused(directory: Path, text: str) -> str | None:
    path = directory / "case.yml"
    path.write_text(text)
    try:
        demand_foreseen(load(path))
    except TopologyError as error:
        return str(error).removeprefix(str(path))
    return None


@pytest.mark.parametrize(
    "expect",
    [
        *("office: {accepted: [10.0.0.0/8]}", "office.ipv4: {bgpStatus: up}", "new.ipv6: {bgpStatus: up}"),
        *("branch.ipv6: {accepted: [10.0.0.0/8, '::/0']}", "branch.ipv6.ipv4: {med: 5}"),
        *("dxvif-fg12ab34: {bgpStatus: up}", "dxvif-fg12ab34.ipv6: {accepted: [10.0.0.0/8]}"),
    ],
)
def test_what_may_come_true(tmp_path: Path, expect: str) -> None:
    assert refused(tmp_path, f"{HEAD}  {expect}\n") is None


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ("offcie: {bgpStatus: up}",
         "there is no virtual interface 'offcie'; known: branch.ipv6, new, office, old; did you mean 'office'?"),
        ("office.ipv5: {bgpStatus: up}",
         "there is no virtual interface 'office.ipv5'; known: branch.ipv6, new, office, old; did you mean 'office'?"),
        ("office.ipv6: {bgpStatus: up}", "'office' has no ipv6 peer"),
        ("office: {advertised: ['::/0']}", "'office' has no IPv6 peer for ::/0"),
        ("branch.ipv6.ipv4: {reachable: {from: aws, to: '2001:db8::1'}}",
         "'branch.ipv6.ipv4' has no IPv6 peer for 2001:db8::1"),
    ],
)  # fmt: skip
def test_what_cannot(tmp_path: Path, expect: str, sentence: str) -> None:
    assert refused(tmp_path, f"{HEAD}  {expect}\n") == f":{LINE}: {sentence}"


def test_nothing_to_verify(tmp_path: Path) -> None:
    text = HEAD.partition("requests:")[0]
    assert refused(tmp_path, text) == ": there is nothing to verify: no request makes a virtual interface"
