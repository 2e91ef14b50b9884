"""A Docker engine with the router image, wherever the tests run.

Where an engine answers already, it is used. Where none does, scripts/dockerd starts a private one, which is
ended with the last of the tests; its images stay, so only the very first run has to make them. The
Dockerfile's first line is served by a registry, or where none can be reached by scripts/base-image.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import pytest

from lab.errors import MissingPartError
from lab.routers.runtimes import docker as runtime

ROOT = Path(__file__).parents[2]
ROUTER_IMAGE = "dxlab-router"
LAB_IMAGE = "dxlab-tlab"
#: What a container with that image needs, as docs/docker.md has it.
LAB_RIGHTS = (
    *(
        "--cap-add",
        "NET_ADMIN",
        "--cap-add",
        "NET_BROADCAST",
        "--cap-add",
        "SYS_ADMIN",
        "--cap-add",
        "SYS_PTRACE",
    ),
    *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
    *("--security-opt", "systempaths=unconfined"),
)
LOCK = Path("/run/dxlab-docker.lock")

#: Seconds that making all images may take on a fresh machine.
PATIENCE = 600


_in_use = False


@contextmanager
def docker_engine() -> Iterator[None]:
    """An engine that answers, DOCKER_HOST pointing to it, with the images made from the tree as it is.

    Within one of these, another one is the same: a fixture of the whole session may hold it while a test asks.
    """
    global _in_use
    if _in_use:
        yield
        return
    with _one_at_a_time() as lock, ExitStack() as stack:
        if not _answers():
            stack.enter_context(_private_engine(lock))
        _make_images()
        fcntl.flock(lock, fcntl.LOCK_SH)
        _in_use = True
        try:
            yield
        finally:
            _in_use = False


@contextmanager
def _one_at_a_time() -> Iterator[IO[str]]:
    """A lock against test sessions that run at the same time, held alone until the images are made."""
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


@contextmanager
def _private_engine(lock: IO[str]) -> Iterator[None]:
    """The engine of scripts/dockerd; of the sessions that use it at the same time, the last one ends it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DOCKER_HOST", run_script("dockerd", "start").strip().partition("DOCKER_HOST=")[2])
        try:
            yield
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                run_script("dockerd", "stop")


def build(target: str, tag: str, **arguments: str) -> None:
    """Build a target of the Dockerfile."""
    given = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
    _run(
        "docker", "build", "--quiet", "--network", "host", *given, "--target", target, "--tag", tag, str(ROOT)
    )


def lab_image() -> str:
    """dxlab's own image, made from the tree as it is; of the packages that this machine's own Python uses where that
    fits the image's.
    """
    if sys.version_info[:2] == (3, 11):
        run_script("wheels")
        build("lab", LAB_IMAGE, PIP_NO_INDEX="1")
    else:
        build("lab", LAB_IMAGE)
    return LAB_IMAGE


def _answers() -> bool:
    with suppress(MissingPartError), runtime.docker_engine():
        return True
    return False


def _make_images() -> None:
    run_script("base-image")
    build("router", ROUTER_IMAGE)


def run_script(name: str, *arguments: str) -> str:
    """Run one of scripts/ and return what it printed."""
    return _run(str(ROOT / "scripts" / name), *arguments)


def _run(*argv: str) -> str:
    """What a command printed; AssertionError with its last words where it failed."""
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 0, f"{' '.join(argv)}: {ended.stderr[-2000:]}"
    return ended.stdout
