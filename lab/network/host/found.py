"""What an interface of this machine is like, written down so that it can be made so again."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from lab.logs import Log
from lab.network.links import Link, passing

log = Log("dxlab.host")

_IFF_UP, _IFF_PROMISC = 0x1, 0x100
_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_UNICAST = 1
#: Routes of the kernel's own, which come with addresses, and of router advertisements (rtnetlink(7), RTPROT_*).
_COME_BY_THEMSELVES = (2, 9)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(_Frozen):
    """An address as rtnetlink(7) has it.

    :param peer: the other end of a point-to-point link, else the address itself.
    :param valid: seconds for which it is valid; 4294967295 is for ever. `preferred` likewise.
    """

    local: str
    peer: str
    prefixlen: int
    scope: int
    flags: int
    valid: int
    preferred: int
    broadcast: str | None = None
    label: str | None = None


class Route(_Frozen):
    """A route out of the interface that somebody made by hand."""

    family: int
    dst: str
    table: int
    proto: int
    scope: int
    priority: int | None = None
    gateway: str | None = None
    prefsrc: str | None = None


class Found(_Frozen):
    """An interface as it was before the lab took it.

    :param mac: tells it from another one of the same name.
    """

    interface: str
    mac: str
    mtu: int
    up: bool
    promiscuous: bool
    addresses: tuple[Address, ...] = ()
    routes: tuple[Route, ...] = ()

    @classmethod
    def of(cls, kernel: IPRoute, link: Link) -> Found:
        """What the kernel says of an interface now."""
        return cls(
            interface=link.get_attr("IFLA_IFNAME"),
            mac=link.get_attr("IFLA_ADDRESS"),
            mtu=link.get_attr("IFLA_MTU"),
            up=bool(link["flags"] & _IFF_UP),
            promiscuous=bool(link["flags"] & _IFF_PROMISC),
            addresses=tuple(_addresses(kernel, link["index"])),
            routes=tuple(_routes(kernel, link["index"])),
        )

    def restore(self, kernel: IPRoute, index: int) -> None:
        """Make an interface that bears its own name again what it was; what is so already stays.

        What Linux refuses by now, such as a route to a gateway that nothing leads to, is said in the log.
        """
        with self._trying("settings"):
            kernel.link("set", index=index, mtu=self.mtu, state="up" if self.up else "down")
        with self._trying("promiscuity"):
            set_promiscuous(kernel, index, self.promiscuous)
        for address in self.addresses:
            with self._trying(f"address {address.local}/{address.prefixlen}"):
                _assign(kernel, index, address)
        for route in self.routes:
            with self._trying(f"route to {route.dst}"):
                kernel.route("replace", oif=index, **route.model_dump(exclude_none=True))

    @contextmanager
    def _trying(self, what: str) -> Iterator[None]:
        try:
            yield
        except NetlinkError as refusal:
            reason = os.strerror(refusal.code)
            log.warning(
                "host-interface-not-restored",
                interface=self.interface,
                what=what,
                error=reason,
                action="the rest of it is restored",
            )


def set_promiscuous(kernel: IPRoute, index: int, on: bool) -> None:
    """Let an interface take every frame, or only those that are for it."""
    kernel.link("set", index=index, flags=_IFF_PROMISC if on else 0, change=_IFF_PROMISC)


def keep(found: Found, path: Path) -> None:
    """Write it down so that it survives whatever comes next, a crash of the machine included."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    with draft.open("w") as file:
        file.write(found.model_dump_json(indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def kept(path: Path) -> Found | None:
    """What was written down; None where nothing was."""
    try:
        return Found.model_validate_json(path.read_text())
    except FileNotFoundError:
        return None


def _addresses(kernel: IPRoute, index: int) -> Iterator[Address]:
    for message in kernel.addr("dump", index=index):
        times = message.get_attr("IFA_CACHEINFO")
        peer = message.get_attr("IFA_ADDRESS")
        yield Address(
            local=message.get_attr("IFA_LOCAL") or peer,
            peer=peer,
            prefixlen=message["prefixlen"],
            scope=message["scope"],
            flags=message.get_attr("IFA_FLAGS"),
            valid=times["ifa_valid"],
            preferred=times["ifa_preferred"],
            broadcast=message.get_attr("IFA_BROADCAST"),
            label=message.get_attr("IFA_LABEL"),
        )


def _assign(kernel: IPRoute, index: int, address: Address) -> None:
    """An address that stands already, such as a link-local one that Linux made itself, stays."""
    named = {"broadcast": address.broadcast, "label": address.label}
    if address.peer != address.local:
        named["local"] = address.local
    with passing(errno.EEXIST):
        kernel.addr(
            "add",
            index=index,
            address=address.peer,
            prefixlen=address.prefixlen,
            scope=address.scope,
            flags=address.flags,
            valid_lft=address.valid,
            preferred_lft=address.preferred,
            **{key: value for key, value in named.items() if value},
        )


def _routes(kernel: IPRoute, index: int) -> Iterator[Route]:
    for family in _FAMILIES:
        for message in kernel.route("dump", family=family, oif=index):
            if message["type"] == _UNICAST and message["proto"] not in _COME_BY_THEMSELVES:
                yield _route(family, message)


def _route(family: int, message: Any) -> Route:  # noqa: ANN401 -- pyroute2's decoded RTM_NEWROUTE
    network = message.get_attr("RTA_DST")
    return Route(
        family=family,
        dst=f"{network}/{message['dst_len']}" if network else "default",
        table=message.get_attr("RTA_TABLE"),
        proto=message["proto"],
        scope=message["scope"],
        priority=message.get_attr("RTA_PRIORITY"),
        gateway=message.get_attr("RTA_GATEWAY"),
        prefsrc=message.get_attr("RTA_PREFSRC"),
    )
