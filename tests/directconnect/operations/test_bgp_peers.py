from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.directconnect.errors import ClientException
from lab.directconnect.model import LogicalRedundancy
from tests.directconnect.office import Clock, Office


@pytest.fixture
def vif_id(office: Office) -> str:
    """An available VIF with one IPv4 peer."""
    id_ = str(office.private(office.plug().id)["virtualInterfaceId"])
    office.configure(id_)
    office.observe(office.peer(id_).id, "up")
    return id_


def delete(office: Office, vif_id: str, **selectors: object) -> dict[str, object]:
    return dict(office.call("DeleteBGPPeer", virtualInterfaceId=vif_id, **selectors)["virtualInterface"])


# ===== CreateBGPPeer =====


def test_the_new_peer_is_last_pending_and_down(office: Office, vif_id: str) -> None:
    before = office.vif(vif_id)
    vif = office.add_peer(vif_id, asn=64600)
    assert vif["virtualInterfaceState"] == "available"
    assert vif["bgpPeers"][0] == before["bgpPeers"][0]
    added = vif["bgpPeers"][1]
    assert (added["bgpPeerState"], added["bgpStatus"], added["asn"]) == ("pending", "down", 64600)
    assert added["amazonAddress"] == "2001:db8:1100:2f0:0:1:9cb4:4211/125"
    assert added["authKey"] != vif["authKey"]
    assert f"<ipv6_bgp_auth_key>{added['authKey']}</ipv6_bgp_auth_key>" in vif["customerRouterConfig"]


def test_the_vif_keeps_the_first_peers_terms(office: Office, vif_id: str) -> None:
    mirrored = ("asn", "asnLong", "authKey", "addressFamily", "amazonAddress", "customerAddress")
    before = {name: office.vif(vif_id)[name] for name in mirrored}
    office.add_peer(vif_id, asn=64600)
    delete(office, vif_id, bgpPeerId=office.peer(vif_id).id)
    office.cloud.peer_removed(vif_id, office.peer(vif_id).id)
    after = office.vif(vif_id)
    assert {name: after[name] for name in mirrored} == before
    assert [peer["addressFamily"] for peer in after["bgpPeers"]] == ["ipv6"]


def test_one_peer_a_family(office: Office, vif_id: str) -> None:
    peer = office.peer(vif_id)
    with pytest.raises(ClientException) as raised:
        office.add_peer(vif_id, addressFamily="ipv4")
    assert raised.value.message == (
        f"BGP Peer {peer.id} with address family ipv4 already exists on this virtual interface, and its"
        " connection has no logical redundancy: delete that peer first."
    )


def test_a_peer_on_its_way_out_leaves_room(office: Office, vif_id: str) -> None:
    first = office.add_peer(vif_id)["bgpPeers"][1]
    delete(office, vif_id, bgpPeerId=first["bgpPeerId"])
    second = office.add_peer(vif_id)["bgpPeers"][2]
    assert second["amazonAddress"] != first["amazonAddress"]
    office.cloud.peer_removed(vif_id, first["bgpPeerId"])
    assert [peer["bgpPeerId"] for peer in office.vif(vif_id)["bgpPeers"]][1:] == [second["bgpPeerId"]]


def test_logical_redundancy_allows_a_second_of_a_family_on_other_addresses(office: Office) -> None:
    connection = office.plug(logical_redundancy=LogicalRedundancy.YES)
    vif = office.private(connection.id, amazonAddress="10.0.0.1/29", customerAddress="10.0.0.2/29")
    vif_id = vif["virtualInterfaceId"]
    with pytest.raises(ClientException) as raised:
        office.add_peer(
            vif_id, addressFamily="ipv4", amazonAddress="10.0.0.5/30", customerAddress="10.0.0.6/30"
        )
    assert raised.value.message == (
        f"The addresses overlap those of BGP Peer {office.peer(vif_id).id} on this virtual interface:"
        " use another subnet."
    )
    assert len(office.add_peer(vif_id, addressFamily="ipv4")["bgpPeers"]) == 2
    with pytest.raises(ClientException) as raised:
        office.add_peer(vif_id, addressFamily="ipv4")
    assert raised.value.message == "Exceeded the maximum number of ipv4 BGP Peers. The limit is 2"


@pytest.mark.parametrize("asn", [{"asn": 65001}, {"asn": 64900}, {"asn": None, "asnLong": 4200000007}])
def test_a_peer_of_a_public_vif_is_verified(
    open_office: Callable[..., Office], clock: Clock, asn: dict[str, int]
) -> None:
    office = open_office(verification_delay=60)
    vif_id = office.public(office.plug().id)["virtualInterfaceId"]
    clock.now += 60
    office.cloud.due(clock.now)
    added = office.add_peer(vif_id, **asn)["bgpPeers"][1]
    assert added["bgpPeerState"] == "verifying"
    assert office.vif(vif_id)["virtualInterfaceState"] == "pending"
    clock.now += 60
    office.cloud.due(clock.now)
    assert office.peer(vif_id, 1).state == "pending"


def test_a_public_vif_takes_a_public_asn_that_it_has_already(office: Office) -> None:
    vif_id = office.public(office.plug().id, asn=8030)["virtualInterfaceId"]
    with pytest.raises(ClientException) as raised:
        office.add_peer(vif_id, asn=3356)
    assert raised.value.message == (
        f"ASN 3356 is not on the allow list of Virtual Interface {vif_id}: use a private ASN,"
        " or one of the virtual interface."
    )
    assert len(office.add_peer(vif_id, asn=8030)["bgpPeers"]) == 2


def test_a_peer_is_available_when_awss_end_is_ready(office: Office, vif_id: str) -> None:
    peer_id = office.add_peer(vif_id)["bgpPeers"][1]["bgpPeerId"]
    office.cloud.peer_configured(vif_id, peer_id)
    assert office.vif(vif_id)["bgpPeers"][1]["bgpPeerState"] == "available"


def test_a_vif_on_its_way_out_takes_no_peer(office: Office, vif_id: str) -> None:
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
    with pytest.raises(ClientException) as raised:
        office.add_peer(vif_id)
    assert raised.value.message == f"Virtual Interface {vif_id} is being deleted."
    office.cloud.vif_removed(vif_id)
    with pytest.raises(ClientException) as raised:
        office.add_peer(vif_id)
    assert raised.value.message == f"Virtual Interface {vif_id} does not exist."


# ===== DeleteBGPPeer =====


@pytest.mark.parametrize(
    "select",
    [
        lambda peer: {"bgpPeerId": peer["bgpPeerId"]},
        lambda peer: {"asn": 64600, "customerAddress": peer["customerAddress"]},
        lambda peer: {"asnLong": 64600, "customerAddress": peer["customerAddress"].upper()},
        lambda peer: {"asn": 1, "asnLong": 64600, "customerAddress": peer["customerAddress"]},
        lambda peer: {"bgpPeerId": peer["bgpPeerId"], "asn": 64600},
    ],
)
def test_a_deleted_peer_is_listed_and_out_of_the_router_configuration(
    office: Office, vif_id: str, select: Callable[[dict[str, str]], dict[str, object]]
) -> None:
    peer = office.add_peer(vif_id, asn=64600)["bgpPeers"][1]
    vif = delete(office, vif_id, **select(peer))
    assert vif["virtualInterfaceState"] == "available"
    assert [peer["bgpPeerState"] for peer in office.vif(vif_id)["bgpPeers"]] == ["available", "deleting"]
    assert "ipv6" not in str(vif["customerRouterConfig"])
    office.cloud.peer_removed(vif_id, peer["bgpPeerId"])
    assert len(office.vif(vif_id)["bgpPeers"]) == 1


def test_the_last_peer_stays(office: Office, vif_id: str) -> None:
    with pytest.raises(ClientException) as raised:
        delete(office, vif_id, bgpPeerId=office.peer(vif_id).id)
    assert raised.value.message == "The last BGP Peer on a Virtual Interface cannot be deleted"
    office.add_peer(vif_id)
    delete(office, vif_id, bgpPeerId=office.peer(vif_id, 1).id)
    with pytest.raises(ClientException, match="The last BGP Peer on a Virtual Interface cannot be deleted"):
        delete(office, vif_id, bgpPeerId=office.peer(vif_id).id)


def test_asking_twice_is_no_error(office: Office, vif_id: str) -> None:
    peer_id = office.add_peer(vif_id)["bgpPeers"][1]["bgpPeerId"]
    assert delete(office, vif_id, bgpPeerId=peer_id) == delete(office, vif_id, bgpPeerId=peer_id)


def test_a_peer_that_stands_is_meant_before_one_on_its_way_out(office: Office, vif_id: str) -> None:
    given = {"addressFamily": "ipv4", "amazonAddress": "10.0.0.1/30", "customerAddress": "10.0.0.2/30"}
    office.add_peer(vif_id)
    delete(office, vif_id, bgpPeerId=office.peer(vif_id).id)
    for _ in range(2):
        office.add_peer(vif_id, **given)
        delete(office, vif_id, asn=65001, customerAddress="10.0.0.2/30")
    assert [peer.state for peer in office.resource(vif_id).peers] == [
        "deleting",
        "pending",
        "deleting",
        "deleting",
    ]


def test_a_session_that_goes_with_its_peer_takes_the_vif_down(office: Office, vif_id: str) -> None:
    office.add_peer(vif_id)
    peer_id = office.peer(vif_id).id
    assert delete(office, vif_id, bgpPeerId=peer_id)["virtualInterfaceState"] == "available"
    office.cloud.peer_removed(vif_id, peer_id)
    assert office.vif(vif_id)["virtualInterfaceState"] == "down"
