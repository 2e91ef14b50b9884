"""The docker runtime where no engine answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import MissingPartError
from lab.routers import Router, create, remove_leftovers
from lab.topology import RouterNode
from tests.routers.conftest import LAB


@pytest.fixture
def router(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Router:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    node = RouterNode(name="edge", kind="frr", startup_config=Path("edge.conf"), runtime="docker")
    return create(node, lab=LAB, directory=tmp_path, namespace=f"dxlab-{LAB}.edge")


def test_no_engine_is_said_in_one_sentence(router: Router) -> None:
    with pytest.raises(MissingPartError) as refusal:
        router.prepare()
    assert str(refusal.value) == (
        "router 'edge' needs the Docker engine, and none answers: start it with 'systemctl start docker', "
        "or a private one with 'eval \"$(scripts/dockerd start)\"' in dxlab's sources"
    )


def test_an_engine_elsewhere_that_does_not_answer(router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    with pytest.raises(MissingPartError, match="none answers"):
        router.prepare()


def test_where_there_is_no_engine_nothing_is_left(router: Router) -> None:
    remove_leftovers(LAB)


@pytest.mark.root
def test_taking_away_without_an_engine(router: Router) -> None:
    router.remove()


def test_a_terminal_is_asked_for_where_there_is_one(router: Router) -> None:
    assert router.command(["sh"], terminal=True) == (
        "docker", "exec", "--interactive", "--tty", f"dxlab-{LAB}.edge", "sh",
    )  # fmt: skip
    assert "--tty" not in router.command(["sh"], terminal=False)
