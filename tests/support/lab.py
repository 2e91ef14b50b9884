"""The real command, in processes of its own, and shipped topologies for it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

DXLAB = (sys.executable, "-W", "error", "-m", "lab.cli")
TOPOLOGIES = Path(__file__).parents[2] / "topologies"


def shipped(topology: str, directory: Path, name: str) -> Path:
    """A copy of a shipped topology with the files beside it, for a lab of another name, that meets no other.

    :param topology: its path below `topologies/`; the copy has the same one below the directory.
    """
    source = TOPOLOGIES / topology
    copy = directory / "topologies" / topology
    shutil.copytree(source.parent, copy.parent, ignore=shutil.ignore_patterns(".*", "*.tfstate*"))
    text = copy.read_text()
    (title,) = (line for line in text.splitlines() if line.startswith("name: "))
    copy.write_text(text.replace(f"{title}\n", f"name: {name}\n"))
    return copy
