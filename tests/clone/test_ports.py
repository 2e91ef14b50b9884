"""Locations, connections and routers."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import UsageError
from tests.clone.accounts import Record, clone, remarks, vif
from tests.clone.worlds import loaded, played, world


def test_each_connection_has_a_router(tmp_path: Path) -> None:
    connections: list[Record] = [
        {
            "connectionId": "dxcon-fg000001",
            "connectionName": "Büro",
            "bandwidth": "10Gbps",
            "tags": [{"key": "a"}, {"key": "aws:b", "value": "c"}],
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
        "dxcon-fg000003 'hosted' is called 'hosted-2' here",
        "dxcon-fg000003 has 400Gbps, the lab's has 1Gbps",
    ]


def test_a_connection_keeps_its_tags(tmp_path: Path) -> None:
    tags = [{"key": "site", "value": "a: 1"}, {"key": "empty", "value": ""}]
    connection = {"connectionId": "dxcon-fg000001", "connectionName": "a", "tags": tags}
    with world() as office:
        played(office, loaded(tmp_path, clone(vif(), connections=[connection])))
        [made] = office.call("DescribeConnections")["connections"]
        assert made["tags"] == tags


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
