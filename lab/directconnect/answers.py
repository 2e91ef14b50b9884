"""Resources in the API's own words: which members an answer has, and in which order.

The order of a virtual interface's members is that of a recorded answer of CreatePrivateVirtualInterface, with
the members that AWS has added since in the places where later recordings have them. Members that have no
value yet are absent; `virtualGatewayId`, `directConnectGatewayId`, `routeFilterPrefixes` and `tags` are
always there, empty where they do not apply, because clients index them without asking.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from lab.directconnect.model import (
    LARGEST_SHORT_ASN,
    BgpPeer,
    Connection,
    DirectConnectGateway,
    SessionTerms,
    Tag,
    VirtualInterface,
)
from lab.directconnect.router_config.xml import customer_router_config

Answer = dict[str, Any]

#: What stands for a moment in the text of an answer; no member of the API has such a name.
_MOMENT = "$moment"


def ordered_connection(connection: Connection) -> Answer:
    """A connection as CreateConnection answers it: seven members, and what the customer said beside them."""
    answer: Answer = {
        "ownerAccount": connection.owner,
        "connectionId": connection.id,
        "connectionName": connection.name,
        "connectionState": connection.state.value,
        "region": connection.region,
        "location": connection.location,
        "bandwidth": connection.bandwidth,
    }
    if connection.tags:
        answer["tags"] = tags(connection.tags)
    return answer | dict(_chosen(connection))


def connection(connection: Connection) -> Answer:
    """A connection as every later answer has it; the device is named once there is a port."""
    answer = ordered_connection(connection)
    if connection.device is not None:
        answer["awsDevice"] = connection.device
    answer["jumboFrameCapable"] = connection.device is not None
    if connection.device is not None:
        answer |= {"awsDeviceV2": connection.device, "awsLogicalDeviceId": connection.device}
    return answer | {
        "hasLogicalRedundancy": connection.logical_redundancy.value,
        "tags": tags(connection.tags),
        "macSecCapable": False,
    }


def _chosen(connection: Connection) -> Iterator[tuple[str, str]]:
    if connection.provider_name is not None:
        yield "providerName", connection.provider_name
    if connection.billing_mode is not None:
        yield "billingMode", connection.billing_mode


def virtual_interface(vif: VirtualInterface) -> Answer:
    """A virtual interface as every answer has it."""
    return {
        "ownerAccount": vif.owner,
        "virtualInterfaceId": vif.id,
        "location": vif.location,
        "connectionId": vif.connection_id,
        "virtualInterfaceType": vif.type.value,
        "virtualInterfaceName": vif.name,
        "vlan": vif.vlan,
        **_asn(vif),
        "amazonSideAsn": vif.amazon_side_asn,
        "authKey": vif.auth_key,
        "amazonAddress": str(vif.amazon_address),
        "customerAddress": str(vif.customer_address),
        "addressFamily": vif.family.value,
        "virtualInterfaceState": vif.state.value,
        "customerRouterConfig": customer_router_config(vif),
        "mtu": vif.mtu,
        "jumboFrameCapable": True,
        "virtualGatewayId": vif.virtual_gateway_id,
        "directConnectGatewayId": vif.direct_connect_gateway_id,
        "routeFilterPrefixes": [{"cidr": str(prefix)} for prefix in vif.route_filter_prefixes],
        "bgpPeers": [_peer(peer, vif.device) for peer in vif.peers],
        "region": vif.region,
        "awsDeviceV2": vif.device,
        "awsLogicalDeviceId": vif.device,
        "tags": tags(vif.tags),
        "siteLinkEnabled": vif.site_link,
        **_prefix_limits(vif),
    }


def _peer(peer: BgpPeer, device: str) -> Answer:
    return {
        "bgpPeerId": peer.id,
        **_asn(peer),
        "authKey": peer.auth_key,
        "addressFamily": peer.family.value,
        "amazonAddress": str(peer.amazon_address),
        "customerAddress": str(peer.customer_address),
        "bgpPeerState": peer.state.value,
        "bgpStatus": peer.status.value,
        "awsDeviceV2": device,
        "awsLogicalDeviceId": device,
    }


def _asn(terms: SessionTerms) -> Answer:
    return {"asn": terms.asn if terms.asn <= LARGEST_SHORT_ASN else 0, "asnLong": terms.asn}


def _prefix_limits(vif: VirtualInterface) -> Answer:
    limits = {
        "prefixPoolAllocatedCountIpv4": vif.prefix_limit_ipv4,
        "prefixPoolAllocatedCountIpv6": vif.prefix_limit_ipv6,
    }
    return {member: limit for member, limit in limits.items() if limit is not None}


def gateway(gateway: DirectConnectGateway) -> Answer:
    """A Direct Connect gateway as every answer has it."""
    return {
        "directConnectGatewayId": gateway.id,
        "directConnectGatewayName": gateway.name,
        "amazonSideAsn": gateway.amazon_side_asn,
        "ownerAccount": gateway.owner,
        "directConnectGatewayState": gateway.state.value,
        "tags": tags(gateway.tags),
    }


def tags(present: Iterable[Tag]) -> list[Answer]:
    """Tags as every answer has them."""
    return [{"key": tag.key, "value": tag.value} for tag in present]


# ===== once more =====


def keepable(answer: Answer) -> str:
    """An answer as text, of which `replay` makes it again."""
    return json.dumps(answer, default=lambda moment: {_MOMENT: moment.isoformat()})


def replay(text: str) -> Answer:
    """The answer that became this text."""
    answer: Answer = json.loads(text, object_hook=_revived)
    return answer


def _revived(members: Answer) -> Answer | datetime:
    return datetime.fromisoformat(members[_MOMENT]) if _MOMENT in members else members


class VirtualInterfaceAnswers:
    """The answers for virtual interfaces, each made once per version of its resource.

    An answer is shared between calls: whoever gets it must not change it.
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[VirtualInterface, Answer]] = {}

    def __call__(self, vif: VirtualInterface) -> Answer:
        """The answer for this version of the VIF."""
        version, answer = self._made.get(vif.id, (None, None))
        if version is not vif or answer is None:
            answer = virtual_interface(vif)
            self._made[vif.id] = (vif, answer)
        return answer

    def forget(self, vif_ids: Iterable[str]) -> None:
        """Drop what was made for VIFs that have changed or are gone."""
        for vif_id in vif_ids:
            self._made.pop(vif_id, None)
