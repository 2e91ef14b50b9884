"""A `SpeakerSpec` in ExaBGP's terms: the Neighbor, and the routes it announces.

What AWS offers on a virtual interface (user guide, "BGP-specific settings"): one address family per session, 4-octet
ASNs, route refresh; hold time 90 s, nothing below 3. AWS also offers graceful restart, with a timer of 120 s. ExaBGP
has it, but once it is negotiated closes sessions without a NOTIFICATION, and the router would keep the routes of a
peer that was deleted; so it is left out. With route refresh ExaBGP always offers the enhanced one (RFC 7313) too.

The Neighbor is built as an object, not from configuration text, and never learns the MD5 key.
"""

from __future__ import annotations

import logging
from collections import defaultdict

from exabgp.bgp.message.action import Action
from exabgp.bgp.message.open.asn import ASN
from exabgp.bgp.message.open.holdtime import HoldTime
from exabgp.bgp.message.open.routerid import RouterID
from exabgp.bgp.message.update.attribute.attributes import Attributes
from exabgp.bgp.message.update.attribute.nexthop import NextHop
from exabgp.bgp.message.update.attribute.origin import Origin
from exabgp.bgp.message.update.nlri.cidr import CIDR
from exabgp.bgp.message.update.nlri.inet import INET
from exabgp.bgp.neighbor import Neighbor
from exabgp.environment import getenv
from exabgp.logger.option import option
from exabgp.protocol.family import AFI, SAFI
from exabgp.protocol.ip import IP
from exabgp.rib.change import Change

from lab.bgp.spec import Network, SpeakerSpec

MINIMUM_HOLD_TIME = 3

# What ExaBGP is to report: everything but the changes of its own state machine.
_REPORTS = (
    "neighbor-changes",
    "negotiated",
    "send-consolidate",
    "send-packets",
    "send-open",
    "send-notification",
    "receive-consolidate",
    "receive-packets",
    "receive-open",
    "receive-notification",
    "receive-keepalive",
    "receive-update",
    "receive-refresh",
)


def prepare_exabgp() -> None:
    """Once per process, before the first Neighbor: never dial, and log errors only, to standard error."""
    getenv().bgp.passive = True
    option.logger = logging.getLogger("exabgp")
    option.logger.propagate = False
    option.logger.addHandler(logging.StreamHandler())
    option.formater = _log_line
    option.logit = {"ERROR": True, "CRITICAL": True}


def _log_line(message: str, source: str, level: str, _timestamp: object) -> str:
    return f"{level} {source}: {message}"


def afi(version: int) -> AFI:
    """ExaBGP's number for the address family 4 or 6."""
    return AFI.ipv6 if version == 6 else AFI.ipv4


def neighbor(spec: SpeakerSpec) -> Neighbor:
    """The Neighbor of a speaker, with its announcements queued."""
    made = Neighbor()
    made["peer-address"] = IP.create(str(spec.peer_address))
    made["local-address"] = IP.create(str(spec.local_address))
    made["router-id"] = RouterID(str(spec.router_id))
    made["local-as"] = ASN(spec.local_asn)
    made["peer-as"] = ASN(spec.peer_asn)
    made["hold-time"] = HoldTime(spec.hold_time)
    made["adj-rib-in"] = False
    made["capability"].update({"extended-message": False, "route-refresh": True})
    made.api = defaultdict(bool, dict.fromkeys(_REPORTS, True))
    made.add_family((afi(spec.family), SAFI.unicast))
    made.infer()
    made.make_rib()
    for prefix in spec.announce:
        made.rib.outgoing.add_to_rib(change(spec, prefix))
    return made


def change(spec: SpeakerSpec, prefix: Network) -> Change:
    """The announcement of one prefix: ORIGIN IGP, next hop self. ExaBGP makes AS_PATH the local ASN."""
    next_hop = IP.create(str(spec.local_address))
    nlri = INET(afi(prefix.version), SAFI.unicast, Action.ANNOUNCE)
    nlri.cidr = CIDR(prefix.network_address.packed, prefix.prefixlen)
    nlri.nexthop = next_hop
    attributes = Attributes()
    attributes.add(Origin(Origin.IGP))
    attributes.add(NextHop(str(next_hop), next_hop.pack()))
    return Change(nlri, attributes)
