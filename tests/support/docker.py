"""A Docker engine with the router image, wherever the tests run.

Where an engine answers already, it is used. Where none does, scripts/dockerd starts a private one, which is
ended with the tests; its images stay on the machine, so only the very first run has to make them. The
Dockerfile's first line is served by a registry, or where none can be reached by scripts/base-image.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lab.errors import MissingPartError
from lab.routers.runtimes import docker as runtime

ROOT = Path(__file__).parents[2]
ROUTER_IMAGE = "dxlab-router"

#: Seconds that making all images may take on a fresh machine.
PATIENCE = 600


@contextmanager
def docker_engine() -> Iterator[None]:
    """An engine that answers, DOCKER_HOST pointing to it, with the images made from the tree as it is."""
    if _answers():
        _make_images()
        yield
        return
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = _script("dockerd", "start").strip().partition("DOCKER_HOST=")[2]
    try:
        _make_images()
        yield
    finally:
        _script("dockerd", "stop")
        os.environ.pop("DOCKER_HOST")
        if before is not None:
            os.environ["DOCKER_HOST"] = before


def build(target: str, tag: str, **arguments: str) -> None:
    """Build a target of the Dockerfile."""
    given = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
    _run(
        "docker", "build", "--quiet", "--network", "host", *given, "--target", target, "--tag", tag, str(ROOT)
    )


def _answers() -> bool:
    with suppress(MissingPartError), runtime.docker_engine():
        return True
    return False


def _make_images() -> None:
    _script("base-image")
    build("router", ROUTER_IMAGE)


def _script(name: str, *arguments: str) -> str:
    return _run(str(ROOT / "scripts" / name), *arguments)


def _run(*argv: str) -> str:
    """What a command printed; AssertionError with its last words where it failed."""
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 0, f"{' '.join(argv)}: {ended.stderr[-2000:]}"
    return ended.stdout
