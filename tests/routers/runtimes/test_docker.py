"""The docker runtime's own: engine, images and containers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.errors import MissingPartError, RouterError
from lab.routers import Router, create, remove_leftovers
from lab.routers.runtimes import docker as module
from lab.routers.runtimes.docker import LAB_LABEL, docker_engine
from lab.topology import RouterNode
from tests.routers.conftest import LAB
from tests.support.docker import PATIENCE, ROUTER_IMAGE

pytestmark = [pytest.mark.root, pytest.mark.docker, pytest.mark.timeout(PATIENCE)]


def router(image: str | None = None) -> Router:
    node = RouterNode(
        name="edge", kind="frr", startup_config=Path("edge.conf"), runtime="docker", image=image
    )
    directory = Path("/run/dxlab/trouters/edge")
    return create(node, lab=LAB, directory=directory, namespace=f"dxlab-{LAB}.edge")


@pytest.fixture
def prepared(engine: None, place: Path) -> Iterator[Router]:
    made = router()
    made.prepare()
    yield made
    made.remove()


def containers() -> list[Any]:
    with docker_engine() as engine:
        return list(engine.containers.list(all=True, filters={"label": f"{LAB_LABEL}={LAB}"}))


# ----- images -----------------------------------------------------------------------------------------------


@pytest.fixture
def no_image(engine: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an image that is not there, in the place of the lab's own."""
    name = "dxlab-trouters-image"
    monkeypatch.setattr("lab.routers.kinds.frr.Frr.image", name)
    _remove_image(name)
    return name


def _remove_image(name: str) -> None:
    with docker_engine() as engine:
        if engine.images.list(name):
            engine.images.remove(name)


def test_a_missing_image_is_built(no_image: str, place: Path) -> None:
    made = router()
    try:
        made.prepare()
        assert containers()[0].image.tags
    finally:
        made.remove()
        _remove_image(no_image)


def test_a_missing_image_without_sources(no_image: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DOCKERFILE", Path("/nowhere/Dockerfile"))
    with pytest.raises(MissingPartError) as refusal:
        router().prepare()
    assert str(refusal.value) == (
        f"router 'edge': there is no image {no_image}; "
        f"'docker build --target router --tag {no_image} .' in dxlab's sources makes it"
    )


def test_a_missing_image_that_cannot_be_built(
    no_image: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:bookworm-slim AS router\nRUN false\n")
    monkeypatch.setattr(module, "_DOCKERFILE", tmp_path / "Dockerfile")
    with pytest.raises(MissingPartError, match=f"^the image {no_image} cannot be built .*'/bin/sh -c false'"):
        router().prepare()


def test_an_image_that_cannot_be_pulled(engine: None, place: Path) -> None:
    with pytest.raises(MissingPartError, match="the image localhost:1/frr cannot be pulled: "):
        router(image="localhost:1/frr").prepare()


def test_an_image_without_the_daemons(engine: None, place: Path) -> None:
    with pytest.raises(RouterError, match=r"debian:bookworm-slim is no image of frr: .*no such user"):
        router(image="debian:bookworm-slim").prepare()


def test_an_image_that_the_topology_names(engine: None, place: Path) -> None:
    made = router(image=f"{ROUTER_IMAGE}:latest")
    made.prepare()
    assert len(containers()) == 1
    made.remove()


# ----- containers -------------------------------------------------------------------------------------------


def test_a_container_has_a_name_labels_and_few_rights(prepared: Router) -> None:
    [container] = containers()
    host = container.attrs["HostConfig"]
    assert container.name == f"dxlab-{LAB}.edge"
    assert container.labels["dxlab.node"] == "edge"
    assert host["NetworkMode"] == "none"
    assert not host["Privileged"]
    assert host["CapDrop"] == ["ALL"]


def test_a_container_that_runs_is_kept(prepared: Router) -> None:
    [before] = containers()
    prepared.prepare()
    assert [container.id for container in containers()] == [before.id]


def test_a_container_that_died_is_replaced(prepared: Router) -> None:
    [before] = containers()
    before.kill()
    prepared.prepare()
    [after] = containers()
    assert after.id != before.id
    assert prepared.execute(["true"]).status == 0


def test_a_container_of_somebody_else_is_left_alone(engine: None, place: Path) -> None:
    name = f"dxlab-{LAB}.edge"
    with docker_engine() as engine_:
        stranger = engine_.containers.create(ROUTER_IMAGE, name=name, labels={LAB_LABEL: "another-lab"})
        try:
            with pytest.raises(RouterError, match=f"the container {name} is not this lab's; 'docker rename"):
                router().prepare()
            router().remove()
            assert engine_.containers.get(name).id == stranger.id
        finally:
            stranger.remove(force=True)


def test_what_a_killed_lab_left(prepared: Router) -> None:
    remove_leftovers("another-lab")
    assert len(containers()) == 1
    remove_leftovers(LAB)
    assert containers() == []


def test_a_container_that_somebody_removed(prepared: Router) -> None:
    containers()[0].remove(force=True)
    with pytest.raises(
        RouterError, match=r"router 'edge': the container dxlab-trouters\.edge: No such container"
    ):
        prepared.execute(["true"])
    assert not prepared.is_running()
