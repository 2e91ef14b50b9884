"""A topology, once loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from lab.topology import Device, Endpoint, Link, Topology


def link(connection: str, router: str) -> Link:
    return Link(
        port=Endpoint(node="dx", interface=connection), router=Endpoint(node=router, interface="eth1"), line=1
    )


TOPOLOGY = Topology(
    name="case",
    path=Path("/case.yml"),
    devices=(Device(name="dx", location="EqDC2", line=4),),
    links=(link("office", "edge"), link("home", "core")),
)


def test_a_cable_is_a_connection() -> None:
    assert [cable.connection for cable in TOPOLOGY.links] == ["office", "home"]


def test_an_end_is_written_as_in_the_file() -> None:
    assert str(TOPOLOGY.links[0].router) == "edge:eth1"


def test_nothing_of_it_can_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        TOPOLOGY.name = "other"
