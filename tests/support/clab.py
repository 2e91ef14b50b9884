"""Carries out a containerlab topology as containerlab does, as far as our own files need it.

Containers first, with what the node's keys say; then the links, each a veth pair whose ends are moved in under the
endpoints' names and set up; then every node's `exec`, in order. Two things are otherwise: containerlab's containers
are privileged, while these have the rights that docs/docker.md names, which are fewer; and there is no management
network, for the engine of the tests has no bridge.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

from lab.network.links import End, ensure_cable
from lab.network.namespaces import adopt_namespace, remove_namespace
from lab.network.vlan import KernelVlan, vlan_driver
from tests.support.docker import LAB_RIGHTS

SCHEMA = json.loads(Path(__file__).with_name("clab_schema.json").read_text())
#: Seconds that a command in a container may take.
PATIENCE = 120


def problems(document: object) -> list[str]:
    """What containerlab's schema has against a topology file."""
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(document)]


@dataclass(frozen=True)
class Container:
    """A node that runs."""

    name: str
    node: str

    @property
    def namespace(self) -> str:
        return f"dxlab-tclab.{self.node}"

    def run(self, command: str) -> str:
        """What a command in it printed; AssertionError with its last words where it failed.

        Where this kernel has no 802.1Q links, `ip link add ... type vlan` is done by the lab's own driver.
        """
        words = shlex.split(command)
        if words[:3] == ["ip", "link", "add"] and "vlan" in words and not KernelVlan().available():
            lower, name, vlan = words[4], words[6], int(words[-1])
            sub = End(self.namespace, name)
            vlan_driver().ensure(End(self.namespace, lower), vlan, sub, mtu=1500)
            return ""
        return _docker("exec", self.name, *words)


@contextmanager
def deployed(path: Path, images: Mapping[str, str]) -> Iterator[dict[str, Container]]:
    """The topology's nodes by name, deployed until the block ends.

    :param images: for the images that the file names, those that are meant.
    """
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    nodes: dict[str, Any] = document["topology"]["nodes"]
    containers = {name: Container(f"clab-{document['name']}-{name}", name) for name in nodes}
    try:
        for name, node in nodes.items():
            _start(containers[name], node, path.parent, images)
        for link in document["topology"]["links"]:
            ensure_cable(*(_end(containers, endpoint) for endpoint in link["endpoints"]), mtu=9500)
        for name, node in nodes.items():
            for command in node.get("exec", ()):
                containers[name].run(command)
        yield containers
    finally:
        for container in containers.values():
            subprocess.run(["docker", "rm", "--force", container.name], capture_output=True, check=False)
            remove_namespace(container.namespace)


def _start(container: Container, node: Mapping[str, Any], directory: Path, images: Mapping[str, str]) -> None:
    binds = [word for bind in node.get("binds", ()) for word in ("--volume", f"{directory}/{bind}")]
    entrypoint = ["--entrypoint", node["entrypoint"]] if "entrypoint" in node else []
    subprocess.run(["docker", "rm", "--force", container.name], capture_output=True, check=False)
    _docker(
        *("run", "--detach", *LAB_RIGHTS, "--network", "none", "--name", container.name),
        *("--sysctl", "net.ipv6.conf.all.disable_ipv6=0"),  # of every node of kind linux
        *binds,
        *entrypoint,
        images[node["image"]],
        *shlex.split(node.get("cmd", "")),
    )
    pid = _docker("inspect", "--format", "{{.State.Pid}}", container.name)
    adopt_namespace(container.namespace, int(pid))


def _end(containers: Mapping[str, Container], endpoint: str) -> End:
    node, _, interface = endpoint.partition(":")
    return End(containers[node].namespace, interface)


def _docker(*arguments: str) -> str:
    done = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, f"docker {shlex.join(arguments)}: {done.stderr[-2000:]}"
    return done.stdout.strip()
