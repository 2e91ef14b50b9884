"""Names, keys and addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.clone.accounts import NAMELESS, Record, clone, ipv6, peer, remarks, requests, vif
from tests.clone.worlds import cloned, loaded, played, world


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
        {"customerAddress": "169.254.0.2/30"},
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


def test_several_virtual_interfaces_for_one_router_that_takes_one_file() -> None:
    both = vif(1), vif(2)
    said = "edge is to have 2 virtual interfaces, which 'from-aws' cannot for kind 'bird': give its configuration"
    assert remarks(clone(*both, kind="bird")) == [NAMELESS, said]
    assert remarks(clone(both[0], kind="bird")) == remarks(clone(*both)) == [NAMELESS]


def test_tags_of_awss_own_are_left_out() -> None:
    tags = [{"key": "aws:cloudformation:stack-name", "value": "net"}, {"key": "site", "value": "a, b"}]
    [request] = requests(clone(vif(tags=tags)))
    wanted = request["CreatePrivateVirtualInterface"]["newPrivateVirtualInterface"]
    assert wanted["tags"] == [{"key": "site", "value": "a, b"}]


def test_an_asn_that_only_the_router_configuration_says() -> None:
    """As in CloudTrail's records, whose `asn` is -1."""
    configuration = "<logical_connection>\n  <bgp_asn>65007</bgp_asn>\n</logical_connection>"
    [request] = requests(clone(vif(asn=-1, asnLong=None, bgpPeers=[], customerRouterConfig=configuration)))
    assert request["CreatePrivateVirtualInterface"]["newPrivateVirtualInterface"]["asn"] == 65007
