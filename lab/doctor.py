"""What this machine has and lacks for the lab, found by trying it and not by reading versions.

A check either returns a `Finding` that says what was found, or one that says what is missing and what to do
about it. Only what every lab needs is required; a missing docker engine, say, matters only to routers that
run in containers.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from lab.errors import LabError, MissingPartError
from lab.network.namespaces import ensure_namespace, remove_namespace
from lab.network.vlan import vlan_driver
from lab.routers.kinds import KINDS, RouterKind

_TCP_MD5SIG = 14


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    :ivar remedy: what to do; empty where all is well.
    :ivar required: whether no lab runs without it.
    """

    subject: str
    found: str
    remedy: str = ""
    required: bool = True

    @property
    def good(self) -> bool:
        return not self.remedy


def examine() -> list[Finding]:
    """Carry out every check, in the order in which one would mend things; without root, those that need none."""
    privileges = _privileges()
    checks = (*(_CHECKS_OF_ROOT if privileges.good else ()), *_CHECKS)
    return [privileges, *(check() for check in checks)]


def _privileges() -> Finding:
    if os.geteuid() == 0:
        return Finding("privileges", "root")
    return Finding(
        "privileges", "not root", "run dxlab with sudo: it makes network namespaces and tags frames"
    )


def _namespaces() -> Finding:
    name = f"dxlab-doctor.{os.getpid()}"
    try:
        ensure_namespace(name)
        remove_namespace(name)
    except LabError as error:
        return Finding(
            "namespaces", str(error), "allow this machine (or container) to make network namespaces"
        )
    return Finding("namespaces", "network namespaces can be made")


def _vlan() -> Finding:
    try:
        driver = vlan_driver()
    except LabError as error:
        return Finding(
            "802.1Q", str(error), "load the kernel module 8021q (modprobe 8021q) or run as root for eBPF"
        )
    return Finding("802.1Q", f"driver {driver.name}")


def _tcp_md5() -> Finding:
    key = b"doctor"
    address = struct.pack("HH4s120x", socket.AF_INET, 0, socket.inet_aton("127.0.0.1"))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.setsockopt(
                socket.IPPROTO_TCP, _TCP_MD5SIG, address + struct.pack("2xHI80s", len(key), 0, key)
            )
        except OSError as error:
            return Finding("TCP-MD5", str(error), "use a kernel built with CONFIG_TCP_MD5SIG (RFC 2385)")
    return Finding("TCP-MD5", "the kernel signs TCP segments (RFC 2385)")


def _ipv6() -> Finding:
    if Path("/proc/sys/net/ipv6").is_dir():
        return Finding("IPv6", "the kernel has it")
    return Finding("IPv6", "missing", "boot without ipv6.disable=1; IPv6 peers need it", required=False)


def _speaker() -> Finding:
    return Finding("speaker", f"ExaBGP {version('exabgp')}")


def _daemons(kind: RouterKind) -> Finding:
    """Whether routers of this kind can run in a network namespace; a container brings its own daemons."""
    missing = [program.name for program in kind.daemons if not os.access(program, os.X_OK)]
    if missing:
        remedy = f"for routers of kind '{kind.name}': apt-get install {kind.package}"
        return Finding(kind.title, f"{', '.join(missing)} not found", remedy, required=False)
    return Finding(kind.title, f"{', '.join(program.name for program in kind.daemons)}")


def _docker() -> Finding:
    # Imported here, for the SDK is large and this is the only verb that always asks for it.
    from lab.routers.runtimes.docker import docker_engine

    try:
        with docker_engine("a router with 'runtime: docker'") as engine:
            found = engine.version()["Version"]
    except MissingPartError:
        remedy = "for routers with 'runtime: docker': apt-get install docker.io, or start the engine"
        return Finding("docker", "no engine answers", remedy, required=False)
    return Finding("docker", f"engine {found}")


_CHECKS_OF_ROOT: tuple[Callable[[], Finding], ...] = (_namespaces, _vlan)
_CHECKS: tuple[Callable[[], Finding], ...] = (
    _tcp_md5,
    _ipv6,
    _speaker,
    *(partial(_daemons, kind) for kind in KINDS.values() if kind.daemons),
    _docker,
)
