"""docs/topology.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from lab.errors import TopologyError
from lab.topology import load
from lab.topology.references import _fields
from lab.topology.refusals import schema

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "topology.md").read_text()
EXAMPLE, ASSIGNMENTS, EXPECT = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_the_example_is_the_shipped_one() -> None:
    shipped = (ROOT / "topologies" / "private-vif" / "topology.yml").read_text()
    assert yaml.safe_load(EXAMPLE) == yaml.safe_load(shipped)


def test_the_example_of_expectations_fits_the_other(tmp_path: Path) -> None:
    (tmp_path / "edge.conf").touch()
    path = tmp_path / "case.yml"
    path.write_text(EXAMPLE + EXPECT)
    assert [each.target for each in load(path).expect] == ["office-private", "office-private.ipv4"]


def test_every_key_has_its_place() -> None:
    definitions = schema()["$defs"].values()
    keys = {key for each in (schema(), *definitions) for key in each.get("properties", {})}
    assert {key for key in keys if f"`{key}`" not in TEXT and f"`topology.{key}`" not in TEXT} == {"topology"}


def test_the_error_that_it_shows(tmp_path: Path) -> None:
    [shown] = re.findall(r"^topologies/private-vif/topology.yml:\d+: (.*)$", TEXT, re.MULTILINE)
    path = tmp_path / "case.yml"
    path.write_text(EXAMPLE.replace("kind: frr", "kind: ffr"))
    with pytest.raises(TopologyError) as refusal:
        load(path)
    assert str(refusal.value) == f"{path}:7: {shown}"


def test_every_reference_has_its_place() -> None:
    peer = {"addressFamily": "ipv4", "bgpPeerState": "available", "asn": 1, "authKey": "key"}
    addresses = {"amazonAddress": "192.0.2.1/30", "customerAddress": "192.0.2.2/30"}
    vif = {"vlan": 1, "mtu": 1500, "amazonSideAsn": 1, "virtualInterfaceId": "dxvif-1"}
    fields = _fields({**vif, "bgpPeers": [{**peer, **addresses}]})
    assert len(fields) == 10
    assert [field for field in fields if f"`{field.removeprefix('ipv4.')}`" not in TEXT] == []


def test_the_assignments_that_it_shows_load(tmp_path: Path) -> None:
    path = tmp_path / "case.yml"
    path.write_text(
        f"name: case\ntopology: {{nodes: {{dx: {{kind: aws-dx, location: EqDC2}}}}}}\n{ASSIGNMENTS}"
    )
    assert len(load(path).assignments["office-private"]) == 1
