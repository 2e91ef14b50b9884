"""In ExaBGP's words, as they stand in its configuration."""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.causes import Cause
from lab.diagnosis.fixes import linux

FIXES: Mapping[Cause, str] = {
    **linux.INTERFACES,
    Cause.PEER_NOT_CONFIGURED: "neighbor {amazon_ip} {{ peer-as {amazon_asn}; md5-password '<authKey>'; ... }}",
    Cause.BGP_NOT_LISTENING: (
        "neighbor {amazon_ip} {{ local-address {customer_ip}; local-as {customer_asn}; peer-as {amazon_asn}; "
        "md5-password '<authKey>'; md5-base64 false; }}"
    ),
    Cause.SOURCE_ADDRESS: "local-address {customer_ip};",
    Cause.MD5_MISSING: "md5-password '<authKey>'; md5-base64 false;",
    Cause.MD5_MISMATCH: "md5-password '<authKey>'; md5-base64 false; (by itself it takes some keys for base64)",
    Cause.TTL_SECURITY: "no incoming-ttl",
    Cause.ASN_MISMATCH_CUSTOMER: "local-as {customer_asn};",
    Cause.ASN_MISMATCH_AMAZON: "peer-as {amazon_asn};",
    Cause.ROUTER_ID_CONFLICT: "router-id <an address of the router's own>;",
    Cause.HOLD_TIME_REJECTED: "hold-time 90;",
    Cause.FAMILY_NOT_NEGOTIATED: "family {{ {afi} unicast; }}",
    Cause.NO_ROUTES_RECEIVED: "static {{ route <prefix> next-hop self; }}",
    Cause.AS_PATH_LOOP: "no AS {amazon_asn} in the 'as-path' of the routes",
    Cause.NEXT_HOP_UNREACHABLE: "route <prefix> next-hop self;",
    Cause.PEER_SHUT: "the neighbor {amazon_ip} in its configuration, without 'passive'; it has no other way to be shut",
    Cause.PREFIX_LIMIT_AWS: "at most {limit} routes in 'static' and from its processes",
    Cause.PREFIX_LIMIT_CUSTOMER: "no process that ends the session over {number} prefixes; it has no limit of its own",
    Cause.HOLD_TIMER_EXPIRED: "its log says what stopped it, such as a process of its own that does not read",
    Cause.FLAPPING: "its log has the reason of each fall: {reasons}",
    Cause.POLICY_BLOCKS_ROUTES: "static {{ route <prefix> next-hop self; }}; it has no policy to hold one back",
}
