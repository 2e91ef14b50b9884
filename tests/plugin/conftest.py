"""A project of a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.project import NAME, Project
from tests.support.topologies import Office, write_topology


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A directory with one office's topology and its router's configuration."""
    write_topology(tmp_path, NAME, Office()).rename(tmp_path / "topology.yml")
    return Project(tmp_path)
