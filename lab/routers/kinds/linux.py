"""Any container image with its own start command: vendors' routers, and whatever else speaks BGP.

The lab knows nothing of what is inside. It puts the configuration where the topology says that the image looks for it
(`startup-config-path`), starts the image, and runs the topology's `exec`. Nobody checks the configuration before,
and nothing can be read of its neighbours; AWS's end of the session tells whether it works. Of routes there is what
stands in the kernel's table, which is where several vendors' software puts them.

Unlike the other kinds, one of this is made for each router, from its node.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from pathlib import PurePath
from typing import Any

from lab.errors import RouterError
from lab.routers.kinds.base import Argv, Ask, Neighbour, Refusal, RouterKind, RouterRoute
from lab.topology import Image

_DEFAULT = {4: "0.0.0.0/0", 6: "::/0"}


class Linux(RouterKind):
    """A router that is an image.

    :param image: how the topology has it run.
    """

    name = "linux"
    title = "Linux"
    user = "root"
    #: The image's first process, under whichever name.
    daemons: tuple[PurePath, ...] = (PurePath("/sbin/init"),)
    package = ""
    capabilities: tuple[str, ...] = ()
    container_directory = PurePath("/")
    log_file = ""

    def __init__(self, image: Image) -> None:
        self._path = image.startup_config_path
        self._command = image.cmd

    def files(self, configuration: str, place: PurePath) -> Mapping[str, str]:  # noqa: ARG002 - the image has one
        return {self._path: configuration}

    def check_command(self, place: PurePath) -> Argv | None:  # noqa: ARG002 - only the image could
        return None

    def start_commands(self, place: PurePath) -> Sequence[Argv]:  # noqa: ARG002 - the container is the place
        return (self._command,)

    def refusals(self, output: str, configuration: str) -> tuple[Refusal, ...]:  # noqa: ARG002 - nobody reads it
        return ()

    def user_command(self, place: PurePath, argv: Sequence[str]) -> Argv:  # noqa: ARG002 - the container is the place
        return tuple(argv)

    def neighbours(self, ask: Ask, place: PurePath) -> tuple[Neighbour, ...]:  # noqa: ARG002 - nobody can be asked
        raise RouterError(
            "what a router of kind 'linux' says of its neighbours cannot be read; "
            "'dxlab exec' asks it in its own words, and 'dxlab status' asks AWS"
        )

    def routes(self, ask: Ask, place: PurePath) -> tuple[RouterRoute, ...]:  # noqa: ARG002 - the container is the place
        answers = {family: ask(("ip", "-j", f"-{family}", "route")) for family in _DEFAULT}
        found = (route for family, answer in answers.items() for route in _routes(answer, _DEFAULT[family]))
        return tuple(sorted(found, key=lambda route: (route.prefix.version, route.prefix)))


def _routes(answer: str, default: str) -> Iterator[RouterRoute]:
    """What ip(8) printed; nothing where the image has none, or none that prints JSON."""
    try:
        records: Sequence[Mapping[str, Any]] = json.loads(answer)
    except json.JSONDecodeError:
        return
    for record in records:
        prefix = ip_network(default if record["dst"] == "default" else record["dst"])
        if not (prefix.version == 6 and prefix.is_link_local):
            protocol = record.get("protocol", "")
            yield RouterRoute(prefix, "connected" if protocol == "kernel" else protocol, tuple(_hops(record)))


def _hops(record: Mapping[str, Any]) -> Iterator[Any]:
    for hop in (record, *record.get("nexthops", ())):
        if "gateway" in hop:
            yield ip_address(hop["gateway"])
        elif "via" in hop:
            yield ip_address(hop["via"]["host"])
