"""The Dockerfile's target `lab`: dxlab in a container of its own, with a whole lab inside."""

from __future__ import annotations

import subprocess

import pytest

from tests.support.docker import LAB_RIGHTS, PATIENCE, lab_image


@pytest.fixture(scope="module")
def image(engine: None) -> str:
    return lab_image()


@pytest.mark.root
@pytest.mark.docker
@pytest.mark.timeout(PATIENCE)
def test_a_lab_inside_a_container(image: str) -> None:
    argv = [
        "docker",
        "run",
        "--rm",
        "--network",
        "none",
        *LAB_RIGHTS,
        image,
        "demo",
        "topologies/private-vif.yml",
    ]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert '"bgpStatus": "up"' in ended.stdout
