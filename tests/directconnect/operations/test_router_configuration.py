"""DescribeRouterConfiguration: who is answered, and with what."""

from __future__ import annotations

import pytest

from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ClientException
from lab.directconnect.model import Connection
from lab.directconnect.router_config.router_types import ROUTER_TYPES
from lab.directconnect.router_config.text import router_config
from tests.directconnect.office import ACCOUNT, REGION, Office

DESCRIBE = "DescribeRouterConfiguration"
IOS = "CiscoSystemsInc-2900SeriesRouters-IOS124"


def test_the_answer(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    answer = office.call(DESCRIBE, virtualInterfaceId=vif_id, routerTypeIdentifier=IOS)
    assert answer == {
        "customerRouterConfig": router_config(office.resource(vif_id), ROUTER_TYPES[IOS]),
        "router": {
            "vendor": "Cisco Systems, Inc.",
            "platform": "2900 Series Routers",
            "software": "IOS 12.4+",
            "xsltTemplateName": "customer-router-cisco-generic.xslt",
            "xsltTemplateNameForMacSec": "",
            "routerTypeIdentifier": IOS,
        },
        "virtualInterfaceId": vif_id,
        "virtualInterfaceName": "office-private",
    }


@pytest.mark.parametrize("identifier", ROUTER_TYPES)
def test_every_type_is_answered_and_changes_nothing(
    office: Office, connection: Connection, identifier: str
) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.add_peer(vif_id)
    before = office.dump()
    answer = office.call(DESCRIBE, virtualInterfaceId=vif_id, routerTypeIdentifier=identifier)
    assert answer["router"]["routerTypeIdentifier"] == identifier
    assert vif_id in answer["customerRouterConfig"]
    assert office.dump() == before


@pytest.mark.parametrize("caller", [Caller("999999999999", REGION), Caller(ACCOUNT, "eu-west-1")])
def test_it_is_for_the_owner_of_the_connection(
    office: Office, connection: Connection, caller: Caller
) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    with pytest.raises(ClientException, match=f"^Virtual Interface {vif_id} does not exist.$"):
        office.call_as(caller, DESCRIBE, virtualInterfaceId=vif_id, routerTypeIdentifier=IOS)


def test_a_deleted_virtual_interface_has_none(office: Office, connection: Connection) -> None:
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
    for state in ("deleting", "deleted"):
        with pytest.raises(ClientException, match=f"^Virtual Interface {vif_id} is {state}: it has no"):
            office.call(DESCRIBE, virtualInterfaceId=vif_id, routerTypeIdentifier=IOS)
        office.cloud.vif_removed(vif_id)


def test_a_key_that_a_router_cannot_take(office: Office, connection: Connection) -> None:
    """The others are answered all the same."""
    vif_id = office.private(connection.id, authKey="$9$secret")["virtualInterfaceId"]
    junos = "JuniperNetworksInc-TSeriesRouters-JunOS95"
    with pytest.raises(ClientException) as refusal:
        office.call(DESCRIBE, virtualInterfaceId=vif_id, routerTypeIdentifier=junos)
    peer_id = office.peer(vif_id).id
    assert refusal.value.message == (
        f"{junos} cannot be given {vif_id}: the authKey of BGP Peer {peer_id} cannot be written:"
        " Junos takes what begins with $9$ for encrypted already. Delete and create the peer with another key."
    )
    assert office.call(DESCRIBE, virtualInterfaceId=vif_id, routerTypeIdentifier=IOS)
