"""Clone what a lab has, play that in another lab: both have the same."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lab.directconnect.locations import HOSTED_BANDWIDTHS
from lab.directconnect.model import LogicalRedundancy
from tests.clone.worlds import cloned, comparable, described, loaded, played, world
from tests.directconnect.office import Office

NAMES = st.text(st.sampled_from(string.ascii_letters + string.digits + " -_,/"), min_size=1, max_size=12)
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=80) | st.sampled_from(
    [
        "${WORD}",
        "$${WORD}",
        "123456",
        "1e5000",
        "2026-11-24",
        "0x1234abcd",
        "~null~",
        "'single'",
        '"double"',
        "a:b#c\\d",
    ]
)
ASNS = st.integers(1, 7000) | st.integers(65000, 65100) | st.integers(4200000000, 4294967294)
WORDS = st.text(st.sampled_from("aé Z0_.:/=+-@"), min_size=1, max_size=8)
TAGS = st.dictionaries(WORDS, WORDS | st.just(""), max_size=2).map(
    lambda tags: [{"key": key, "value": value} for key, value in tags.items()]
)

#: A virtual interface as a customer orders it, but for what others decide: VLAN, connection, gateway.
ORDERS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "kind": st.sampled_from(["private", "transit", "public", "on gateway"]),
        "asn": ASNS,
        "families": st.sampled_from([("ipv4",), ("ipv6",), ("ipv4", "ipv6"), ("ipv6", "ipv4")]),
        "keys": st.lists(KEYS, min_size=2, max_size=2),
        "mtu": st.sampled_from([None, 1500, 8500]),
        "given": st.booleans(),
        "limit": st.none() | st.integers(0, 1000),
        "tags": TAGS,
    }
)
CONNECTIONS = st.lists(
    st.tuples(NAMES, st.sampled_from(HOSTED_BANDWIDTHS), st.sampled_from(LogicalRedundancy), TAGS),
    min_size=1,
    max_size=3,
    unique_by=lambda connection: connection[0],
)


def order(office: Office, number: int, connection_id: str, wanted: Mapping[str, Any]) -> None:
    """Order a virtual interface with its peers."""
    kind, (first, *others) = wanted["kind"], wanted["families"]
    if kind == "public":
        first, others = "ipv4", [family for family in wanted["families"] if family == "ipv6"]
    members = {
        "virtualInterfaceName": wanted["name"],
        "vlan": 100 + number,
        "asn": None,
        "asnLong": wanted["asn"],
        "addressFamily": first,
        "authKey": wanted["keys"][0],
        "tags": wanted["tags"],
        **(addresses(number) if kind == "public" or (wanted["given"] and first == "ipv4") else {}),
    }
    more = {"mtu": wanted["mtu"], "prefixPoolAllocatedCountIpv6": wanted["limit"]}
    vif = make(office, kind, number, connection_id, members, more)
    for family, key in zip(others, wanted["keys"][1:], strict=False):
        office.add_peer(
            vif["virtualInterfaceId"], asn=None, asnLong=wanted["asn"], addressFamily=family, authKey=key
        )


def make(
    office: Office,
    kind: str,
    number: int,
    connection_id: str,
    members: Mapping[str, Any],
    more: Mapping[str, Any],
) -> dict[str, Any]:
    if kind == "public":
        return office.public(connection_id, **members)
    if kind == "private":
        return office.private(connection_id, **members, **more)
    gateway = office.gateway(f"gateway {number}", amazonSideAsn=64999, tags=[{"key": "a", "value": "b"}])
    if kind == "transit":
        return office.transit(connection_id, gateway, **members, **more, enableSiteLink=True)
    return office.private(
        connection_id, **members, **more, virtualGatewayId=None, directConnectGatewayId=gateway
    )


def addresses(number: int) -> dict[str, str]:
    return {
        "amazonAddress": f"203.0.113.{4 * number + 2}/30",
        "customerAddress": f"203.0.113.{4 * number + 1}/30",
    }


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate],
)
@given(
    connections=CONNECTIONS,
    orders=st.lists(ORDERS, min_size=1, max_size=5, unique_by=lambda wanted: wanted["name"]),
    redact=st.booleans(),
)
def test_what_a_world_has_is_had_by_another(
    tmp_path: Path,
    connections: Sequence[tuple[str, str, LogicalRedundancy, Sequence[Mapping[str, str]]]],
    orders: Sequence[Mapping[str, Any]],
    redact: bool,
) -> None:
    with world() as original, world() as copy:
        ports = [
            original.plug(name, bandwidth=bandwidth, logical_redundancy=redundancy, tags=tags)
            for name, bandwidth, redundancy, tags in connections
        ]
        for number, wanted in enumerate(orders):
            order(original, number, ports[number % len(ports)].id, wanted)
        wanted_world = described(original)
        used = {vif["connectionId"] for vif in wanted_world["virtualInterfaces"]}
        wanted_world["connections"] = [
            each for each in wanted_world["connections"] if each["connectionId"] in used
        ]
        text = cloned(wanted_world, redact=redact)
        played(copy, loaded(tmp_path, text), keys_of(wanted_world, text) if redact else {})
        assert comparable(described(copy)) == comparable(wanted_world)


def keys_of(answers: Mapping[str, Any], text: str) -> dict[str, str]:
    """The environment that a redacted topology asks for, whose variables come in the order of the peers."""
    variables = [line.removeprefix("#   ") for line in text.splitlines() if line.startswith("#   DXLAB_KEY_")]
    keys = [peer["authKey"] for vif in answers["virtualInterfaces"] for peer in vif["bgpPeers"]]
    assert not [key for key in keys if f"authKey: {key}\n" in text]
    return dict(zip(variables, keys, strict=True))


def test_two_peers_of_one_family(tmp_path: Path) -> None:
    with world() as original, world() as copy:
        connection = original.plug(logical_redundancy=LogicalRedundancy.YES)
        vif_id = original.private(connection.id)["virtualInterfaceId"]
        for family in ("ipv6", "ipv4", "ipv6"):
            original.add_peer(vif_id, addressFamily=family)
        played(copy, loaded(tmp_path, cloned(described(original))))
        assert comparable(described(copy)) == comparable(described(original))


def test_addresses_that_the_original_was_given_anew(tmp_path: Path) -> None:
    """A block other than the first, as every real account has."""
    with world() as original, world() as copy:
        vif_id = original.private(original.plug().id)["virtualInterfaceId"]
        for _ in range(2):
            peer_id = original.add_peer(vif_id)["bgpPeers"][-1]["bgpPeerId"]
            original.call("DeleteBGPPeer", virtualInterfaceId=vif_id, bgpPeerId=peer_id)
            original.cloud.peer_removed(vif_id, peer_id)
        original.add_peer(vif_id)
        played(copy, loaded(tmp_path, cloned(described(original))))
        assert comparable(described(copy)) == comparable(described(original))


def test_a_clone_of_a_clone_is_the_clone(tmp_path: Path) -> None:
    with world() as original, world() as copy:
        vif_id = original.private(original.plug().id)["virtualInterfaceId"]
        original.add_peer(vif_id)
        first = cloned(described(original))
        played(copy, loaded(tmp_path, first))
        assert cloned(described(copy)) == first
