"""Small accounts: virtual interfaces as DescribeVirtualInterfaces has them, and what becomes of them."""

# ruff: noqa: ANN401 - members of answers have every type

from __future__ import annotations

import json
from typing import Any

import yaml

from lab.clone import Choice, Style, document, read, select, text

Record = dict[str, Any]

GATEWAY = "5f294f92-bafb-4011-916d-9b0bd0000001"


def vif(number: int = 1, **members: Any) -> Record:
    """A private virtual interface with one IPv4 peer, as DescribeVirtualInterfaces has it, but for what is given."""
    terms = {
        "asn": 65001,
        "asnLong": 65001,
        "authKey": "s3cretKey9",
        "addressFamily": "ipv4",
        "amazonAddress": f"169.254.{number}.1/30",
        "customerAddress": f"169.254.{number}.2/30",
    }
    return {
        "virtualInterfaceId": f"dxvif-fg{number:06}",
        "location": "EqDC2",
        "connectionId": "dxcon-fg000001",
        "virtualInterfaceType": "private",
        "virtualInterfaceName": f"office {number}",
        "vlan": 100 + number,
        "amazonSideAsn": 64512,
        "virtualInterfaceState": "available",
        "virtualGatewayId": "vgw-0a1b2c3d",
        "directConnectGatewayId": "",
        "bgpPeers": [peer(**terms)],
        "region": "us-east-1",
        **terms,
        **members,
    }


def peer(**members: Any) -> Record:
    return {"bgpPeerState": "available", "bgpStatus": "up", "asn": 65001, "authKey": "s3cretKey9", **members}


def ipv6(block: str = "2600:1f00:8000::", **members: Any) -> Record:
    ends = {"amazonAddress": f"{block}1/125", "customerAddress": f"{block}6/125"}
    return peer(addressFamily="ipv6", **{**ends, **members})


def clone(
    *vifs: Record,
    choice: Choice | None = None,
    region: str | None = None,
    kind: str = "frr",
    **more: Any,
) -> str:
    records = read([("it", json.dumps({"virtualInterfaces": vifs, **more}))])
    kept, remarks = select(records, choice or Choice())
    return text(document(records, kept, Style(region=region, kind=kind), remarks))


def remarks(topology: str) -> list[str]:
    """The remarks at the top, each on one line."""
    head = topology.partition("\nname: ")[0]
    lines = head.partition("to be looked at:\n#\n")[2].replace("\n#   ", " ").splitlines()
    return [line.removeprefix("# - ") for line in lines]


def requests(topology: str) -> list[Record]:
    return list(yaml.safe_load(topology)["requests"])


NAMELESS = "dxcon-fg000001 is called 'con-fg000001' here: no record says its name"
