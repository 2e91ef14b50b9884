"""What becomes of a real account's particulars: each becomes a part of the topology, or a remark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.clone import Choice, Style, document, read, select, text
from lab.errors import UsageError
from tests.clone.worlds import cloned, loaded, played, world

Record = dict[str, Any]

GATEWAY = "5f294f92-bafb-4011-916d-9b0bd0000001"


def vif(number: int = 1, **members: Any) -> Record:  # noqa: ANN401 - members have every type
    """A private virtual interface with one IPv4 peer, as DescribeVirtualInterfaces has it, but for what is given."""
    terms = {
        "asn": 65001,
        "asnLong": 65001,
        "authKey": "s3cretKey9",
        "addressFamily": "ipv4",
        "amazonAddress": f"169.254.{number}.1/30",
        "customerAddress": f"169.254.{number}.2/30",
    }
    return {
        "virtualInterfaceId": f"dxvif-fg{number:06}",
        "location": "EqDC2",
        "connectionId": "dxcon-fg000001",
        "virtualInterfaceType": "private",
        "virtualInterfaceName": f"office {number}",
        "vlan": 100 + number,
        "amazonSideAsn": 64512,
        "virtualInterfaceState": "available",
        "virtualGatewayId": "vgw-0a1b2c3d",
        "directConnectGatewayId": "",
        "bgpPeers": [peer(**terms)],
        "region": "us-east-1",
        **terms,
        **members,
    }


def peer(**members: Any) -> Record:  # noqa: ANN401 - see above
    return {"bgpPeerState": "available", "bgpStatus": "up", "asn": 65001, "authKey": "s3cretKey9", **members}


def ipv6(block: str = "2600:1f00:8000::", **members: Any) -> Record:  # noqa: ANN401 - see above
    ends = {"amazonAddress": f"{block}1/125", "customerAddress": f"{block}6/125"}
    return peer(addressFamily="ipv6", **{**ends, **members})


def clone(*vifs: Record, choice: Choice | None = None, region: str | None = None, **more: Any) -> str:  # noqa: ANN401 - see above
    records = read([("it", json.dumps({"virtualInterfaces": vifs, **more}))])
    kept, remarks = select(records, choice or Choice())
    return text(document(records, kept, Style(region=region), remarks))


def remarks(topology: str) -> list[str]:
    """The remarks at the top, each on one line."""
    head = topology.partition("\nname: ")[0]
    lines = head.partition("to be looked at:\n#\n")[2].replace("\n#   ", " ").splitlines()
    return [line.removeprefix("# - ") for line in lines]


def requests(topology: str) -> list[Record]:
    return list(yaml.safe_load(topology)["requests"])


NAMELESS = "dxcon-fg000001 is called 'con-fg000001' here: no record says its name"


# ===== which =====


@pytest.mark.parametrize(
    ("members", "remark"),
    [
        ({"virtualInterfaceState": "deleted"}, "is deleted"),
        ({"virtualInterfaceState": "deleting"}, "is deleting"),
        ({"virtualInterfaceState": "rejected"}, "is rejected"),
        ({"vlan": 0}, "has no VLAN, but 0"),
        ({"virtualInterfaceType": "quantum"}, "is of the unknown type 'quantum'"),
        ({"bgpPeers": [peer(asn=-1)]}, "does not say the customer's ASN"),
        ({"virtualInterfaceType": "public"}, "is public and does not say its prefixes"),
    ],
)
def test_what_is_left_out(members: Record, remark: str) -> None:
    topology = clone(vif(1), vif(2, **members))
    assert remarks(topology) == [f"dxvif-fg000002 'office 2' {remark}: left out", NAMELESS]
    assert len(requests(topology)) == 1
    with pytest.raises(
        UsageError, match="there is no virtual interface to rehearse: dxvif-fg000002 'office 2' "
    ):
        clone(vif(2, **members))


@pytest.mark.parametrize(
    "choice",
    [
        Choice(virtual_interfaces=("dxvif-fg000002",)),
        Choice(virtual_interfaces=("office 2",)),
        Choice(connections=("dxcon-fg000002",)),
        Choice(connections=("branch",)),
        Choice(location="eqse2"),
    ],
)
def test_the_users_choice(choice: Choice) -> None:
    branch = {"connectionId": "dxcon-fg000002", "location": "EqSe2", "region": "us-west-2"}
    connections = [{"connectionId": "dxcon-fg000002", "connectionName": "branch"}]
    topology = clone(vif(1), vif(2, **branch), choice=choice, connections=connections)
    assert "office 1" not in topology
    assert "office 2" in topology


def test_a_choice_that_there_is_not() -> None:
    with pytest.raises(UsageError) as refusal:
        clone(vif(1), choice=Choice(virtual_interfaces=("office",)))
    assert str(refusal.value) == (
        "no virtual interface 'office' fits the choice; there are: dxvif-fg000001 'office 1'"
    )


def test_several_regions() -> None:
    seattle = {"location": "EqSe2", "region": "us-west-2", "connectionId": "dxcon-fg000002"}
    with pytest.raises(UsageError) as refusal:
        clone(vif(1), vif(2, **seattle), vif(3))
    assert str(refusal.value) == (
        "the virtual interfaces are in several regions, and a lab is in one"
        " (us-east-1: EqDC2; us-west-2: EqSe2); choose with --location, --connection or --vif"
    )


def test_several_locations_of_a_region(tmp_path: Path) -> None:
    places = [("EqDC2", "dxcon-fg000001"), ("CSVA1", "dxcon-fg000002"), ("EqXY1", "dxcon-fg000003")]
    vifs = [vif(number, location=code, connectionId=id_) for number, (code, id_) in enumerate(places, 1)]
    topology = clone(*vifs, vif(4))
    with world() as office:
        played(office, loaded(tmp_path, topology))
        assert [made["location"] for made in office.vifs()] == ["EqDC2", "CSVA1", "EqXY1", "EqDC2"]
    links = loaded(tmp_path, topology).links
    assert [str(link.port) for link in links] == [
        "dx-1:con-fg000001",
        "dx-2:con-fg000002",
        "dx-3:con-fg000003",
    ]


def test_what_is_special_about_those_that_are_kept() -> None:
    peers = [ipv6(bgpPeerState="deleting"), ipv6(bgpPeerState="deleted"), ipv6()]
    topology = clone(vif(virtualInterfaceState="confirming", rateLimit="1Gbps", bgpPeers=peers))
    assert remarks(topology) == [
        "dxvif-fg000001 'office 1' waits to be confirmed: the lab has it as if it were",
        "dxvif-fg000001 'office 1' has 2 peers that are being deleted: left out",
        "dxvif-fg000001 'office 1' has the rate limit 1Gbps: not simulated, left out",
        NAMELESS,
    ]


# ===== where =====


def test_each_connection_has_a_router(tmp_path: Path) -> None:
    connections: list[Record] = [
        {
            "connectionId": "dxcon-fg000001",
            "connectionName": "Büro",
            "bandwidth": "10Gbps",
            "tags": [{"key": "a"}],
        },
        {"connectionId": "dxcon-fg000002", "connectionName": "hosted", "bandwidth": "50Mbps", "vlan": 7},
        {"connectionId": "dxcon-fg000003", "connectionName": "hosted", "bandwidth": "400Gbps"},
    ]
    lags = [{"lagId": "dxlag-fg000004", "lagName": "bundle", "connectionsBandwidth": "100Gbps"}]
    ids = [each["connectionId"] for each in connections] + ["dxlag-fg000004"]
    vifs = [vif(number, connectionId=id_) for number, id_ in enumerate(ids, 1)]
    topology = clone(*vifs, connections=connections, lags=lags)
    assert [
        (str(link.router), link.connection, link.bandwidth) for link in loaded(tmp_path, topology).links
    ] == [
        ("edge-1:eth1", "B-ro", "10Gbps"),
        ("edge-2:eth1", "hosted", "50Mbps"),
        ("edge-3:eth1", "hosted-2", None),
        ("edge-4:eth1", "bundle", "100Gbps"),
    ]
    assert remarks(topology) == [
        "dxcon-fg000001 'Büro' is called 'B-ro' here",
        "dxcon-fg000001 has tags: a cable has none, left out",
        "dxcon-fg000003 'hosted' is called 'hosted-2' here",
        "dxcon-fg000003 has 400Gbps, the lab's has 1Gbps",
    ]


def test_a_location_that_is_not_listed(tmp_path: Path) -> None:
    [device] = loaded(tmp_path, clone(vif(location="Eq/XY1", region="eu-west-9"))).devices
    assert (device.location, device.region) == ("Eq-XY1", "eu-west-9")


@pytest.mark.parametrize(
    ("members", "more", "region"),
    [
        ({"region": ""}, {}, "us-east-1"),
        ({"region": "eu-west-9"}, {"region": "eu-west-8"}, "eu-west-9"),
        ({"region": "", "location": "EqXY1"}, {"region": "eu-west-9"}, "eu-west-9"),
        (
            {"region": "", "location": ""},
            {"connections": [{"connectionId": "dxcon-fg000001", "location": "EqXY1", "region": "eu-west-9"}]},
            "eu-west-9",
        ),
    ],
)
def test_where_a_region_is_from(members: Record, more: Record, region: str, tmp_path: Path) -> None:
    with world() as office:
        played(office, loaded(tmp_path, clone(vif(**members), **more)))
        assert [connection.region for connection in office.cloud.connections()] == [region]


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"location": ""}, "no record says at which location this is; give describe-connections too"),
        (
            {"location": "EqXY1", "region": ""},
            "no record says in which region EqXY1 is; give describe-connections",
        ),
        ({"region": "[PROTECTED]"}, "'[PROTECTED]' is no AWS Region; one is called such as eu-central-1"),
    ],
)
def test_a_place_that_nobody_says(members: Record, sentence: str) -> None:
    with pytest.raises(UsageError) as refusal:
        clone(vif(**members))
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(("said", "written"), [("yes", "yes"), ("no", "no"), ("unknown", None)])
def test_logical_redundancy_is_kept(said: str, written: str | None, tmp_path: Path) -> None:
    connection = {"connectionId": "dxcon-fg000001", "connectionName": "a", "hasLogicalRedundancy": said}
    (link,) = loaded(tmp_path, clone(vif(), connections=[connection])).links
    assert link.logical_redundancy == written


# ===== to where =====


def test_associations_say_what_is_behind_a_gateway(tmp_path: Path) -> None:
    def association(state: str, *cidrs: str) -> Record:
        allowed = [{"cidr": cidr} for cidr in cidrs]
        return {
            "directConnectGatewayId": GATEWAY,
            "associationState": state,
            "allowedPrefixesToDirectConnectGateway": allowed,
        }

    associations = [
        association("associated", "10.0.0.0/8", "2001:db8::/56", "masked"),
        association("updating", "10.0.0.0/8", "192.168.0.0/16"),
        association("disassociating", "172.16.0.0/12"),
        {**association("associated", "100.64.0.0/10"), "directConnectGatewayId": "another"},
    ]
    gateway = {"directConnectGatewayId": GATEWAY, "directConnectGatewayName": "hub", "amazonSideAsn": 64600}
    topology = clone(
        vif(virtualGatewayId="", directConnectGatewayId=GATEWAY, amazonSideAsn=64600),
        directConnectGateways=[gateway],
        directConnectGatewayAssociations=associations,
    )
    declared = loaded(tmp_path, topology).gateways["hub"]
    assert [str(cidr) for cidr in declared.cidrs] == ["10.0.0.0/8", "2001:db8::/56", "192.168.0.0/16"]
    assert requests(topology)[0] == {
        "CreateDirectConnectGateway": {"directConnectGatewayName": "hub", "amazonSideAsn": 64600}
    }
    assert remarks(topology) == [NAMELESS]


@pytest.mark.parametrize(
    ("name", "key"),
    [("public", "public-2"), ("vgw-hub", "gateway-hub"), ("Zürich", "Z-rich"), ("hub", "hub")],
)
def test_a_gateway_may_need_another_name(name: str, key: str, tmp_path: Path) -> None:
    gateway = {"directConnectGatewayId": GATEWAY, "directConnectGatewayName": name, "amazonSideAsn": 64600}
    topology = clone(
        vif(1, virtualGatewayId="", directConnectGatewayId=GATEWAY),
        vif(2, virtualGatewayId="", directConnectGatewayId=GATEWAY),
        directConnectGateways=[gateway],
    )
    assert list(loaded(tmp_path, topology).gateways) == [key]
    wanted = [] if name == key else [f"the gateway {GATEWAY} is called '{key}' here"]
    assert remarks(topology) == [NAMELESS, *wanted]


@pytest.mark.parametrize(
    ("members", "remark"),
    [
        (
            {"virtualGatewayId": "vgw-masked"},
            "dxvif-fg000001 'office 1' leads to 'vgw-masked': vgw-9c732cb83459764a4 stands for it",
        ),
        (
            {"amazonSideAsn": None},
            "dxvif-fg000001 'office 1' does not say Amazon's ASN: 64512 stands for it",
        ),
        (
            {"directConnectGatewayId": GATEWAY, "amazonSideAsn": 7224},
            f"the gateway {GATEWAY} has the ASN 7224, which none can have in the lab: 64512 stands for it",
        ),
        (
            {"directConnectGatewayId": GATEWAY, "amazonSideAsn": None},
            f"the gateway {GATEWAY} does not say its ASN: 64512 stands for it",
        ),
    ],
)
def test_what_stands_for_a_gateway(members: Record, remark: str, tmp_path: Path) -> None:
    topology = clone(vif(**members))
    assert remarks(topology)[-1] == remark
    with world() as office:
        played(office, loaded(tmp_path, topology))


# ===== with whom =====


def test_names_that_are_there_twice_or_cannot_be(tmp_path: Path) -> None:
    names = ["same", "same", "same-2", "a.b\n: ü", "", "x" * 120, "yes", "12"]
    topology = clone(*(vif(number, virtualInterfaceName=name) for number, name in enumerate(names, 1)))
    with world() as office:
        played(office, loaded(tmp_path, topology))
        assert [made["virtualInterfaceName"] for made in office.vifs()] == [
            *("same", "same-2", "same-2-2", "a-b-- -", "dxvif-fg000005", "x" * 100, "yes", "12")
        ]
    assert "dxvif-fg000004 'a.b?: ü' is called 'a-b-- -' here" in remarks(topology)


@pytest.mark.parametrize("key", [None, "[PROTECTED]", "", "***", "XXXXXX", "<removed>"])
def test_a_key_that_is_not_said(key: str | None) -> None:
    terms = {"amazonAddress": "169.254.1.1/30", "customerAddress": "169.254.1.2/30"}
    topology = clone(vif(bgpPeers=[peer(**{**terms, "authKey": key})]))
    assert remarks(topology) == [
        NAMELESS,
        "dxvif-fg000001 'office 1' does not say the key of its ipv4 peer: it is to be in DXLAB_KEY_OFFICE_1_IPV4",
    ]
    assert '        authKey: "${DXLAB_KEY_OFFICE_1_IPV4}"\n' in topology


def test_every_key_has_a_variable_of_its_own() -> None:
    topology = cloned(
        {
            "virtualInterfaces": [
                vif(1, virtualInterfaceName="a b", bgpPeers=[ipv6(), ipv6("2600:1f00:8000::1:")]),
                vif(2, virtualInterfaceName="a-b", bgpPeers=[ipv6("2600:1f00:8000::2:")]),
            ]
        },
        redact=True,
    )
    assert [line for line in topology.splitlines() if line.startswith("#   DXLAB")] == [
        "#   DXLAB_KEY_A_B_IPV6",
        "#   DXLAB_KEY_A_B_IPV6_2",
        "#   DXLAB_KEY_A_B_IPV6_3",
    ]
    assert "s3cretKey9" not in topology


@pytest.mark.parametrize(
    "ends",
    [
        {"amazonAddress": None},
        {"amazonAddress": "[PROTECTED]", "customerAddress": "[PROTECTED]"},
        {"customerAddress": "2600:1f00:8000::9/125"},
        {"customerAddress": "2600:1f00:8000::1/125"},
        {"amazonAddress": "169.254.0.1/30", "customerAddress": "169.254.0.2/30"},
        {"amazonAddress": "2600:1f00:8000::1/48", "customerAddress": "2600:1f00:8000::6/48"},
    ],
)
def test_ipv6_addresses_that_cannot_be_used(ends: Record) -> None:
    topology = clone(vif(bgpPeers=[ipv6(**ends)]))
    assert (
        remarks(topology)[-1]
        == "dxvif-fg000001 'office 1' does not say usable ipv6 addresses: the lab assigns some"
    )
    assert "assignments" not in yaml.safe_load(topology)


def test_ipv6_addresses_that_two_peers_have(tmp_path: Path) -> None:
    topology = clone(vif(1, bgpPeers=[ipv6()]), vif(2, bgpPeers=[ipv6()]))
    assert list(loaded(tmp_path, topology).assignments) == ["office 1"]
    assert remarks(topology)[-1].startswith("dxvif-fg000002 'office 2' does not say usable ipv6 addresses")


def test_masked_ipv4_addresses_are_left_to_the_lab(tmp_path: Path) -> None:
    ends = {"amazonAddress": "[PROTECTED]", "customerAddress": "[PROTECTED]", "addressFamily": "ipv4"}
    topology = clone(vif(bgpPeers=[peer(**ends)]))
    with world() as office:
        played(office, loaded(tmp_path, topology))
        assert [made["amazonAddress"] for made in office.vifs()] == ["169.254.255.1/30"]


def test_several_asns_for_one_router() -> None:
    topology = clone(
        vif(1), vif(2, bgpPeers=[ipv6(asn=64600), ipv6("2600:1f00:8000::1:", asn=0, asnLong=4200000000)])
    )
    assert remarks(topology)[-1] == (
        "edge is to have the ASNs 65001 and 64600 and 4200000000, which 'from-aws' cannot: give its configuration"
    )
    assert "  AS 64600 and 4200000000 -- AS 64512 -- vgw-0a1b2c3d\n" in topology


def test_tags_of_awss_own_are_left_out() -> None:
    tags = [{"key": "aws:cloudformation:stack-name", "value": "net"}, {"key": "site", "value": "a, b"}]
    [request] = requests(clone(vif(tags=tags)))
    wanted = request["CreatePrivateVirtualInterface"]["newPrivateVirtualInterface"]
    assert wanted["tags"] == [{"key": "site", "value": "a, b"}]
