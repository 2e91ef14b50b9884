"""In GoBGP's words, as they stand in gobgpd.toml."""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.causes import Cause
from lab.diagnosis.fixes import linux

FIXES: Mapping[Cause, str] = {
    **linux.INTERFACES,
    Cause.PEER_NOT_CONFIGURED: (
        '[[neighbors]] [neighbors.config] neighbor-address = "{amazon_ip}", peer-as = {amazon_asn}, '
        'auth-password = "<authKey>"'
    ),
    Cause.PEER_SHUT: "gobgp neighbor {amazon_ip} enable, and no admin-down = true in its block",
    Cause.BGP_NOT_LISTENING: (
        '[[neighbors]] [neighbors.config] neighbor-address = "{amazon_ip}", peer-as = {amazon_asn}, '
        'auth-password = "<authKey>"'
    ),
    Cause.SOURCE_ADDRESS: '[neighbors.transport.config] local-address = "{customer_ip}"',
    Cause.MD5_MISSING: '[neighbors.config] auth-password = "<authKey>"',
    Cause.MD5_MISMATCH: '[neighbors.config] auth-password = "<authKey>", exactly',
    Cause.TTL_SECURITY: "[neighbors.ttl-security.config] enabled = false",
    Cause.ASN_MISMATCH_CUSTOMER: "[global.config] as = {customer_asn}, or [neighbors.config] local-as = {customer_asn}",
    Cause.ASN_MISMATCH_AMAZON: "[neighbors.config] peer-as = {amazon_asn}",
    Cause.ROUTER_ID_CONFLICT: '[global.config] router-id = "<an address of the router\'s own>"',
    Cause.HOLD_TIME_REJECTED: "[neighbors.timers.config] hold-time = 90",
    Cause.FAMILY_NOT_NEGOTIATED: '[[neighbors.afi-safis]] [neighbors.afi-safis.config] afi-safi-name = "{afi}-unicast"',
    Cause.PREFIX_LIMIT_CUSTOMER: (
        "[neighbors.afi-safis.prefix-limit.config] max-prefixes = <{number} or more>, then "
        "gobgp neighbor {amazon_ip} reset"
    ),
    Cause.POLICY_BLOCKS_ROUTES: "an export policy of [global.apply-policy.config] that accepts what AWS is to have",
    Cause.NO_ROUTES_RECEIVED: "gobgp global rib add <prefix> -a {afi}",
    Cause.PREFIX_LIMIT_AWS: (
        "gobgp global rib del <prefix> -a {afi} until at most {limit} are left, then gobgp neighbor {amazon_ip} reset"
    ),
    Cause.HOLD_TIMER_EXPIRED: "gobgp neighbor {amazon_ip} and gobgpd's log say why; then the same with reset",
    Cause.FLAPPING: "gobgp neighbor {amazon_ip} has the session's past; the falls were: {reasons}",
    Cause.AS_PATH_LOOP: "gobgp global rib add <prefix> -a {afi}, without aspath and {amazon_asn}",
    Cause.NEXT_HOP_UNREACHABLE: "gobgp global rib add <prefix> -a {afi}, without nexthop",
}
