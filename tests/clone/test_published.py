"""Outputs of the real service that others have published, and what becomes of each.

published/<case>.json says where its values are from; published/<case>.yml is the topology.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.clone import Choice, Style, document, read, select, text
from lab.errors import UsageError
from tests.clone.worlds import loaded, played, world

PUBLISHED = Path(__file__).parent / "published"
TOPOLOGIES = sorted(PUBLISHED.glob("*.yml"))
#: Those that describe no virtual interface.
OTHERS = {"associations", "connections", "gateways", "lags"}


def published(*names: str) -> list[tuple[str, str]]:
    return [(name, (PUBLISHED / f"{name}.json").read_text()) for name in names]


def topology_of(*names: str, redact: bool = False) -> str:
    records = read(published(*names))
    kept, remarks = select(records, Choice())
    return text(document(records, kept, Style(redact=redact), remarks))


def test_every_output_has_its_topology() -> None:
    assert {path.stem for path in PUBLISHED.glob("*.json")} - OTHERS == {path.stem for path in TOPOLOGIES}


@pytest.mark.parametrize("path", TOPOLOGIES, ids=lambda path: path.stem)
def test_the_topology_of_an_output(path: Path) -> None:
    assert topology_of(path.stem) == path.read_text()


@pytest.mark.parametrize("path", TOPOLOGIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("redact", [False, True], ids=["", "redacted"])
def test_it_can_be_played(path: Path, redact: bool, tmp_path: Path) -> None:
    topology = topology_of(path.stem, redact=redact)
    variables = [line[4:] for line in topology.splitlines() if line.startswith("#   DXLAB_KEY_")]
    assert variables or not redact
    with world() as office:
        played(office, loaded(tmp_path, topology), dict.fromkeys(variables, "s3cretKey9"))
        (asked,) = (json.loads(text) for _, text in published(path.stem))
        wanted = asked.get("virtualInterfaces") or [asked.get("virtualInterface", asked)]
        for real, made in zip(wanted, office.vifs(), strict=True):
            members = ("virtualInterfaceName", "vlan", "asn", "amazonAddress", "customerAddress")
            assert [made[member] for member in members] == [real[member] for member in members]
            assert made["mtu"] == real.get("mtu", 1500)


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_an_output_without_a_virtual_interface_is_no_topology(name: str) -> None:
    with pytest.raises(UsageError, match="there is no virtual interface to rehearse: none was described"):
        topology_of(name)


def test_a_connection_gives_its_name() -> None:
    """The two examples are of one connection."""
    topology = topology_of("second-family", "connections")
    assert '    - endpoints: ["dx:My_Connection", "edge:eth1"]\n' in topology
    assert "con-fguhmqlc" not in topology


def test_a_page_of_several_is_remarked_upon() -> None:
    topology = topology_of("transit", "associations")
    assert "# - associations is one page of several: it has a nextToken\n" in topology
