"""The Dockerfile's target `lab`: dxlab in a container of its own, with a whole lab inside."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.docker import PATIENCE, build, run_script

IMAGE = "dxlab-trouters-lab"
#: As docs/docker.md has it.
RIGHTS = (
    *("--cap-add", "NET_ADMIN", "--cap-add", "NET_BROADCAST", "--cap-add", "SYS_ADMIN"),
    *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
    *("--security-opt", "systempaths=unconfined"),
)


@pytest.fixture(scope="module")
def image(engine: None) -> str:
    """The lab's image, from the packages that this machine's own Python uses where that fits the image's."""
    if sys.version_info[:2] == (3, 11):
        run_script("wheels")
        build("lab", IMAGE, PIP_NO_INDEX="1")
    else:
        build("lab", IMAGE)
    return IMAGE


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
        *RIGHTS,
        image,
        "demo",
        "topologies/private-vif.yml",
    ]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert '"bgpStatus": "up"' in ended.stdout
