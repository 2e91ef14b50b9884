"""A router in a container of its own, with its own files and its own version of the daemons.

The engine gives it no network (`--network none`): its network namespace gets a name under /run/netns, and
from there on cables and sub-interfaces come into it as into any other, which is containerlab's way. The
container's own process only sleeps below an init that buries orphans; the daemons are started in it, and can
so be ended and started again without the container, its namespace and its cables going away.

Containers are named dxlab-<lab>.<node> and labelled with their lab, by which a later process finds them; one of
that name without the labels is somebody else's, and is left alone. The engine must be on this machine. The image
is the Dockerfile's target `router`, or one that the topology names.
"""

from __future__ import annotations

import io
import os
import socket
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path, PurePath
from typing import cast
from urllib.parse import urlsplit

import docker
from docker import DockerClient
from docker.errors import APIError, BuildError, DockerException, ImageNotFound, NotFound
from docker.models.containers import Container

from lab.errors import MissingPartError, RouterError
from lab.network.namespaces import adopt_namespace, prepare_router, remove_namespace
from lab.routers.kinds.base import Argv
from lab.routers.runtimes.base import Completed, RouterRuntime

#: The label that says to which lab a container belongs.
LAB_LABEL = "dxlab.lab"
NODE_LABEL = "dxlab.node"

# The engine turns IPv6 off in a container without a network of its making.
_IPV6 = {f"net.ipv6.conf.{scope}.disable_ipv6": "0" for scope in ("all", "default", "lo")}
_USUAL_ENGINE = "unix:///var/run/docker.sock"
_DOCKERFILE = Path(__file__).parents[3] / "Dockerfile"


class DockerRuntime(RouterRuntime):
    """A container of the Docker engine."""

    @property
    def place(self) -> PurePath:
        return self.kind.container_directory

    @property
    def container(self) -> str:
        """The container's name."""
        return f"dxlab-{self.site.lab}.{self.site.node}"

    @property
    def holder(self) -> str:
        """The name of the container whose network namespace is the router's."""
        return self.container

    def prepare(self) -> None:
        with docker_engine(f"router '{self.site.node}'") as engine:
            self._ensure_image(engine)
            container = self._running(engine) or self._create(engine)
            adopt_namespace(self.site.namespace, _pid(container))
        prepare_router(self.site.namespace)
        self._ensure_directory()

    def write(self, files: Mapping[str, str]) -> None:
        group = self._owner[1]
        members = [(_private_file(name, group), text) for name, text in files.items()]
        with self._container() as container:
            container.put_archive(str(self.place), _archive(*members))

    def read(self, name: str) -> str:
        shown = self.run(["cat", str(self.place / name)])
        return "" if shown.status else shown.output

    def run(self, argv: Sequence[str]) -> Completed:
        with self._container() as container:
            # The engine carries two streams separately and so loses their order; the shell makes them one.
            ended = container.exec_run(["sh", "-c", 'exec "$@" 2>&1', "sh", *argv])
        status, output = cast(tuple[int, bytes], ended)
        return Completed(status, output.decode(errors="replace"))

    def start(self, argv: Sequence[str]) -> Completed:
        """Nothing in the container has more capabilities."""
        return self.run(argv)

    def command(self, argv: Sequence[str], *, terminal: bool) -> Argv:
        return ("docker", "exec", "--interactive", *(["--tty"] if terminal else []), self.container, *argv)

    def remove(self) -> None:
        with suppress(MissingPartError), docker_engine() as engine:
            for name in dict.fromkeys((self.container, self.holder)):
                self._remove_container(engine, name)
        remove_namespace(self.site.namespace)

    @classmethod
    def remove_leftovers(cls, lab: str) -> None:
        """Remove the lab's containers. Where no engine answers, none of its containers runs."""
        with suppress(MissingPartError), docker_engine() as engine:
            for container in engine.containers.list(all=True, filters={"label": f"{LAB_LABEL}={lab}"}):
                with suppress(NotFound):
                    container.remove(force=True)

    def _remove_container(self, engine: DockerClient, name: str) -> None:
        """Remove a container, if it is there and this router's."""
        with suppress(NotFound):
            container = engine.containers.get(name)
            if self._is_own(container):
                container.remove(force=True)

    @cached_property
    def _owner(self) -> tuple[int, int]:
        """The ids of the kind's user and group in this image."""
        found = self.run(["sh", "-c", 'id -u "$0" && id -g "$0"', self.kind.user])
        if found.status:
            sentence = f"{self._image} is no image of {self.kind.name}: {found.output.strip()}"
            raise RouterError(f"router '{self.site.node}': {sentence}")
        user, group = found.output.split()
        return int(user), int(group)

    def _ensure_directory(self) -> None:
        """By the engine, for nothing in the container may give files away."""
        directory = tarfile.TarInfo(str(self.place).lstrip("/"))
        directory.type, directory.mode = tarfile.DIRTYPE, 0o750
        directory.uid, directory.gid = self._owner
        with self._container() as container:
            container.put_archive("/", _archive((directory, "")))

    # ----- image -------------------------------------------------------------------------------------------

    @property
    def _image(self) -> str:
        return self.site.image or self.kind.image

    def _ensure_image(self, engine: DockerClient) -> None:
        """Have the image: the lab's own is built where its Dockerfile is at hand, another one is pulled."""
        try:
            engine.images.get(self._image)
        except ImageNotFound:
            if self.site.image:
                self._pull(engine)
            else:
                self._build(engine)

    def _pull(self, engine: DockerClient) -> None:
        try:
            engine.images.pull(self._image)
        except APIError as error:
            sentence = (
                f"router '{self.site.node}': the image {self._image} cannot be pulled: {error.explanation}"
            )
            raise MissingPartError(sentence) from error

    def _build(self, engine: DockerClient) -> None:
        by_hand = f"'docker build --target router --tag {self._image} .' in dxlab's sources makes it"
        if not _DOCKERFILE.is_file():
            raise MissingPartError(f"router '{self.site.node}': there is no image {self._image}; {by_hand}")
        try:
            engine.images.build(
                path=str(_DOCKERFILE.parent),
                target="router",
                tag=self._image,
                network_mode="host",
                rm=True,
                forcerm=True,
            )
        except (APIError, BuildError) as error:
            raise MissingPartError(f"the image {self._image} cannot be built ({error}); {by_hand}") from error

    # ----- container ---------------------------------------------------------------------------------------

    @property
    def _labels(self) -> dict[str, str]:
        return {LAB_LABEL: self.site.lab, NODE_LABEL: self.site.node}

    def _is_own(self, container: Container) -> bool:
        return self._labels.items() <= container.labels.items()

    def _running(self, engine: DockerClient) -> Container | None:
        """The container that holds the network namespace, if it runs already."""
        try:
            container = engine.containers.get(self.holder)
        except NotFound:
            return None
        if not self._is_own(container):
            raise RouterError(
                f"router '{self.site.node}': the container {self.holder} is not this lab's; "
                f"'docker rename {self.holder} <another>' makes room"
            )
        if container.status == "running":
            return container
        container.remove(force=True)
        return None

    def _create(self, engine: DockerClient) -> Container:
        container = engine.containers.run(
            self._image,
            name=self.holder,
            hostname=self.site.node,
            labels=self._labels,
            entrypoint=["sleep", "infinity"],
            init=True,
            network_mode="none",
            sysctls=_IPV6,
            cap_drop=["ALL"],
            cap_add=list(self.kind.capabilities),
            security_opt=["no-new-privileges"],
            detach=True,
        )
        container.reload()
        return container

    @contextmanager
    def _container(self) -> Iterator[Container]:
        with docker_engine(f"router '{self.site.node}'") as engine:
            try:
                yield engine.containers.get(self.container)
            except APIError as error:
                sentence = f"router '{self.site.node}': the container {self.container}: {error.explanation}"
                raise RouterError(sentence) from error


@contextmanager
def docker_engine(who: str = "the docker runtime") -> Iterator[DockerClient]:
    """A client of the engine that DOCKER_HOST names, or of this machine's usual one; closed afterwards.

    :raises MissingPartError: none answers.
    """
    try:
        _demand_listener()
        client = docker.from_env()
    except (OSError, DockerException) as error:
        raise MissingPartError(
            f"{who} needs the Docker engine, and none answers: start it with 'systemctl start docker', or a "
            "private one with 'eval \"$(scripts/dockerd start)\"' in dxlab's sources"
        ) from error
    try:
        yield client
    finally:
        client.close()


def _demand_listener() -> None:
    """Raise OSError where nobody listens; the SDK would find that out too, but leave its socket open."""
    address = urlsplit(os.environ.get("DOCKER_HOST") or _USUAL_ENGINE)
    if address.scheme == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.connect(address.path)


def _pid(container: Container) -> int:
    """The container's first process, as this machine numbers it."""
    pid: int = container.attrs["State"]["Pid"]
    return pid


def _private_file(name: str, group: int) -> tarfile.TarInfo:
    """A file for root, and for this group to read."""
    member = tarfile.TarInfo(name)
    member.mode, member.gid = 0o640, group
    return member


def _archive(*members: tuple[tarfile.TarInfo, str]) -> bytes:
    """A tar archive of these members with their contents."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member, text in members:
            content = text.encode()
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
