"""docs/clone.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from botocore import xform_name

from lab.clone.account import _ASSOCIATIONS, _HELPFUL, _INDISPENSABLE
from tests.cli.words import result
from tests.support.command import dxlab

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "clone.md").read_text()


def test_the_example_is_what_comes_out() -> None:
    [shown] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    made = dxlab("clone", "--redact", DOCS / "clone" / "vifs.json", DOCS / "clone" / "connections.json")
    assert result(made) == shown


def test_no_other_calls_are_made_than_it_says() -> None:
    said = {xform_name(name) for name in re.findall(r"\bDescribe\w+", TEXT)}
    assert said == {_INDISPENSABLE, *_HELPFUL, _ASSOCIATIONS}
