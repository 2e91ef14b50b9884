"""A finding in words: what is wrong, and what to change on this kind of router."""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.case import Expected
from lab.diagnosis.causes import Cause
from lab.diagnosis.fixes import template
from lab.diagnosis.verdict import Finding

EXPLANATIONS: Mapping[Cause, str] = {
    Cause.LAB_FAULT: "{what}. This is the lab's own failure, not the router's",
    Cause.CABLE_DOWN: "{what}",
    Cause.VLAN_UNTAGGED: "the router sends its frames untagged; the virtual interface is VLAN {vlan}",
    Cause.VLAN_DOUBLE_TAGGED: "the router sends its frames with the tags {tags}; the virtual interface is VLAN {vlan}",
    Cause.VLAN_MISMATCH: "the router sends its frames with VLAN {tags}; the virtual interface is VLAN {vlan}",
    Cause.ADDRESS_SWAPPED: "the router uses {amazon_ip}, Amazon's own address; the customer's is {customer}",
    Cause.ADDRESS_MISMATCH: "on VLAN {vlan} the router uses {seen}; the customer's address is {customer}",
    Cause.PREFIX_LENGTH_MISMATCH: (
        "the router has {customer_ip}/{seen}, in which Amazon's address {amazon_ip} is not; it is {customer}"
    ),
    Cause.NO_NEIGHBOUR: "on VLAN {vlan} nobody answers for {customer_ip}",
    Cause.PEER_NOT_CONFIGURED: "the router has taken the neighbour out of its configuration (Cease 6/3){message}",
    Cause.PEER_SHUT: "the neighbour is shut on the router{message}",
    Cause.TCP_FILTERED: "TCP to {customer_ip} port 179 is filtered: {whose}",
    Cause.BGP_NOT_LISTENING: "the router is there, but not for BGP: {what}",
    Cause.SOURCE_ADDRESS: "the router opens TCP from {seen}; the customer's address is {customer_ip}",
    Cause.MD5_MISSING: "the router does not sign with TCP-MD5; the peer has an authKey",
    Cause.MD5_MISMATCH: "the router signs with {mistake}, not with the peer's authKey",
    Cause.TTL_SECURITY: "the router wants more than the TTL 1 that AWS sends with (GTSM)",
    Cause.ASN_MISMATCH_CUSTOMER: "the router says that it is AS {seen}; the peer was made for AS {customer_asn}",
    Cause.ASN_MISMATCH_AMAZON: "the router expects {expects} of AWS, which is AS {amazon_asn} here",
    Cause.ROUTER_ID_CONFLICT: "{who} refuses the other's BGP identifier; the router's is {router_id}",
    Cause.HOLD_TIME_REJECTED: "{who} refuses the other's hold time; the router's is {hold}",
    Cause.FAMILY_NOT_NEGOTIATED: "the router offers {seen}; the peer is {wanted}",
    Cause.PREFIX_LIMIT_AWS: "the router announces {number} prefixes, AWS accepts {limit} (Cease 6/1)",
    Cause.PREFIX_LIMIT_CUSTOMER: "the router accepts {limit} prefixes and no more, AWS announces {number} (Cease 6/1)",
    Cause.MTU_BLACKHOLE: "large segments get lost {way}: {size} octets never arrive, small segments do",
    Cause.HOLD_TIMER_EXPIRED: "the session fell silent: {who} heard nothing for the hold time and ended it",
    Cause.FLAPPING: "the session came up and fell {number} times lately: {reasons}",
    Cause.AS_PATH_LOOP: "the router's routes carry AWS's own AS {amazon_asn} (AS path {path}), so AWS drops them",
    Cause.POLICY_BLOCKS_ROUTES: "the session is up, and the router announces nothing: {what}",
    Cause.NO_ROUTES_RECEIVED: "the session is up, and the router announces {what}",
    Cause.NEXT_HOP_UNREACHABLE: (
        "the routes' next hop is {seen}, which is not on the link; AWS has no way there"
    ),
}

_ANOTHER_KEY = "another key"


def explanation(finding: Finding, expected: Expected) -> str:
    """What is wrong, in a sentence without its full stop."""
    return EXPLANATIONS[finding.cause].format_map(_values(finding, expected))


def fix(finding: Finding, expected: Expected) -> str:
    """What to change, in words that fit the router's kind."""
    words = finding.facts.get("remedy") or template(finding.cause, expected.kind)
    return words.format_map(_values(finding, expected))


def _values(finding: Finding, expected: Expected) -> dict[str, str]:
    facts = dict(finding.facts)
    if finding.cause is Cause.MD5_MISMATCH:
        facts["mistake"] = facts["mistake"] or _ANOTHER_KEY
    return {
        "amazon_ip": expected.amazon_ip,
        "customer_ip": expected.customer_ip,
        "customer": expected.customer,
        "prefix_length": str(expected.prefix_length),
        "vlan": str(expected.vlan),
        "amazon_asn": str(expected.amazon_asn),
        "customer_asn": str(expected.customer_asn),
        "connection": expected.connection,
        "afi": f"ipv{expected.family}",
        "ip": "ip" if expected.family == 4 else "ipv6",
        **facts,
    }
