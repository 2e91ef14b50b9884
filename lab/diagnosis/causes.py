"""The causes that a diagnosis names, in the order in which they must be mended.

The order follows the layers: a cable before a tag, a tag before an address, an address before TCP, TCP before
BGP, BGP before routes. Where two faults are there at once, the first one hides the second from the wire; it is
named, and the other one when the first is gone.
"""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """What is wrong. The values are stable: scripts and pages go by them."""

    LAB_FAULT = "lab-fault"
    CABLE_DOWN = "cable-down"
    VLAN_UNTAGGED = "vlan-untagged"
    VLAN_DOUBLE_TAGGED = "vlan-double-tagged"
    VLAN_MISMATCH = "vlan-mismatch"
    ADDRESS_SWAPPED = "address-swapped"
    ADDRESS_MISMATCH = "address-mismatch"
    PREFIX_LENGTH_MISMATCH = "prefix-length-mismatch"
    NO_NEIGHBOUR = "no-neighbour"
    # Cease says what the operator did; what follows on the wire (no answer, no key) is only its consequence.
    PEER_NOT_CONFIGURED = "peer-not-configured"
    PEER_SHUT = "peer-shut"
    TCP_FILTERED = "tcp-filtered"
    BGP_NOT_LISTENING = "bgp-not-listening"
    SOURCE_ADDRESS = "source-address"
    MD5_MISSING = "md5-missing"
    MD5_MISMATCH = "md5-mismatch"
    TTL_SECURITY = "ttl-security"
    ASN_MISMATCH_CUSTOMER = "asn-mismatch-customer"
    ASN_MISMATCH_AMAZON = "asn-mismatch-amazon"
    ROUTER_ID_CONFLICT = "router-id-conflict"
    HOLD_TIME_REJECTED = "hold-time-rejected"
    FAMILY_NOT_NEGOTIATED = "family-not-negotiated"
    PREFIX_LIMIT_AWS = "prefix-limit-aws"
    PREFIX_LIMIT_CUSTOMER = "prefix-limit-customer"
    MTU_BLACKHOLE = "mtu-blackhole"
    HOLD_TIMER_EXPIRED = "hold-timer-expired"
    FLAPPING = "flapping"
    AS_PATH_LOOP = "as-path-loop"
    POLICY_BLOCKS_ROUTES = "policy-blocks-routes"
    NO_ROUTES_RECEIVED = "no-routes-received"
    NEXT_HOP_UNREACHABLE = "next-hop-unreachable"

    @property
    def rank(self) -> int:
        """Counts up in the order of mending."""
        return _RANKS[self]


_RANKS = {cause: rank for rank, cause in enumerate(Cause)}

#: In place of a cause, where there is none: the session is up and useful, or the evidence does not say yet.
HEALTHY = "healthy"
UNCLEAR = "unclear"

#: What each cause is, in a line.
MEANINGS: dict[Cause, str] = {
    Cause.LAB_FAULT: "the lab's own speaker or interface failed",
    Cause.CABLE_DOWN: "no carrier, interface shut, or cable not plugged",
    Cause.VLAN_UNTAGGED: "the router's frames arrive without a tag",
    Cause.VLAN_DOUBLE_TAGGED: "the router's frames arrive with two tags",
    Cause.VLAN_MISMATCH: "the router's frames arrive with another tag",
    Cause.ADDRESS_SWAPPED: "the router uses Amazon's address as its own",
    Cause.ADDRESS_MISMATCH: "the router uses another address on the right VLAN",
    Cause.PREFIX_LENGTH_MISMATCH: "the router's address has another prefix length, which leaves Amazon's out",
    Cause.NO_NEIGHBOUR: "right VLAN, and nobody answers ARP or neighbour discovery",
    Cause.PEER_NOT_CONFIGURED: "the router has removed the neighbour (Cease 6/3)",
    Cause.PEER_SHUT: "the neighbour is administratively shut on the router (Cease 6/2)",
    Cause.TCP_FILTERED: "TCP port 179 is filtered",
    Cause.BGP_NOT_LISTENING: "BGP does not run on the router, or knows no such neighbour",
    Cause.SOURCE_ADDRESS: "the router opens TCP from another address, a loopback's for instance",
    Cause.MD5_MISSING: "the router does not sign with TCP-MD5",
    Cause.MD5_MISMATCH: "the router signs with another key",
    Cause.TTL_SECURITY: "the router drops AWS's TTL 1 (GTSM)",
    Cause.ASN_MISMATCH_CUSTOMER: "the router's own ASN is not the one that the peer was made with",
    Cause.ASN_MISMATCH_AMAZON: "the router expects another ASN of AWS",
    Cause.ROUTER_ID_CONFLICT: "the BGP identifier is refused",
    Cause.HOLD_TIME_REJECTED: "the hold time in the OPEN is refused",
    Cause.FAMILY_NOT_NEGOTIATED: "the router does not offer the peer's address family",
    Cause.PREFIX_LIMIT_AWS: "the router announces more prefixes than AWS accepts",
    Cause.PREFIX_LIMIT_CUSTOMER: "AWS announces more prefixes than the router accepts",
    Cause.MTU_BLACKHOLE: "large segments get lost on the way",
    Cause.HOLD_TIMER_EXPIRED: "the session fell silent and timed out",
    Cause.FLAPPING: "the session comes up and falls again and again",
    Cause.AS_PATH_LOOP: "the router's routes carry AWS's own ASN, and are dropped",
    Cause.POLICY_BLOCKS_ROUTES: "a policy on the router lets no route out",
    Cause.NO_ROUTES_RECEIVED: "the session is up, and the router announces nothing",
    Cause.NEXT_HOP_UNREACHABLE: "the routes' next hop is nowhere AWS could send to",
}
