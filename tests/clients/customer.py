"""What a customer with boto3 asks for, in requests that several tests make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.client import BaseClient

from tests.support.command import Running, eventually

Record = dict[str, Any]

VGW = "vgw-0a1b2c3d4e5f60718"
#: What the router of the office is configured for.
OFFICE = {
    "virtualInterfaceName": "office",
    "vlan": 101,
    "asn": 65001,
    "authKey": "s3cretKey9",
    "amazonAddress": "169.254.101.1/30",
    "customerAddress": "169.254.101.2/30",
    "virtualGatewayId": VGW,
}
BRANCH = {"asn": 65002, "authKey": "s3cretKey9", "tags": [{"key": "site", "value": "branch"}]}
PUBLIC = {
    "amazonAddress": "198.51.100.1/30",
    "customerAddress": "198.51.100.2/30",
    "routeFilterPrefixes": [{"cidr": "198.51.100.0/24"}],
}


def order_port(client: BaseClient, name: str = "branch") -> str:
    """A connection without a cable, ready for virtual interfaces; its id."""
    made = client.create_connection(location="EqDC2", bandwidth="1Gbps", connectionName=name)
    id_ = str(made["connectionId"])
    eventually(lambda: connection(client, id_)["connectionState"] == "down", "the port to be ready")
    return id_


def order_gateway(client: BaseClient, name: str, asn: int) -> str:
    """A Direct Connect gateway; its id."""
    made = client.create_direct_connect_gateway(directConnectGatewayName=name, amazonSideAsn=asn)
    return str(made["directConnectGateway"]["directConnectGatewayId"])


def connection(client: BaseClient, id_: str) -> Record:
    (found,) = client.describe_connections(connectionId=id_)["connections"]
    return dict(found)


def virtual_interface(client: BaseClient, id_: str) -> Record:
    (found,) = client.describe_virtual_interfaces(virtualInterfaceId=id_)["virtualInterfaces"]
    return dict(found)


def statuses(client: BaseClient, id_: str) -> Mapping[str, str]:
    """bgpStatus of a VIF's peers by address family."""
    peers = virtual_interface(client, id_)["bgpPeers"]
    return {peer["addressFamily"]: peer["bgpStatus"] for peer in peers}


def delete_virtual_interface(client: BaseClient, id_: str) -> None:
    """Delete a VIF, and wait until its VLAN is free."""
    client.delete_virtual_interface(virtualInterfaceId=id_)
    eventually(
        lambda: virtual_interface(client, id_)["virtualInterfaceState"] == "deleted", "the VIF to be gone"
    )


def answer_peer(lab: Running, peer: Record) -> None:
    """Configure the office's router for an IPv6 peer that AWS has assigned addresses to."""
    amazon = str(peer["amazonAddress"]).partition("/")[0]
    lab.routers["edge"].reconfigure(
        f"""interface eth1.101
 ipv6 address {peer["customerAddress"]}
exit
router bgp 65001
 neighbor {amazon} remote-as 64512
 neighbor {amazon} password {peer["authKey"]}
 neighbor {amazon} timers connect 1
 address-family ipv6 unicast
  neighbor {amazon} activate
  neighbor {amazon} route-map FROM-AWS in
 exit-address-family
exit
"""
    )


def received(lab: Running) -> set[str]:
    """The prefixes that the office's router has from AWS."""
    return {str(route.prefix) for route in lab.routers["edge"].routes() if route.protocol == "bgp"}
