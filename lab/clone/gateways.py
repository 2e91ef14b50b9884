"""What virtual interfaces lead to: virtual private gateways to be declared, Direct Connect gateways to be ordered.

Behind a Direct Connect gateway is what its associations allow; behind a virtual private gateway is a VPC, of which
Direct Connect's API knows nothing, so that the user has to name its networks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from lab.clone.names import Names, accepted
from lab.clone.records import Records, Tag, VirtualInterface
from lab.directconnect.gateways import DEFAULT_ASN, PUBLIC
from lab.directconnect.identifiers import Kind
from lab.directconnect.rules import is_private_asn

#: Associations that count: everything that is not on its way out.
_STANDING = ("associating", "associated", "updating")


@dataclass(frozen=True)
class Behind:
    """A gateway.

    :ivar key: the name or id under which the topology declares it.
    :ivar member: the request's member that leads a VIF to it.
    :ivar asn: Amazon's.
    :ivar cidrs: what is behind it; None is unknown.
    """

    key: str
    member: str
    asn: int
    cidrs: tuple[str, ...] | None = None
    tags: tuple[Tag, ...] = ()
    remarks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def declaration(self) -> dict[str, Any]:
        """Its item of `gateways`."""
        own = {"asn": self.asn} if self.member == "virtualGatewayId" else {}
        return {**own, "cidrs": list(self.cidrs or ())}


def gateways(records: Records, vifs: Sequence[VirtualInterface]) -> dict[str, Behind]:
    """What each virtual interface leads to, by its id; public ones lead to nothing of their own."""
    names, made = Names(PUBLIC), dict[str, Behind]()
    found: dict[str, Behind] = {}
    for vif in vifs:
        if vif.virtual_interface_type != "public":
            place = vif.direct_connect_gateway_id or vif.virtual_gateway_id or vif.virtual_interface_id
            made[place] = made.get(place) or _behind(records, vif, names)
            found[vif.virtual_interface_id] = made[place]
    return found


def _behind(records: Records, vif: VirtualInterface, names: Names) -> Behind:
    transit = vif.virtual_interface_type == "transit"
    if vif.direct_connect_gateway_id or transit:
        return _direct_connect_gateway(records, vif, names)
    return _virtual_gateway(vif)


def _virtual_gateway(vif: VirtualInterface) -> Behind:
    own, asn = vif.virtual_gateway_id, vif.amazon_asn
    remarks = []
    key = own
    if not Kind.VIRTUAL_GATEWAY.matches(own):
        key = f"vgw-{hashlib.sha256((own or vif.virtual_interface_id).encode()).hexdigest()[:17]}"
        what = f"leads to '{own}'" if own else "leads to no gateway yet"
        remarks.append(f"{vif.title} {what}: {key} stands for it")
    if asn is None:
        remarks.append(f"{vif.title} does not say Amazon's ASN: {DEFAULT_ASN} stands for it")
    return Behind(key, "virtualGatewayId", asn or DEFAULT_ASN, remarks=tuple(remarks))


def _direct_connect_gateway(records: Records, vif: VirtualInterface, names: Names) -> Behind:
    id_ = vif.direct_connect_gateway_id
    gateway = records.gateway(id_)
    own = gateway.direct_connect_gateway_name if gateway else ""
    # The key of a virtual private gateway begins so.
    name = accepted(own.replace("vgw-", "gateway-", 1) if own.startswith("vgw-") else own, "")
    key = names.unique(name or f"gateway-{(id_ or vif.virtual_interface_id).replace('dxvif-', '')[:8]}")
    asn = (gateway.amazon_side_asn if gateway else None) or vif.amazon_asn or 0
    return Behind(
        key,
        "directConnectGatewayId",
        asn if is_private_asn(asn) else DEFAULT_ASN,
        _allowed(records, id_),
        gateway.tags if gateway else (),
        tuple(_remarks(vif, own, key, asn)),
    )


def _remarks(vif: VirtualInterface, own: str, key: str, asn: int) -> Iterator[str]:
    id_ = vif.direct_connect_gateway_id
    if not id_:
        yield f"{vif.title} leads to no gateway yet: '{key}' stands for it"
    elif own != key:
        yield f"the gateway {id_} is called '{key}' here" + ("" if own else ": no record says its name")
    if id_ and not is_private_asn(asn):
        said = f"has the ASN {asn}, which none can have in the lab" if asn else "does not say its ASN"
        yield f"the gateway {id_} {said}: {DEFAULT_ASN} stands for it"


def _allowed(records: Records, gateway_id: str) -> tuple[str, ...] | None:
    """The prefixes that a gateway's associations allow; None where no record speaks of them."""
    own = [each for each in records.associations if each.direct_connect_gateway_id == gateway_id]
    prefixes = [
        prefix.cidr
        for each in own
        if each.association_state in _STANDING
        for prefix in each.allowed_prefixes_to_direct_connect_gateway
    ]
    return tuple(dict.fromkeys(filter(_is_network, prefixes))) or None


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
