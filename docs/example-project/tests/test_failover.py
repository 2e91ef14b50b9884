"""What a file of expectations cannot say: that something happens, and what comes of it."""

from collections.abc import Iterator

import pytest

from lab.testing import LabUnderTest


@pytest.fixture(autouse=True)
def _both_are_up(dxlab_lab: LabUnderTest) -> Iterator[None]:
    for vif in ("office-primary", "office-backup"):
        dxlab_lab.expect(vif, accepted=["172.16.0.0/16"], advertised=["10.10.0.0/16"])
    yield


def way_to_aws(lab: LabUnderTest) -> str:
    """The name of the virtual interface through which the office reaches the VPC."""
    (next_hop,) = lab.router("edge").routes()["10.10.0.0/16"].next_hops
    for vif in ("office-primary", "office-backup"):
        if lab.peer(f"{vif}.ipv4")["amazonAddress"].partition("/")[0] == str(next_hop):
            return vif
    raise AssertionError(f"the office sends to {next_hop}")


def test_the_primary_is_preferred(dxlab_lab: LabUnderTest) -> None:
    assert way_to_aws(dxlab_lab) == "office-primary"


def test_without_the_primarys_cable(dxlab_lab: LabUnderTest) -> None:
    with dxlab_lab.unplugged("primary"):
        dxlab_lab.wait_for("office-primary", "down")
        dxlab_lab.wait_for("office-backup", "up", stays=1)
        assert way_to_aws(dxlab_lab) == "office-backup"


def test_after_a_restart_of_the_router(dxlab_lab: LabUnderTest) -> None:
    dxlab_lab.router("edge").restart()
    dxlab_lab.verify()


def test_a_route_that_slips_out(dxlab_lab: LabUnderTest) -> None:
    """The prefix list holds back what nobody meant to announce."""
    edge = dxlab_lab.router("edge")
    edge.reconfigure(
        "ip route 192.0.2.0/24 blackhole\n"
        "router bgp 65001\n address-family ipv4 unicast\n  network 192.0.2.0/24\n"
    )
    dxlab_lab.expect("office-primary", accepted_only=["172.16.0.0/16"], not_accepted=["192.0.2.0/24"])
