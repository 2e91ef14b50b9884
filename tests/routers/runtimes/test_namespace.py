"""The namespace runtime's own: missing daemons, commands that do not end, what a killed lab leaves."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import pytest

from lab.errors import MissingPartError, RouterError
from lab.network.namespaces import namespaces, processes_in
from lab.routers import Router
from lab.routers.kinds.frr import Frr
from lab.routers.runtimes import namespace as module
from lab.routers.runtimes.base import Site
from lab.routers.runtimes.namespace import NamespaceRuntime

SITE = Site("trouters", "edge", Path("/run/dxlab/trouters/edge"), "dxlab-trouters.edge")


@pytest.fixture
def runtime(place: Path) -> Iterator[NamespaceRuntime]:
    made = NamespaceRuntime(SITE, Frr())
    made.prepare()
    yield made
    made.remove()


def test_missing_daemons() -> None:
    class Elsewhere(Frr):
        daemons = (PurePath("/nowhere/zebra"), PurePath("/nowhere/bgpd"))

    with pytest.raises(MissingPartError) as refusal:
        NamespaceRuntime(SITE, Elsewhere()).prepare()
    assert str(refusal.value) == (
        "router 'edge' needs zebra, bgpd: 'apt-get install frr', or give the node 'runtime: docker'"
    )


@pytest.mark.root
def test_files_belong_to_the_router_and_to_nobody_else(runtime: NamespaceRuntime) -> None:
    runtime.write({"a.conf": "ä\n"})
    runtime.write({"a.conf": "b\n"})
    path = SITE.directory / "a.conf"
    assert (runtime.read("a.conf"), runtime.read("absent")) == ("b\n", "")
    assert (path.stat().st_mode & 0o777, path.group()) == (0o640, "frr")
    assert (SITE.directory.stat().st_mode & 0o777, SITE.directory.owner()) == (0o750, "frr")


@pytest.mark.root
def test_the_environment_of_the_lab_is_not_the_routers(
    runtime: NamespaceRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of nobody's business")
    assert "AWS" not in runtime.run(["env"]).output


@pytest.mark.root
def test_a_command_that_does_not_end(runtime: NamespaceRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    with pytest.raises(RouterError, match="router 'edge': sleep did not end within 0 s"):
        runtime.run(["sleep", "infinity"])
    assert processes_in(SITE.namespace) == []


@pytest.mark.root
def test_a_daemon_that_cannot_start_says_why(
    runtime: NamespaceRuntime, make_router: Callable[..., Router]
) -> None:
    router = make_router("edge")
    # FRR's daemons hold a lock on their pid file, so that none of them runs twice.
    with (SITE.directory / "bgpd.pid").open("w") as taken:
        fcntl.lockf(taken, fcntl.LOCK_EX)
        with pytest.raises(RouterError, match=r"(?s)^router 'edge' does not start:\n  .*bgpd\.pid"):
            router.start("hostname edge\n")
    assert not router.is_running()


@pytest.mark.root
def test_preparing_after_a_killed_run_finds_what_there_is(runtime: NamespaceRuntime) -> None:
    runtime.write({"kept": "yes"})
    NamespaceRuntime(SITE, Frr()).prepare()
    assert runtime.read("kept") == "yes"
    assert namespaces(SITE.namespace) == [SITE.namespace]
