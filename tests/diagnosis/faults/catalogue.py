"""The faults, by a name that begins with the cause they must be found as.

Most are wrong terms. Some are done to the lab once the right router is up: cables pulled, filters set, speakers
killed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_interface

from lab.diagnosis import Cause
from tests.diagnosis.faults.terms import Neighbour, Terms

#: Changes the terms of a router.
Change = Callable[[Terms], Terms]


def nothing(terms: Terms) -> Terms:
    return terms


@dataclass(frozen=True)
class Fault:
    """One way to be wrong.

    :param change: what is wrong in the router's terms from the start.
    :param later: the name of what is done to it when it is up, see `bench.DEEDS`.
    :param only_on: the router kind that needs that.
    :param harmless: the router kinds on which it does no harm, and why.
    :param then: the causes that are to be named after it, where there are two faults.
    """

    name: str
    cause: Cause
    change: Change = nothing
    later: str = ""
    only_on: str = ""
    harmless: Mapping[str, str] = field(default_factory=dict)
    then: tuple[Cause, ...] = ()


def neighbours(change: Callable[[Neighbour], Neighbour]) -> Change:
    """The same change for both sessions."""
    return lambda terms: replace(terms, neighbours=tuple(map(change, terms.neighbours)))


def each(**changes: object) -> Change:
    return neighbours(lambda neighbour: replace(neighbour, **changes))  # type: ignore[arg-type]


def key(change: Callable[[str], str]) -> Change:
    return neighbours(lambda neighbour: replace(neighbour, key=change(neighbour.key or "")))


def terms(**changes: object) -> Change:
    return lambda right: replace(right, **changes)  # type: ignore[arg-type]


def both(*changes: Change) -> Change:
    def change(right: Terms) -> Terms:
        for one in changes:
            right = one(right)
        return right

    return change


def shifted(neighbour: Neighbour) -> Neighbour:
    """An address of the next block."""
    interface = ip_interface(neighbour.own)
    return replace(
        neighbour, own=f"{interface.ip + interface.network.num_addresses}/{interface.network.prefixlen}"
    )


def _swapped(neighbour: Neighbour) -> Neighbour:
    length = ip_interface(neighbour.own).network.prefixlen
    return replace(neighbour, own=f"{neighbour.address}/{length}", address=neighbour.own_ip)


def _longest(neighbour: Neighbour) -> Neighbour:
    return replace(neighbour, own=f"{neighbour.own_ip}/{31 if neighbour.family == 4 else 127}")


def _source(neighbour: Neighbour) -> Neighbour:
    return replace(neighbour, source="198.51.100.1" if neighbour.family == 4 else "2001:db8:feed::1")


def _many(neighbour: Neighbour) -> Neighbour:
    prefixes = {4: "10.99.{}.0/24", 6: "2001:db8:99:{:x}::/64"}[neighbour.family]
    return replace(neighbour, networks=tuple(prefixes.format(number) for number in range(101)))


def _foreign_hop(neighbour: Neighbour) -> Neighbour:
    return replace(neighbour, next_hop="203.0.113.9" if neighbour.family == 4 else "2001:db8:bad::9")


def _other_family(neighbour: Neighbour) -> Neighbour:
    return replace(neighbour, activate=(10 - neighbour.family,))


LOOPBACKS = ("198.51.100.1/32", "2001:db8:feed::1/128")

FAULTS: tuple[Fault, ...] = (
    Fault("lab-fault", Cause.LAB_FAULT, later="take the speaker's place"),
    Fault("cable-down", Cause.CABLE_DOWN, later="pull the cable"),
    Fault("cable-down-shut", Cause.CABLE_DOWN, terms(shut_interface=True)),
    Fault("vlan-mismatch", Cause.VLAN_MISMATCH, lambda right: replace(right, tags=(right.tags[0] + 1000,))),
    Fault("vlan-untagged", Cause.VLAN_UNTAGGED, terms(tags=())),
    Fault("vlan-double-tagged", Cause.VLAN_DOUBLE_TAGGED, later="tag it twice"),
    Fault("address-mismatch", Cause.ADDRESS_MISMATCH, neighbours(shifted)),
    Fault("address-swapped", Cause.ADDRESS_SWAPPED, neighbours(_swapped)),
    Fault("prefix-length-mismatch", Cause.PREFIX_LENGTH_MISMATCH, neighbours(_longest)),
    Fault("no-neighbour", Cause.NO_NEIGHBOUR, later="take the addresses away"),
    Fault("tcp-filtered-drop", Cause.TCP_FILTERED, later="drop port 179"),
    Fault("tcp-filtered-reject", Cause.TCP_FILTERED, later="reject port 179"),
    Fault("bgp-not-listening", Cause.BGP_NOT_LISTENING, later="stop the router"),
    Fault("bgp-not-listening-stranger", Cause.BGP_NOT_LISTENING, each(configured=False)),
    Fault(
        "source-address",
        Cause.SOURCE_ADDRESS,
        both(neighbours(_source), terms(loopbacks=LOOPBACKS)),
        harmless={"frr": "takes AWS's own call"},
    ),
    Fault("md5-missing", Cause.MD5_MISSING, each(key=None)),
    Fault("md5-mismatch", Cause.MD5_MISMATCH, key(lambda _: "an0therKey")),
    Fault("md5-mismatch-case", Cause.MD5_MISMATCH, key(str.upper)),
    Fault("md5-mismatch-quotes", Cause.MD5_MISMATCH, key(lambda right: f'"{right}"')),
    Fault("md5-mismatch-vif", Cause.MD5_MISMATCH, key(lambda _: "thekeyofanothervif")),
    Fault(
        "ttl-security", Cause.TTL_SECURITY, each(gtsm=True), harmless={"exabgp": "takes any TTL all the same"}
    ),
    Fault("asn-mismatch-customer", Cause.ASN_MISMATCH_CUSTOMER, terms(asn=65099)),
    Fault("asn-mismatch-amazon", Cause.ASN_MISMATCH_AMAZON, each(remote_asn=64599)),
    Fault(
        "router-id-conflict",
        Cause.ROUTER_ID_CONFLICT,
        terms(router_id="0.0.0.0"),
        harmless={"bird": "chooses one itself"},
    ),
    Fault("hold-time-rejected", Cause.HOLD_TIME_REJECTED, terms(hold=0)),
    Fault("family-not-negotiated", Cause.FAMILY_NOT_NEGOTIATED, neighbours(_other_family)),
    Fault("peer-shut", Cause.PEER_SHUT, later="shut the neighbours"),
    Fault("peer-shut-always", Cause.PEER_SHUT, each(shut=True)),
    Fault("peer-not-configured", Cause.PEER_NOT_CONFIGURED, later="remove the neighbours"),
    Fault("prefix-limit-aws", Cause.PREFIX_LIMIT_AWS, neighbours(_many)),
    Fault(
        "prefix-limit-customer",
        Cause.PREFIX_LIMIT_CUSTOMER,
        each(allow=1),
        later="ask for the routes again",
        only_on="frr",
    ),
    Fault("hold-timer-expired", Cause.HOLD_TIMER_EXPIRED, later="freeze the router"),
    Fault("mtu-blackhole", Cause.MTU_BLACKHOLE, later="narrow the way"),
    Fault("no-routes-received", Cause.NO_ROUTES_RECEIVED, each(networks=())),
    Fault("policy-blocks-routes", Cause.POLICY_BLOCKS_ROUTES, each(policy=False)),
    Fault("policy-blocks-routes-deny", Cause.POLICY_BLOCKS_ROUTES, each(deny=True)),
    Fault("as-path-loop", Cause.AS_PATH_LOOP, each(prepend=64512)),
    Fault("next-hop-unreachable", Cause.NEXT_HOP_UNREACHABLE, neighbours(_foreign_hop)),
    Fault("flapping", Cause.FLAPPING, later="reset it time and again"),
    # Two at once: what must be mended first.
    Fault("vlan-mismatch-and-key", Cause.VLAN_MISMATCH, both(terms(tags=(1999,)), key(str.upper))),
    Fault("md5-mismatch-and-asn", Cause.MD5_MISMATCH, both(key(str.upper), terms(asn=65099))),
    Fault(
        "asn-mismatch-both",
        Cause.ASN_MISMATCH_CUSTOMER,
        both(terms(asn=65099), each(remote_asn=64599)),
        then=(Cause.ASN_MISMATCH_AMAZON,),
    ),
)
