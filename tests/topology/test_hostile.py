"""Topologies whose names try to be more than names: paths, options, lines, commands."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lab.errors import TopologyError
from lab.topology import load

HOSTILE = (
    "..",
    "../../etc",
    "/etc/passwd",
    "-rf",
    "a b",
    "a\nb",
    "a\0b",
    "a;reboot",
    "$(reboot)",
    "a.b",
    "\x1b[2J",
    "r\u00e9seau",
    "x" * 64,
)


def written(directory: Path, **changed: str) -> Path:
    """A topology with one of its names, or a word that it expects, changed."""
    names = {"lab": "office", "node": "edge", "interface": "eth1", "port": "office", **changed}
    expected = {
        "communities": {names.get("prefix", "10.0.0.0/8"): [names.get("community", "7224:7300")]},
        "reachable": {"from": "aws", "to": names.get("address", "10.0.0.1")},
    }
    (directory / "edge.conf").write_text("hostname edge\n")
    document = {
        "name": names["lab"],
        "topology": {
            "nodes": {
                "dx": {"kind": "aws-dx", "location": "EqDC2"},
                names["node"]: {"kind": "frr", "startup-config": "edge.conf"},
            },
            "links": [{"endpoints": [f"dx:{names['port']}", f"{names['node']}:{names['interface']}"]}],
        },
        "expect": {"office": expected},
    }
    path = directory / "topology.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=False))
    return path


@pytest.mark.parametrize("place", ["lab", "node"])
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_what_becomes_a_part_of_a_path_is_refused(tmp_path: Path, place: str, name: str) -> None:
    with pytest.raises(TopologyError):
        load(written(tmp_path, **{place: name}))


@pytest.mark.parametrize("name", ["..", ".", "lo", "a/b", "/etc", "a b", "a\nb", "a:b", "x" * 16], ids=ascii)
def test_what_could_name_no_interface_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TopologyError):
        load(written(tmp_path, interface=name))


@pytest.mark.parametrize("name", ["a\nb", "a;b", "$(reboot)", "..\\", "\x1b[2J", "r\u00e9seau"], ids=ascii)
def test_what_could_name_no_connection_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TopologyError):
        load(written(tmp_path, port=name))


@pytest.mark.parametrize("place", ["community", "prefix", "address"])
@pytest.mark.parametrize(
    "name", [*HOSTILE[:-1], "7224:7300\n", "7224:7300;no-export", "10.0.0.0/8\n", "10.0.0.1%eth1"], ids=ascii
)
def test_what_could_be_no_word_of_bgp_is_refused(tmp_path: Path, place: str, name: str) -> None:
    with pytest.raises(TopologyError):
        load(written(tmp_path, **{place: name}))


def test_the_topology_is_taken_as_it_was(tmp_path: Path) -> None:
    assert load(written(tmp_path)).name == "office"


@pytest.mark.parametrize("place", ["lab", "node", "interface", "port", "community", "prefix", "address"])
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_what_is_said_of_it_moves_no_cursor(tmp_path: Path, place: str, name: str) -> None:
    try:
        load(written(tmp_path, **{place: name}))
    except TopologyError as refusal:
        assert str(refusal).isprintable()
