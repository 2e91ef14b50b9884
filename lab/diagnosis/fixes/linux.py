"""In iproute2's and iptables' words: the interfaces of kinds that configure none of their own, and all kinds' filters.

In a topology, `interfaces` of the router's node say the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from lab.diagnosis.causes import Cause

_SUB_INTERFACE = (
    "ip link add link <port> name <port>.{vlan} type vlan id {vlan} / ip link set <port>.{vlan} up / "
    "ip address add {customer} dev <port>.{vlan}"
)

#: On any router that is a Linux machine.
FILTERS: Mapping[Cause, str] = {
    Cause.VLAN_DOUBLE_TAGGED: "<port>.{vlan} on the port, not on a sub-interface; ip -d link show <port>.{vlan} tells",
    Cause.TCP_FILTERED: (
        "iptables (ip6tables) -I INPUT -s {amazon_ip} -p tcp -m multiport --ports 179 -j ACCEPT, "
        "and the same in OUTPUT with -d"
    ),
    Cause.MTU_BLACKHOLE: "ip link set <port>.{vlan} mtu <what the way takes>",
}

INTERFACES: Mapping[Cause, str] = {
    **FILTERS,
    Cause.CABLE_DOWN: "ip link set <port> up / ip link set <port>.{vlan} up",
    Cause.VLAN_UNTAGGED: f"ip address del {{customer}} dev <port> / {_SUB_INTERFACE}",
    Cause.VLAN_MISMATCH: f"ip link del <port>.{{seen}} / {_SUB_INTERFACE}",
    Cause.ADDRESS_SWAPPED: "ip address replace {customer} dev <port>.{vlan}; the neighbour is {amazon_ip}",
    Cause.ADDRESS_MISMATCH: (
        "ip address del {seen}/<length> dev <port>.{vlan} / ip address add {customer} dev <port>.{vlan}"
    ),
    Cause.PREFIX_LENGTH_MISMATCH: (
        "ip address del {customer_ip}/{seen} dev <port>.{vlan} / ip address add {customer} dev <port>.{vlan}"
    ),
    Cause.NO_NEIGHBOUR: _SUB_INTERFACE,
}
