"""Files as topologies, and the exact words for files that are none.

Each errors/<case>.yml is wrong in one way, and errors/<case>.txt is what is said of it.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.topology import Device, Endpoint, Gateway, Link, Request, RouterNode, load
from lab.topology.load import operations
from lab.topology.references import resolve
from tests.topology.test_schema import TOPOLOGIES

ERRORS = Path(__file__).parent / "errors"

EVERYTHING = """
name: everything
topology:
  nodes:
    device: {kind: aws-dx, location: EqDC2}
    edge: {kind: frr, startup-config: edge.conf}
    core: {kind: frr, startup-config: edge.conf, runtime: docker, image: "frr:10"}
  links:
    - endpoints: ["device:office", "edge:eth1"]
    - endpoints: ["core:eth1", "device:dxcon-fg12ab34"]
      hasLogicalRedundancy: yes
      bandwidth: 10Gbps
      tags: [{key: site, value: one}, {key: empty}]
gateways:
  vgw-0a1b2c3d: {asn: 64512, cidrs: [10.0.0.0/16, "2001:db8::/56"]}
  backbone: {}
  public: {cidrs: [203.0.113.0/24]}
requests:
  - DescribeConnections:
  - CreateBGPPeer: {virtualInterfaceId: office, newBGPPeer: {addressFamily: ipv6}}
"""


def written(directory: Path, text: str) -> Path:
    (directory / "edge.conf").write_text("hostname edge\n")
    path = directory / "case.yml"
    path.write_text(text)
    return path


def test_everything_that_a_file_can_say(tmp_path: Path) -> None:
    topology = load(written(tmp_path, EVERYTHING))
    config = tmp_path / "edge.conf"
    assert topology.name == "everything"
    assert topology.path == tmp_path / "case.yml"
    assert topology.devices == (Device(name="device", location="EqDC2", line=5),)
    assert topology.routers == (
        RouterNode(name="edge", kind="frr", startup_config=config, line=6),
        RouterNode(name="core", kind="frr", startup_config=config, line=7, runtime="docker", image="frr:10"),
    )
    assert topology.links == (
        Link(
            port=Endpoint(node="device", interface="office"),
            router=Endpoint(node="edge", interface="eth1"),
            line=9,
        ),
        Link(
            port=Endpoint(node="device", interface="dxcon-fg12ab34"),
            router=Endpoint(node="core", interface="eth1"),
            line=10,
            logical_redundancy="yes",
            bandwidth="10Gbps",
            tags=({"key": "site", "value": "one"}, {"key": "empty"}),
        ),
    )
    assert topology.gateways == {
        "vgw-0a1b2c3d": Gateway(
            asn=64512, cidrs=(ip_network("10.0.0.0/16"), ip_network("2001:db8::/56")), line=15
        ),
        "backbone": Gateway(line=16),
        "public": Gateway(cidrs=(ip_network("203.0.113.0/24"),), line=17),
    }
    assert topology.requests == (
        Request(operation="DescribeConnections", parameters={}, line=19),
        Request(
            operation="CreateBGPPeer",
            parameters={"virtualInterfaceId": "office", "newBGPPeer": {"addressFamily": "ipv6"}},
            line=20,
        ),
    )


@pytest.mark.parametrize(
    ("written_as", "word"),
    [("yes", "yes"), ("no", "no"), ("'yes'", "yes"), ('"no"', "no"), ("unknown", "unknown")],
)
def test_logical_redundancy_may_be_a_bare_word(tmp_path: Path, written_as: str, word: str) -> None:
    text = EVERYTHING.replace("hasLogicalRedundancy: yes", f"hasLogicalRedundancy: {written_as}")
    first, second = load(written(tmp_path, text)).links
    assert (first.logical_redundancy, second.logical_redundancy) == (None, word)
    assert (first.bandwidth, second.bandwidth) == (None, "10Gbps")


def test_a_location_from_a_merge_has_the_line_of_its_node(tmp_path: Path) -> None:
    text = "name: least\ntopology:\n  nodes:\n    dx:\n      <<: {location: EqDC2}\n      kind: aws-dx\n"
    assert load(written(tmp_path, text)).devices[0].line == 4


def test_a_location_may_have_its_region_beside_it(tmp_path: Path) -> None:
    text = "name: least\ntopology: {nodes: {dx: {kind: aws-dx, location: EqXY1, region: eu-west-9}}}\n"
    assert load(written(tmp_path, text)).devices[0] == Device(
        name="dx", location="EqXY1", line=2, region="eu-west-9"
    )


def test_the_least_that_a_file_can_say(tmp_path: Path) -> None:
    text = "name: least\ntopology: {nodes: {dx: {kind: aws-dx, location: EqDC2}}}\n"
    topology = load(written(tmp_path, text))
    assert (topology.routers, topology.links, topology.gateways, topology.requests) == ((), (), {}, ())


def test_a_relative_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, EVERYTHING)
    monkeypatch.chdir(tmp_path)
    topology = load(Path("case.yml"))
    assert topology.path == tmp_path / "case.yml"
    assert topology.routers[0].startup_config == tmp_path / "edge.conf"


def test_a_folder_with_a_topology(tmp_path: Path) -> None:
    written(tmp_path, EVERYTHING).rename(tmp_path / "topology.yml")
    assert load(tmp_path).path == tmp_path / "topology.yml"


def test_a_symbolic_link_is_followed_to_what_lies_beside_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    folder.mkdir()
    written(folder, EVERYTHING)
    link = tmp_path / "office.yml"
    link.symlink_to("office/case.yml")
    topology = load(link)
    assert topology.path == folder / "case.yml"
    assert topology.routers[0].startup_config == folder / "edge.conf"


def test_what_is_wrong_behind_a_link_is_told_from_where_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "name: case\ntopology: {}\n")
    (tmp_path / "link.yml").symlink_to("case.yml")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TopologyError, match=r"^case\.yml:2: "):
        load(Path("link.yml"))


def test_operations_are_those_of_the_aws_model() -> None:
    assert {"CreateBGPPeer", "DescribeVirtualInterfaces", "StartBgpFailoverTest"} <= operations()
    assert len(operations()) > 60


def test_a_configuration_from_aws_is_no_file(tmp_path: Path) -> None:
    topology = load(written(tmp_path, EVERYTHING.replace("edge.conf}", "from-aws}")))
    assert topology.routers[0] == RouterNode(name="edge", kind="frr", startup_config=None, line=6)


@pytest.mark.parametrize("path", TOPOLOGIES, ids=lambda path: path.parent.name)
def test_shipped_topologies_load(path: Path) -> None:
    topology = load(path)
    assert topology.name == path.parent.name


@pytest.mark.parametrize("path", TOPOLOGIES, ids=lambda path: path.parent.name)
def test_shipped_configurations_refer_to_what_their_topology_asks_for(path: Path) -> None:
    topology = load(path)
    asked = [_answer(request) for request in topology.requests if "VirtualInterface" in request.operation]
    for path in filter(None, (router.startup_config for router in topology.routers)):
        resolved = resolve(path.read_text(), asked, path)
        assert "${" not in resolved


def _answer(request: Request) -> dict[str, object]:
    """What AWS might answer to a Create...VirtualInterface, with a peer of each family."""
    [asked] = [value for key, value in request.parameters.items() if key.startswith("new")]
    peer = {
        "amazonAddress": "169.254.0.1/30",
        "customerAddress": "169.254.0.2/30",
        "authKey": "secret",
        "asn": asked.get("asn") or asked["asnLong"],
        "bgpPeerState": "available",
    }
    return {
        "virtualInterfaceId": "dxvif-1",
        "virtualInterfaceState": "available",
        "virtualInterfaceName": asked["virtualInterfaceName"],
        "vlan": asked["vlan"],
        "amazonSideAsn": 64512,
        "bgpPeers": [{**peer, "addressFamily": family} for family in ("ipv4", "ipv6")],
    }


@pytest.mark.parametrize("path", sorted(ERRORS.glob("*.yml")), ids=lambda path: path.stem)
def test_what_is_said_of_a_wrong_file(path: Path) -> None:
    with pytest.raises(TopologyError) as refusal:
        load(path)
    assert str(refusal.value).replace(f"{ERRORS}/", "") == path.with_suffix(".txt").read_text().rstrip("\n")


def test_a_folder_without_a_topology_names_those_below(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "topology.yml").write_text("name: one\n")
    with pytest.raises(
        TopologyError, match=r"no topology.yml in this folder; these folders in it have one: one$"
    ):
        load(tmp_path)
