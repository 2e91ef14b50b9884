"""Routers of kind linux: an image of its own with a plain start command, in the namespace of another container.

The image here is the lab's own router image, whose BIRD the start command runs in the foreground, as any image's
might.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lab.errors import MissingPartError, RouterError
from lab.network.links import End, ensure_cable
from lab.network.namespaces import namespaces
from lab.routers import Router, RouterRoute, create, remove_leftovers
from lab.routers.runtimes.docker import LAB_LABEL, docker_engine
from lab.topology import Bind, Image, RouterNode
from tests.routers.conftest import LAB, RUN, cleared, router_of_the_lab
from tests.routers.samples import EDGE_PREFIXES, FAR, FAR_PREFIXES, KEY
from tests.routers.samples.base import GIVEN
from tests.routers.samples.bird import configuration
from tests.support.docker import PATIENCE, ROUTER_IMAGE

T = TypeVar("T")

pytestmark = [pytest.mark.root, pytest.mark.docker, pytest.mark.timeout(PATIENCE)]

CONFIG = "/etc/vendor/bird.conf"
IMAGE = "dxlab-trouters-vendor"
BIRD = Image(startup_config_path=CONFIG, cap_add=("NET_ADMIN", "NET_RAW"))
IDLE = Image(startup_config_path=CONFIG, cmd=("sleep", "infinity"))


def router(run: Image, image: str = ROUTER_IMAGE) -> Router:
    node = RouterNode(
        name="edge", kind="linux", startup_config=Path("/edge.conf"), runtime="docker", image=image, run=run
    )
    return create(node, lab=LAB, directory=RUN / "edge", namespace=f"dxlab-{LAB}.edge")


def until(ask: Callable[[], T], wanted: Callable[[T], bool], seconds: float = 20) -> T:
    """Ask until the answer is as wanted."""
    deadline = time.monotonic() + seconds
    while not wanted(answer := ask()):
        assert time.monotonic() < deadline, f"waited in vain; last answer: {answer}"
        time.sleep(0.02)
    return answer


@pytest.fixture(scope="module")
def vendors_image(engine: None) -> Iterator[str]:
    """An image that starts a BIRD by itself."""
    lines = f'FROM {ROUTER_IMAGE}\nRUN mkdir -p /run/bird\nCMD ["bird", "-f", "-c", "{CONFIG}"]\n'
    with docker_engine() as client:
        client.images.build(fileobj=io.BytesIO(lines.encode()), tag=IMAGE, rm=True, network_mode="host")
    yield IMAGE
    with docker_engine() as client:
        client.images.remove(IMAGE, force=True)


@pytest.fixture
def pair(vendors_image: str) -> Iterator[tuple[Router, Router]]:
    """The image's router and an FRR at the other end of its cable, both running."""
    with cleared():
        edge, far = router(BIRD, vendors_image), router_of_the_lab("far")
        for each in (edge, far):
            each.prepare()
        ensure_cable(End(far.namespace, "port1"), End(edge.namespace, "eth1"))
        far.start(FAR)
        edge.start(configuration(KEY), interfaces=GIVEN, secrets=[KEY])
        yield edge, far


@pytest.fixture
def idle(engine: None) -> Iterator[Callable[..., Router]]:
    """Makes a router whose start command only sleeps, and that runs."""

    def make(run: Image = IDLE, text: str = "router id 192.0.2.2;\n") -> Router:
        made = router(run)
        made.prepare()
        made.start(text)
        return made

    with cleared():
        yield make


def containers() -> dict[str, Any]:
    with docker_engine() as client:
        found = client.containers.list(all=True, filters={"label": f"{LAB_LABEL}={LAB}"})
        return {str(each.name): each for each in found}


def established(far: Router) -> None:
    until(far.neighbours, lambda found: [each.state for each in found] == ["Established"] * 2)


def learnt(router_: Router, protocol: str) -> Mapping[Any, RouterRoute]:
    return {each.prefix: each for each in router_.routes() if each.protocol == protocol and each.next_hops}


# ----- sessions ---------------------------------------------------------------------------------------------


def test_sessions_in_both_families_and_routes_both_ways(pair: tuple[Router, Router]) -> None:
    edge, far = pair
    established(far)
    until(lambda: learnt(far, "bgp").keys(), lambda found: found == set(EDGE_PREFIXES))
    until(lambda: learnt(edge, "bird").keys(), lambda found: found == set(FAR_PREFIXES))
    assert "Started" in edge.log_tail()
    assert KEY not in edge.log_tail(1000)


def test_killed_and_restarted_on_the_same_cable(pair: tuple[Router, Router]) -> None:
    edge, far = pair
    established(far)
    edge.kill()
    assert not edge.is_running()
    until(far.neighbours, lambda found: {each.state for each in found}.isdisjoint({"Established"}))
    edge.restart()
    assert edge.is_running()
    established(far)


def test_another_process_finds_it_running_and_stops_it(pair: tuple[Router, Router]) -> None:
    edge, far = pair
    established(far)
    found = router(BIRD, IMAGE)
    assert found.is_running()
    found.prepare()
    assert found.is_running()
    found.stop()
    assert not edge.is_running()
    assert edge.routes() == ()


def test_another_configuration_is_a_new_start(pair: tuple[Router, Router]) -> None:
    edge, far = pair
    established(far)
    edge.reconfigure("router id 192.0.2.2;\nprotocol device {}\n")
    assert edge.is_running()
    until(far.neighbours, lambda found: {each.state for each in found}.isdisjoint({"Established"}))


# ----- containers -------------------------------------------------------------------------------------------


def test_it_is_the_first_process_of_its_container(pair: tuple[Router, Router]) -> None:
    edge, _ = pair
    assert edge.execute(["cat", "/proc/1/comm"]).output == "bird\n"
    assert edge.execute(["hostname"]).output == "edge\n"


def test_few_rights_unless_the_topology_says_otherwise(idle: Callable[..., Router]) -> None:
    idle()
    host = containers()[f"dxlab-{LAB}.edge"].attrs["HostConfig"]
    assert (host["Privileged"], host["CapAdd"], host.get("Mounts")) == (False, None, None)
    assert containers()[f"dxlab-{LAB}.edge.net"].attrs["HostConfig"]["CapDrop"] == ["ALL"]


def test_rights_that_the_topology_gives(idle: Callable[..., Router]) -> None:
    with suppress(RouterError):  # a machine that is a container itself has not every right to give
        idle(IDLE.model_copy(update={"privileged": True, "cap_add": ("SYS_TIME",)}))
    host = containers()[f"dxlab-{LAB}.edge"].attrs["HostConfig"]
    assert host["Privileged"]
    assert [name.removeprefix("CAP_") for name in host["CapAdd"]] == ["SYS_TIME"]


def test_what_the_topology_brings_is_there_and_cannot_be_written(
    idle: Callable[..., Router], tmp_path: Path
) -> None:
    licence = tmp_path / "licence: a"
    licence.write_text("valid\n")
    run = IDLE.model_copy(
        update={
            "binds": (Bind(source=licence, target="/opt/licence"),),
            "env": {"PLATFORM": "a lab = 'yes'"},
            "user": "daemon:daemon",
        }
    )
    made = idle(run, "line 1\n")
    assert made.execute(["cat", "/opt/licence", CONFIG]).output == "valid\nline 1\n"
    assert made.execute(["sh", "-c", 'echo "$PLATFORM"; id -un']).output == "a lab = 'yes'\ndaemon\n"
    with docker_engine() as client:
        as_root = client.containers.get(f"dxlab-{LAB}.edge").exec_run(
            ["sh", "-c", "echo > /opt/licence"], user="0"
        )
    assert as_root.exit_code != 0
    assert licence.read_text() == "valid\n"


def test_commands_follow_every_start(idle: Callable[..., Router]) -> None:
    made = idle()
    made.start("", commands=[("sh", "-c", "echo again >>/tmp/starts")])
    made.restart()
    assert made.execute(["cat", "/tmp/starts"]).output == "again\nagain\n"


def test_removed_it_leaves_nothing(idle: Callable[..., Router]) -> None:
    made = idle()
    assert len(containers()) == 2
    made.remove()
    made.remove()
    assert containers() == {}
    assert namespaces(made.namespace) == []
    assert not made.is_running()
    assert made.log_tail() == ""


def test_what_a_killed_lab_left(idle: Callable[..., Router]) -> None:
    idle()
    remove_leftovers(LAB)
    assert containers() == {}


def test_a_router_without_its_network_is_started_anew(idle: Callable[..., Router]) -> None:
    made = idle()
    containers()[f"dxlab-{LAB}.edge.net"].remove(force=True)
    made.prepare()
    assert not made.is_running()
    made.start("")
    assert made.is_running()


# ----- refusals ---------------------------------------------------------------------------------------------


def test_a_start_command_that_ends_says_why(engine: None, place: Path) -> None:
    made = router(IDLE.model_copy(update={"cmd": ("sh", "-c", "echo no licence; exit 3")}))
    made.prepare()
    with pytest.raises(RouterError) as refusal:
        made.start("")
    assert str(refusal.value) == "router 'edge' does not start:\n  no licence"
    assert not made.is_running()


def test_a_start_command_that_is_not_there(engine: None, place: Path) -> None:
    made = router(IDLE.model_copy(update={"cmd": ("/opt/vendor/init",)}))
    made.prepare()
    with pytest.raises(RouterError, match=r"^router 'edge': the container .*: .*/opt/vendor/init"):
        made.start("")
    assert not made.is_running()


def test_a_configuration_in_a_folder_that_cannot_be_written(
    engine: None, place: Path, tmp_path: Path
) -> None:
    bind = Bind(source=tmp_path, target="/etc/vendor")
    made = router(IDLE.model_copy(update={"binds": (bind,)}))
    made.prepare()
    with pytest.raises(RouterError, match=r"^router 'edge': the container .*read-only"):
        made.start("")
    assert list(tmp_path.iterdir()) == []


def test_an_image_that_cannot_be_pulled(engine: None, place: Path) -> None:
    with pytest.raises(MissingPartError, match="the image localhost:1/vendor cannot be pulled: "):
        router(IDLE, "localhost:1/vendor").prepare()


def test_its_neighbours_cannot_be_read(idle: Callable[..., Router]) -> None:
    with pytest.raises(RouterError, match="what a router of kind 'linux' says of its neighbours cannot be"):
        idle().neighbours()
