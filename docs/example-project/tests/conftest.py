"""The tests bring up the same topology that `dxlab verify` does."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def dxlab_topology() -> Path:
    return Path(__file__).parents[1] / "office.dxlab.yml"
