"""Address allocation as the peers of a lab meet it; the arithmetic itself is in test_addresses."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Network

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.directconnect.errors import ClientException
from lab.directconnect.model import LogicalRedundancy
from lab.directconnect.settings import Quotas
from tests.directconnect.office import Office

MANY = Quotas(private_and_public_vifs=4000, vifs=4000)


def held(office: Office) -> list[str]:
    """The blocks of all peers of which anything is left."""
    return [
        str(peer.block)
        for vif in office.cloud.virtual_interfaces()
        for peer in vif.peers
        if peer.state != "deleted"
    ]


def remove(office: Office, vif_id: str) -> None:
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
    office.cloud.vif_removed(vif_id)


def test_blocks_of_all_accounts_and_regions_are_one_pool(office: Office) -> None:
    office.private(office.plug("a").id)
    office.caller = type(office.caller)("210987654321", "us-west-2")
    other = office.plug("b", location="EqSe2", account="210987654321")
    assert office.private(other.id)["amazonAddress"] == "169.254.254.1/30"


def test_a_deleting_peer_holds_its_block(office: Office) -> None:
    vif_id = office.private(office.plug().id)["virtualInterfaceId"]
    for _ in range(3):
        peer_id = office.add_peer(vif_id)["bgpPeers"][-1]["bgpPeerId"]
        office.call("DeleteBGPPeer", virtualInterfaceId=vif_id, bgpPeerId=peer_id)
    assert len(held(office)) == len(set(held(office))) == 4


def test_a_large_block_takes_nothing_from_other_vifs(office: Office) -> None:
    connection = office.plug()
    whole = {"amazonAddress": "169.254.0.1/16", "customerAddress": "169.254.0.2/16"}
    office.private(connection.id, vlan=1, **whole)
    assert office.private(connection.id, vlan=2)["amazonAddress"] == "169.254.255.1/30"


def test_a_large_block_counts_on_its_own_vif(office: Office) -> None:
    connection = office.plug(logical_redundancy=LogicalRedundancy.YES)
    whole = {"amazonAddress": "169.254.0.1/16", "customerAddress": "169.254.0.2/16"}
    vif_id = office.private(connection.id, **whole)["virtualInterfaceId"]
    with pytest.raises(ClientException, match=r"^No addresses are left in 169\.254\.0\.0/16"):
        office.add_peer(vif_id, addressFamily="ipv4")


@pytest.fixture
def tight(open_office: Callable[..., Office]) -> Office:
    """A lab whose IPv6 pool has two blocks."""
    return open_office(ipv6_pool=IPv6Network("2001:db8::/124"), quotas=MANY)


def test_an_exhausted_pool_gives_an_error_until_a_block_is_released(tight: Office) -> None:
    connection = tight.plug()
    ids = [
        tight.private(connection.id, vlan=vlan, addressFamily="ipv6")["virtualInterfaceId"] for vlan in (1, 2)
    ]
    before = tight.dump()
    with pytest.raises(ClientException) as raised:
        tight.private(connection.id, vlan=3, addressFamily="ipv6")
    assert raised.value.message == (
        "No addresses are left in 2001:db8::/124: delete BGP peers or virtual interfaces first."
    )
    assert tight.dump() == before
    released = tight.peer(ids[1]).block
    remove(tight, ids[1])
    again = tight.private(connection.id, vlan=3, addressFamily="ipv6")
    assert tight.peer(again["virtualInterfaceId"]).block == released


def test_the_search_goes_on_where_it_was_after_a_restart(office: Office) -> None:
    connection = office.plug()
    remove(office, office.private(connection.id)["virtualInterfaceId"])
    again = office.reopened()
    assert again.private(connection.id)["amazonAddress"] == "169.254.254.1/30"


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(st.sampled_from(["ipv4", "ipv6", "given"]), st.integers(0, 5)), max_size=20))
def test_what_is_assigned_overlaps_nothing_that_is_held(office: Office, steps: list[str | int]) -> None:
    """Words make a VIF, numbers delete the VIF that is there so long. A customer may give what another VIF has."""
    connection = office.plug(f"run{len(office.cloud.connections())}")
    present: list[str] = []
    for vlan, step in enumerate(steps, 1):
        if isinstance(step, int):
            for vif_id in present[step : step + 1]:
                remove(office, vif_id)
                present.remove(vif_id)
            continue
        held = [office.peer(vif_id).block for vif_id in present]
        present.append(
            office.private(connection.id, vlan=vlan, **members_of(step, vlan))["virtualInterfaceId"]
        )
        block = office.peer(present[-1]).block
        assert step == "given" or not any(
            block.overlaps(other) for other in held if other.version == block.version
        )
    for vif_id in present:
        remove(office, vif_id)


def members_of(step: str, vlan: int) -> dict[str, str]:
    if step != "given":
        return {"addressFamily": step}
    # In the way of the automatic blocks.
    block = f"169.254.{250 - vlan}"
    return {"amazonAddress": f"{block}.1/30", "customerAddress": f"{block}.2/30"}
