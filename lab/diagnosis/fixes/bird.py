"""In BIRD 2's words, as they stand in bird.conf."""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.causes import Cause
from lab.diagnosis.fixes import linux

FIXES: Mapping[Cause, str] = {
    **linux.INTERFACES,
    Cause.ADDRESS_SWAPPED: "the interface has {customer}; protocol bgp: neighbor {amazon_ip} as {amazon_asn};",
    Cause.PEER_NOT_CONFIGURED: 'protocol bgp: neighbor {amazon_ip} as {amazon_asn}; password "<authKey>";',
    Cause.PEER_SHUT: "birdc enable <protocol>, and no 'disabled;' in its block",
    Cause.BGP_NOT_LISTENING: (
        "protocol bgp: local {customer_ip} as {customer_asn}; neighbor {amazon_ip} as {amazon_asn}; "
        'password "<authKey>";'
    ),
    Cause.SOURCE_ADDRESS: "local {customer_ip} as {customer_asn}; and no other 'source address'",
    Cause.MD5_MISSING: 'password "<authKey>";',
    Cause.MD5_MISMATCH: 'password "<authKey>"; exactly, with nothing else inside the quotation marks',
    Cause.TTL_SECURITY: "ttl security off;",
    Cause.ASN_MISMATCH_CUSTOMER: "local as {customer_asn};",
    Cause.ASN_MISMATCH_AMAZON: "neighbor {amazon_ip} as {amazon_asn};",
    Cause.ROUTER_ID_CONFLICT: "router id <an address of the router's own>;",
    Cause.HOLD_TIME_REJECTED: "hold time 90;",
    Cause.FAMILY_NOT_NEGOTIATED: "a channel of the family in the protocol: {afi} {{ import all; export filter ...; }};",
    Cause.PREFIX_LIMIT_AWS: "an export filter that lets at most {limit} prefixes out, then birdc restart <protocol>",
    Cause.PREFIX_LIMIT_CUSTOMER: "import limit <{number} or more>; then birdc restart <protocol>",
    Cause.AS_PATH_LOOP: "no bgp_path.prepend({amazon_asn}) in the export filter",
    Cause.POLICY_BLOCKS_ROUTES: "{afi} {{ export filter <what AWS is to have>; }};",
    Cause.NO_ROUTES_RECEIVED: "protocol static: route <prefix> blackhole; and an export filter that lets it out",
    Cause.NEXT_HOP_UNREACHABLE: "next hop self; in the channel",
    Cause.HOLD_TIMER_EXPIRED: "birdc show protocols all <protocol> says what stopped it; then birdc restart <protocol>",
    Cause.FLAPPING: "birdc show protocols all <protocol> has the last error; the falls were: {reasons}",
}
