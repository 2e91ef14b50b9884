"""What to change, in words for any router. Kinds that have more exact ones say so in their own module."""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.causes import Cause

FIXES: Mapping[Cause, str] = {
    Cause.LAB_FAULT: (
        "nothing on the router: this is the lab's own. See its log; 'dxlab down' and 'dxlab up' make it anew"
    ),
    Cause.CABLE_DOWN: "plug the cable in at the router, and enable its interface and its VLAN {vlan} sub-interface",
    Cause.VLAN_UNTAGGED: "put {customer} on an 802.1Q sub-interface with VLAN {vlan}, not on the port itself",
    Cause.VLAN_DOUBLE_TAGGED: (
        "send one tag only: VLAN {vlan} with EtherType 0x8100, without an outer service tag (QinQ) on the port"
    ),
    Cause.VLAN_MISMATCH: "give the sub-interface with {customer} VLAN {vlan} in place of {seen}",
    Cause.ADDRESS_SWAPPED: (
        "exchange the two addresses: the router's is {customer}, the BGP neighbour is {amazon_ip}"
    ),
    Cause.ADDRESS_MISMATCH: "give the VLAN {vlan} sub-interface the address {customer} in place of {seen}",
    Cause.PREFIX_LENGTH_MISMATCH: "give {customer_ip} the prefix length /{prefix_length} in place of /{seen}",
    Cause.NO_NEIGHBOUR: "give the router a VLAN {vlan} sub-interface, enabled, with the address {customer}",
    Cause.PEER_NOT_CONFIGURED: (
        "configure the neighbour {amazon_ip}, AS {amazon_asn}, again; or delete the BGP peer at AWS"
    ),
    Cause.PEER_SHUT: "enable the neighbour {amazon_ip} on the router",
    Cause.TCP_FILTERED: (
        "let TCP from {amazon_ip} to {customer_ip} port 179, and its answers, through the packet filter"
    ),
    Cause.BGP_NOT_LISTENING: (
        "run BGP on the router, with the neighbour {amazon_ip}, AS {amazon_asn}, and the peer's authKey"
    ),
    Cause.SOURCE_ADDRESS: "open the session from {customer_ip}, the address of the link, not from {seen}",
    Cause.MD5_MISSING: "set the peer's authKey as the TCP-MD5 password of the neighbour {amazon_ip}",
    Cause.MD5_MISMATCH: "set exactly the peer's authKey as the TCP-MD5 password of the neighbour {amazon_ip}",
    Cause.TTL_SECURITY: "turn GTSM (TTL security) off for {amazon_ip}: AWS sends with TTL 1",
    Cause.ASN_MISMATCH_CUSTOMER: (
        "use AS {customer_asn} towards {amazon_ip}; or delete the peer and make one with AS {seen}"
    ),
    Cause.ASN_MISMATCH_AMAZON: "expect AS {amazon_asn} of {amazon_ip}, in place of {expects}",
    Cause.ROUTER_ID_CONFLICT: "give the router a BGP identifier of its own, the address of a loopback for instance",
    Cause.HOLD_TIME_REJECTED: "offer a hold time of 3 s or more to {amazon_ip}; AWS offers 90 s",
    Cause.FAMILY_NOT_NEGOTIATED: "enable {wanted} for the neighbour {amazon_ip}",
    Cause.PREFIX_LIMIT_AWS: (
        "announce at most {limit} prefixes to {amazon_ip}: summarise or filter, then reset the session"
    ),
    Cause.PREFIX_LIMIT_CUSTOMER: (
        "raise the router's prefix limit for {amazon_ip}: AWS announces {number}; then reset the session"
    ),
    Cause.MTU_BLACKHOLE: (
        "let frames of the full MTU pass everywhere between router and AWS, or lower the MTU of the router's "
        "sub-interface to what the way takes"
    ),
    Cause.HOLD_TIMER_EXPIRED: (
        "look at what stopped the router from sending: its load, a filter that was changed, the way to AWS"
    ),
    Cause.FLAPPING: "look at the reasons of the falls: {reasons}",
    Cause.AS_PATH_LOOP: "take AS {amazon_asn} out of the AS path of what the router announces",
    Cause.POLICY_BLOCKS_ROUTES: "let the outbound policy towards {amazon_ip} pass the routes that AWS is to have",
    Cause.NO_ROUTES_RECEIVED: "announce a prefix to {amazon_ip}",
    Cause.NEXT_HOP_UNREACHABLE: "announce the routes with {customer_ip} as their next hop (next hop self)",
}
