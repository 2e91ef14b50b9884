"""Which virtual interfaces are rehearsed, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.clone import Choice
from lab.errors import UsageError
from tests.clone.accounts import NAMELESS, Record, clone, ipv6, peer, remarks, requests, vif
from tests.clone.worlds import loaded, played, world


@pytest.mark.parametrize(
    ("members", "remark"),
    [
        ({"virtualInterfaceState": "deleted"}, "is deleted"),
        ({"virtualInterfaceState": "deleting"}, "is deleting"),
        ({"virtualInterfaceState": "rejected"}, "is rejected"),
        ({"vlan": 0}, "has no VLAN, but 0"),
        ({"virtualInterfaceType": "quantum"}, "is of the unknown type 'quantum'"),
        ({"bgpPeers": [peer(asn=-1)]}, "does not say the customer's ASN"),
        ({"virtualInterfaceType": "public"}, "is public and does not say its prefixes"),
    ],
)
def test_what_is_left_out(members: Record, remark: str) -> None:
    topology = clone(vif(1), vif(2, **members))
    assert remarks(topology) == [f"dxvif-fg000002 'office 2' {remark}: left out", NAMELESS]
    assert len(requests(topology)) == 1
    with pytest.raises(
        UsageError, match="there is no virtual interface to rehearse: dxvif-fg000002 'office 2' "
    ):
        clone(vif(2, **members))


@pytest.mark.parametrize(
    "choice",
    [
        Choice(virtual_interfaces=("dxvif-fg000002",)),
        Choice(virtual_interfaces=("office 2",)),
        Choice(connections=("dxcon-fg000002",)),
        Choice(connections=("branch",)),
        Choice(location="eqse2"),
    ],
)
def test_the_users_choice(choice: Choice) -> None:
    branch = {"connectionId": "dxcon-fg000002", "location": "EqSe2", "region": "us-west-2"}
    connections = [{"connectionId": "dxcon-fg000002", "connectionName": "branch"}]
    topology = clone(vif(1), vif(2, **branch), choice=choice, connections=connections)
    assert "office 1" not in topology
    assert "office 2" in topology


def test_a_choice_that_there_is_not() -> None:
    with pytest.raises(UsageError) as refusal:
        clone(vif(1), choice=Choice(virtual_interfaces=("office",)))
    assert str(refusal.value) == (
        "no virtual interface 'office' fits the choice; there are: dxvif-fg000001 'office 1'"
    )


def test_several_regions() -> None:
    seattle = {"location": "EqSe2", "region": "us-west-2", "connectionId": "dxcon-fg000002"}
    with pytest.raises(UsageError) as refusal:
        clone(vif(1), vif(2, **seattle), vif(3))
    assert str(refusal.value) == (
        "the virtual interfaces are in several regions, and a lab is in one"
        " (us-east-1: EqDC2; us-west-2: EqSe2); choose with --location, --connection or --vif"
    )


def test_several_locations_of_a_region(tmp_path: Path) -> None:
    places = [("EqDC2", "dxcon-fg000001"), ("CSVA1", "dxcon-fg000002"), ("EqXY1", "dxcon-fg000003")]
    vifs = [vif(number, location=code, connectionId=id_) for number, (code, id_) in enumerate(places, 1)]
    topology = clone(*vifs, vif(4))
    with world() as office:
        played(office, loaded(tmp_path, topology))
        assert [made["location"] for made in office.vifs()] == ["EqDC2", "CSVA1", "EqXY1", "EqDC2"]
    links = loaded(tmp_path, topology).links
    assert [str(link.port) for link in links] == [
        "dx-1:con-fg000001",
        "dx-2:con-fg000002",
        "dx-3:con-fg000003",
    ]


def test_what_is_special_about_those_that_are_kept() -> None:
    peers = [ipv6(bgpPeerState="deleting"), ipv6(bgpPeerState="deleted"), ipv6()]
    topology = clone(vif(virtualInterfaceState="confirming", rateLimit="1Gbps", bgpPeers=peers))
    assert remarks(topology) == [
        "dxvif-fg000001 'office 1' waits to be confirmed: the lab has it as if it were",
        "dxvif-fg000001 'office 1' has 2 peers that are being deleted: left out",
        "dxvif-fg000001 'office 1' has the rate limit 1Gbps: not simulated, left out",
        NAMELESS,
    ]
