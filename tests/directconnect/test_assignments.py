"""Addresses that a topology says AWS assigned: who gets them, and who does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv6Network, ip_interface

import pytest

from lab.directconnect.errors import ClientException
from lab.directconnect.model import AssignedAddresses, LogicalRedundancy
from lab.errors import UsageError
from tests.directconnect.office import Office

FIRST = "2001:db8:1100:2f0:0:1:9cb4:4211/125", "2001:db8:1100:2f0:0:1:9cb4:4216/125"
SECOND = "2600:1f00:8000::2/126", "2600:1f00:8000::1/126"
LINK_LOCAL = "169.254.255.2/30", "169.254.255.1/30"


def declare(office: Office, name: str, *pairs: tuple[str, str]) -> None:
    office.cloud.declare_assignments(
        name,
        [AssignedAddresses(amazon=ip_interface(one), customer=ip_interface(two)) for one, two in pairs],
    )


def pairs(vif: dict[str, object]) -> list[tuple[str, str]]:
    """The addresses of a VIF's peers."""
    peers = vif["bgpPeers"]
    assert isinstance(peers, Sequence)
    return [(peer["amazonAddress"], peer["customerAddress"]) for peer in peers]


def test_each_family_has_its_own(office: Office) -> None:
    declare(office, "real", SECOND, LINK_LOCAL)
    vif = office.private(office.plug().id, virtualInterfaceName="real")
    assert pairs(office.add_peer(vif["virtualInterfaceId"])) == [LINK_LOCAL, SECOND]


def test_addresses_that_the_customer_names_come_first(office: Office) -> None:
    declare(office, "real", LINK_LOCAL)
    given = {"amazonAddress": "10.0.0.1/30", "customerAddress": "10.0.0.2/30"}
    vif = office.private(office.plug().id, virtualInterfaceName="real", **given)
    assert pairs(vif) == [("10.0.0.1/30", "10.0.0.2/30")]


def test_two_peers_of_a_family_get_them_in_order_and_a_vif_without_any_left_is_served_from_the_pool(
    office: Office,
) -> None:
    declare(office, "real", SECOND, FIRST)
    connection = office.plug(logical_redundancy=LogicalRedundancy.YES)
    vif_id = office.private(connection.id, virtualInterfaceName="real", addressFamily="ipv6")[
        "virtualInterfaceId"
    ]
    assert pairs(office.add_peer(vif_id)) == [SECOND, FIRST]
    like_named = office.private(connection.id, vlan=2, virtualInterfaceName="real", addressFamily="ipv6")
    assert not {SECOND, FIRST} & set(pairs(like_named))


def test_nobody_else_gets_what_is_declared(office: Office) -> None:
    declare(office, "real", FIRST, LINK_LOCAL)
    vif = office.private(office.plug().id)
    vif = office.add_peer(vif["virtualInterfaceId"])
    assert [amazon for amazon, _ in pairs(vif)] == [
        "169.254.254.1/30",
        "2001:db8:1100:2f0:0:1:9cb4:4219/125",
    ]


def test_a_peer_made_anew_gets_the_same_again(office: Office) -> None:
    declare(office, "real", SECOND)
    vif_id = office.private(office.plug().id, virtualInterfaceName="real")["virtualInterfaceId"]
    peer_id = office.add_peer(vif_id)["bgpPeers"][-1]["bgpPeerId"]
    office.call("DeleteBGPPeer", virtualInterfaceId=vif_id, bgpPeerId=peer_id)
    office.cloud.peer_removed(vif_id, peer_id)
    assert pairs(office.add_peer(vif_id))[-1] == SECOND


def test_a_pool_that_is_declared_wholly_has_nothing_for_others(open_office: Callable[..., Office]) -> None:
    office = open_office(ipv6_pool=IPv6Network("2001:db8::/125"))
    declare(office, "real", ("2001:db8::1/125", "2001:db8::6/125"))
    connection = office.plug()
    with pytest.raises(ClientException, match=r"^No addresses are left in 2001:db8::/125"):
        office.private(connection.id, vlan=1, addressFamily="ipv6")
    office.private(connection.id, vlan=2, addressFamily="ipv6", virtualInterfaceName="real")


def test_what_another_vif_holds_cannot_be_declared(office: Office) -> None:
    vif = office.private(office.plug().id, virtualInterfaceName="first", addressFamily="ipv6")
    before = office.dump()
    with pytest.raises(UsageError) as refusal:
        declare(office, "real", SECOND, FIRST)
    peer_id = vif["bgpPeers"][0]["bgpPeerId"]
    assert str(refusal.value) == (
        "the addresses 2001:db8:1100:2f0:0:1:9cb4:4210/125 of 'real' are taken:"
        f" BGP Peer {peer_id} of first holds them; delete it first"
    )
    assert office.dump() == before
    declare(office, "first", FIRST)


def test_what_another_customer_took_is_not_given_twice(office: Office) -> None:
    declare(office, "real", LINK_LOCAL)
    connection = office.plug()
    amazon, customer = LINK_LOCAL
    taker = office.private(
        connection.id, vlan=1, virtualInterfaceName="taker", amazonAddress=amazon, customerAddress=customer
    )
    with pytest.raises(ClientException) as refusal:
        office.private(connection.id, vlan=2, virtualInterfaceName="real")
    assert refusal.value.message == (
        "The addresses 169.254.255.0/30 that are assigned to real are held by BGP Peer"
        f" {taker['bgpPeers'][0]['bgpPeerId']} of taker: delete it first."
    )


def test_a_large_block_of_another_vif_is_in_nobodys_way(office: Office) -> None:
    connection = office.plug()
    whole = {"amazonAddress": "169.254.0.1/16", "customerAddress": "169.254.0.2/16"}
    office.private(connection.id, vlan=1, virtualInterfaceName="large", **whole)
    declare(office, "real", LINK_LOCAL)
    assert pairs(office.private(connection.id, vlan=2, virtualInterfaceName="real")) == [LINK_LOCAL]


def test_declarations_outlast_the_process_and_are_replaced(office: Office) -> None:
    declare(office, "real", SECOND, LINK_LOCAL)
    office = office.reopened()
    declare(office, "real", LINK_LOCAL)
    vif = office.private(office.plug().id, virtualInterfaceName="real")
    assert pairs(office.add_peer(vif["virtualInterfaceId"])) == [LINK_LOCAL, FIRST]


def test_the_same_declaration_again_writes_nothing(office: Office) -> None:
    declare(office, "real", SECOND)
    changes = len(office.changes)
    declare(office, "real", SECOND)
    assert len(office.changes) == changes
