"""A router that is a container image: two containers, one for its network and one for itself.

An image's own start command has to be the first process of its container (several vendors' software is systemd), and
has to find its interfaces when it starts. So another container comes first, which only sleeps and holds the network
namespace; the cables are plugged in there. The router's own container is then created in that namespace (`--network
container:`), gets its configuration, and is started. It can end, be ended and be started again, and its cables stay.

The first container is called dxlab-<lab>.<node>.net, the second dxlab-<lab>.<node>.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

import requests.exceptions
from docker import DockerClient
from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.types import Mount

from lab.errors import RouterError
from lab.routers.kinds.base import RouterKind
from lab.routers.runtimes.base import Completed, Site
from lab.routers.runtimes.docker import DockerRuntime, docker_engine
from lab.topology import Image

#: Seconds in which a start command that cannot work has ended.
_GRACE = 1.0
_LOG_LINES = 1000
#: The status of `docker run` itself, where it is not the command's.
_NOT_CARRIED_OUT = 125
#: What the SDK raises when the engine sends nothing for so long as it waits: a minute, unless told otherwise.
_SILENCE = (requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError)
#: What a terminal makes of line ends.
_CARRIAGE_RETURNS = re.compile(r"\r+\n")


class ImageRuntime(DockerRuntime):
    """A container of the topology's own image.

    :param image: how it is run.
    """

    def __init__(self, site: Site, kind: RouterKind, image: Image) -> None:
        super().__init__(site, kind)
        self._run = image

    @property
    def holder(self) -> str:
        return f"{self.container}.net"

    def write(self, files: Mapping[str, str]) -> None:
        """Create the router's container anew, with these files."""
        with docker_engine(f"router '{self.site.node}'") as engine:
            try:
                self._remove_container(engine, self.container)
                self._create_router(engine).put_archive("/", _archive(files))
            except APIError as error:
                raise self._failure(error) from error

    def read(self, name: str) -> str:  # noqa: ARG002 - there is one log
        """What the start command printed."""
        with docker_engine() as engine, suppress(NotFound):
            found: bytes = engine.containers.get(self.container).logs(tail=_LOG_LINES)
            return _CARRIAGE_RETURNS.sub("\n", found.decode(errors="replace"))
        return ""

    def run(self, argv: Sequence[str]) -> Completed:
        """Run a command in the container; where that does not run, no command does."""
        try:
            return super().run(argv)
        except RouterError as error:
            return Completed(_NOT_CARRIED_OUT, str(error))
        except _SILENCE:
            return Completed(_NOT_CARRIED_OUT, f"{argv[0]} said nothing for a minute")

    def start(self, argv: Sequence[str]) -> Completed:  # noqa: ARG002 - the container was created with it
        """Start the container, and see that it does not end at once."""
        with self._container() as container:
            try:
                container.wait()  # one that was just killed counts as running for a moment
                container.start()
                ended = container.wait(timeout=_GRACE)
            except APIError as error:
                raise self._failure(error) from error
            except _SILENCE:
                return Completed(0, "")
        return Completed(ended["StatusCode"] or 1, self.read(""))

    def processes(self, names: Collection[str]) -> dict[int, str]:
        """The container's first process; the others end with it."""
        with docker_engine() as engine, suppress(NotFound):
            container = engine.containers.get(self.container)
            if self._is_own(container) and container.status == "running":
                return {container.attrs["State"]["Pid"]: next(iter(names))}
        return {}

    def _ensure_directory(self) -> None:
        """None: the image has its own."""

    def _create(self, engine: DockerClient) -> Container:
        """A new holder; a router in the network of an earlier one is cut off, and goes with it."""
        self._remove_container(engine, self.container)
        return super()._create(engine)

    def _create_router(self, engine: DockerClient) -> Container:
        run = self._run
        binds = [Mount(each.target, str(each.source), type="bind", read_only=True) for each in run.binds]
        return engine.containers.create(
            self._image,
            command=list(run.cmd) or None,
            name=self.container,
            labels=self._labels,
            network_mode=f"container:{self.holder}",
            environment=dict(run.env),
            mounts=binds,
            user=run.user,
            cap_add=list(run.cap_add),
            privileged=run.privileged,
            tty=True,  # as containerlab has it; some vendors' start commands ask for one
        )

    def _failure(self, error: APIError) -> RouterError:
        return RouterError(f"router '{self.site.node}': the container {self.container}: {error.explanation}")


def _archive(files: Mapping[str, str]) -> bytes:
    """The files as a tar archive, by their paths in the container, for its every user to read."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, text in files.items():
            content = text.encode()
            member = tarfile.TarInfo(path.lstrip("/"))
            member.size, member.mode = len(content), 0o644
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
