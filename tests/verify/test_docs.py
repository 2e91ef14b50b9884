"""docs/verify.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from lab.topology import load
from lab.verify.checks.prefixes import QUIET
from lab.verify.expected import DOWN_STAYS, WITHIN

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "verify.md").read_text()


def test_the_example_can_be_expected_of_the_shipped_topology(tmp_path: Path) -> None:
    [expect] = re.findall(r"```\n(expect:\n.*?)```", TEXT, re.DOTALL)
    shipped = ROOT / "topologies" / "private-vif"
    (tmp_path / "edge.conf").write_text((shipped / "edge.conf").read_text())
    path = tmp_path / "topology.yml"
    document = yaml.safe_load((shipped / "topology.yml").read_text()) | yaml.safe_load(expect)
    path.write_text(yaml.safe_dump(document))
    assert [each.target for each in load(tmp_path).expect] == ["office-private"]


def test_the_times_that_it_names() -> None:
    assert f"within {WITHIN:.0f} s" in TEXT
    assert f"({DOWN_STAYS:.0f} s, or `stays`)" in TEXT
    assert f"nothing has been heard for {QUIET:.0f} s" in TEXT


def test_the_python_example_is_python() -> None:
    [example] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    compile(example, "docs/verify.md", "exec")
