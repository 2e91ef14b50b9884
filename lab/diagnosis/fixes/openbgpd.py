"""In OpenBGPD's words, as they stand in bgpd.conf."""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.causes import Cause
from lab.diagnosis.fixes import linux

FIXES: Mapping[Cause, str] = {
    **linux.INTERFACES,
    Cause.PEER_NOT_CONFIGURED: 'neighbor {amazon_ip} {{ remote-as {amazon_asn}  tcp md5sig password "<authKey>" }}',
    Cause.PEER_SHUT: "bgpctl neighbor {amazon_ip} up, and no 'down' in its block",
    Cause.BGP_NOT_LISTENING: (
        'listen on {customer_ip}; neighbor {amazon_ip} {{ remote-as {amazon_asn}  tcp md5sig password "<authKey>" }}'
    ),
    Cause.SOURCE_ADDRESS: "local-address {customer_ip}",
    Cause.MD5_MISSING: 'tcp md5sig password "<authKey>"',
    Cause.MD5_MISMATCH: 'tcp md5sig password "<authKey>", exactly',
    Cause.TTL_SECURITY: "ttl-security no",
    Cause.ASN_MISMATCH_CUSTOMER: "AS {customer_asn}, or local-as {customer_asn} for the neighbour",
    Cause.ASN_MISMATCH_AMAZON: "remote-as {amazon_asn}",
    Cause.ROUTER_ID_CONFLICT: "router-id <an address of the router's own>",
    Cause.HOLD_TIME_REJECTED: "holdtime 90",
    Cause.FAMILY_NOT_NEGOTIATED: "announce {afi} unicast",
    Cause.PREFIX_LIMIT_AWS: "deny to {amazon_ip}, then allow to {amazon_ip} prefix {{ at most {limit} prefixes }}",
    Cause.PREFIX_LIMIT_CUSTOMER: "max-prefix <{number} or more>, then bgpctl neighbor {amazon_ip} clear",
    Cause.AS_PATH_LOOP: "no prepend-self or prepend-neighbor with AS {amazon_asn}",
    Cause.POLICY_BLOCKS_ROUTES: "allow to {amazon_ip} prefix <what AWS is to have> (without a rule nothing goes out)",
    Cause.NO_ROUTES_RECEIVED: "network <prefix>",
    Cause.NEXT_HOP_UNREACHABLE: "match to {amazon_ip} set nexthop self",
    Cause.HOLD_TIMER_EXPIRED: "bgpctl show neighbor {amazon_ip} says why; then bgpctl neighbor {amazon_ip} clear",
    Cause.FLAPPING: "bgpctl show neighbor {amazon_ip} has the last error; the falls were: {reasons}",
}
