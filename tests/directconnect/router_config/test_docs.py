"""docs/router-configuration.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from lab.directconnect.router_config.router_types import ROUTER_TYPES
from lab.routers import KINDS
from lab.topology import load
from lab.topology.load import FROM_AWS_KINDS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "router-configuration.md").read_text()


def test_it_lists_the_types() -> None:
    assert re.findall(r"^\| `(\w+-[\w-]+)` \|", TEXT, re.MULTILINE) == list(ROUTER_TYPES)


def test_it_says_which_kind_takes_which_text() -> None:
    """And so does every kind itself, and what a topology may have."""
    told = {
        kind: identifier for identifier, kind in re.findall(r"^\| `(\S+)` \| `(\w+)` \|", TEXT, re.MULTILINE)
    }
    own = {name: kind.aws_router_type for name, kind in KINDS.items() if kind.aws_router_type}
    assert own == {kind: told[kind] for kind in own}
    assert sorted(own) == sorted(FROM_AWS_KINDS)
    assert set(own.values()) <= set(ROUTER_TYPES)


def test_its_topology_is_the_shipped_one() -> None:
    [shown] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    shipped = ROOT / "topologies" / "from-aws" / "topology.yml"
    assert yaml.safe_load(shown) == yaml.safe_load(shipped.read_text())
    assert load(shipped).routers[0].startup_config is None
