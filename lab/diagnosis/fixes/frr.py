"""In FRR's words, as typed in vtysh."""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.causes import Cause
from lab.diagnosis.fixes import linux

FIXES: Mapping[Cause, str] = {
    **linux.FILTERS,
    Cause.CABLE_DOWN: "interface <port> / no shutdown; interface <port>.{vlan} / no shutdown",
    Cause.VLAN_UNTAGGED: "interface <port>.{vlan} / {ip} address {customer}",
    Cause.VLAN_MISMATCH: "interface <port>.{vlan} / {ip} address {customer}, and take it from <port>.{seen}",
    Cause.ADDRESS_SWAPPED: (
        "interface <port>.{vlan} / {ip} address {customer}; neighbor {amazon_ip} remote-as {amazon_asn}"
    ),
    Cause.ADDRESS_MISMATCH: "interface <port>.{vlan} / no {ip} address {seen}/<length> / {ip} address {customer}",
    Cause.PREFIX_LENGTH_MISMATCH: (
        "interface <port>.{vlan} / no {ip} address {customer_ip}/{seen} / {ip} address {customer}"
    ),
    Cause.NO_NEIGHBOUR: "interface <port>.{vlan} / no shutdown / {ip} address {customer}",
    Cause.PEER_NOT_CONFIGURED: "neighbor {amazon_ip} remote-as {amazon_asn} / neighbor {amazon_ip} password <authKey>",
    Cause.PEER_SHUT: "no neighbor {amazon_ip} shutdown",
    Cause.BGP_NOT_LISTENING: (
        "router bgp {customer_asn} / neighbor {amazon_ip} remote-as {amazon_asn} / "
        "neighbor {amazon_ip} password <authKey>"
    ),
    Cause.SOURCE_ADDRESS: "no neighbor {amazon_ip} update-source",
    Cause.MD5_MISSING: "neighbor {amazon_ip} password <authKey>",
    Cause.MD5_MISMATCH: "neighbor {amazon_ip} password <authKey>, without quotation marks or a space behind it",
    Cause.TTL_SECURITY: "no neighbor {amazon_ip} ttl-security hops 1",
    Cause.ASN_MISMATCH_CUSTOMER: "router bgp {customer_asn}; or neighbor {amazon_ip} local-as {customer_asn}",
    Cause.ASN_MISMATCH_AMAZON: "neighbor {amazon_ip} remote-as {amazon_asn}",
    Cause.ROUTER_ID_CONFLICT: "bgp router-id <an address of the router's own>",
    Cause.HOLD_TIME_REJECTED: "neighbor {amazon_ip} timers 30 90",
    Cause.FAMILY_NOT_NEGOTIATED: "address-family {wanted} / neighbor {amazon_ip} activate",
    Cause.PREFIX_LIMIT_AWS: (
        "neighbor {amazon_ip} prefix-list <at most {limit} prefixes> out, then clear bgp {amazon_ip}"
    ),
    Cause.PREFIX_LIMIT_CUSTOMER: "neighbor {amazon_ip} maximum-prefix <{number} or more>, then clear bgp {amazon_ip}",
    Cause.AS_PATH_LOOP: "take 'set as-path prepend {amazon_asn}' out of the outbound route-map",
    Cause.POLICY_BLOCKS_ROUTES: (
        "neighbor {amazon_ip} route-map <what AWS is to have> out (or no bgp ebgp-requires-policy)"
    ),
    Cause.NO_ROUTES_RECEIVED: "address-family {afi} unicast / network <prefix>",
    Cause.NEXT_HOP_UNREACHABLE: "neighbor {amazon_ip} next-hop-self, and no 'set ip next-hop' in its route-map",
    Cause.HOLD_TIMER_EXPIRED: "show bgp neighbors {amazon_ip} and show log say why; then clear bgp {amazon_ip}",
    Cause.FLAPPING: "show bgp neighbors {amazon_ip} has the last reset; the falls were: {reasons}",
}
