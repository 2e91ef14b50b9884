"""News of what is taken out of a lab's network by hand.

An operator, or a script of his, may delete an address, an interface or the name of a namespace that a lab has made.
`Losses` tells of each: addresses and interfaces of a namespace and of all those that it is joined to by a link, in one
netlink socket that listens beyond its own namespace (NETLINK_LISTEN_ALL_NSID, netlink(7)), and names under /run/netns
by inotify(7). What the lab itself takes away is told as well; whoever listens knows what should be there.

Few of the messages are of interest, and a large lab makes many, so that all but those are thrown away unread.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import os
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import TracebackType

from pyroute2.netlink import NETLINK_ROUTE
from pyroute2.netlink.rtnl import (
    RTM_DELADDR,
    RTM_DELLINK,
    RTMGRP_IPV4_IFADDR,
    RTMGRP_IPV6_IFADDR,
    RTMGRP_LINK,
)
from pyroute2.netlink.rtnl.marshal import MarshalRtnl

from lab.errors import PrivilegeError
from lab.network.namespaces import DIRECTORY, inside

_SOL_NETLINK, _NETLINK_LISTEN_ALL_NSID = 270, 8
_SO_RCVBUFFORCE = 33
_BUFFER = 8 << 20
_LARGEST_READ = 65536
_IN_DELETE = 0x200
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_INOTIFY = struct.Struct("=iIII")  # inotify_event: watch, mask, cookie, length of the name

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Lost:
    """What is gone: an address, an interface, or the name of a namespace.

    :param what: None where so much happened that the kernel lost count: anything may be gone.
    """

    what: IPv4Address | IPv6Address | str | None


class Losses:
    """What is lost in a namespace, in those that it is joined to, and of the names under /run/netns.

    `async with`, then `async for`. The namespace is kept alive meanwhile, even without a name.

    :raises NetworkError: there is no such namespace.
    :raises PrivilegeError: one may not listen beyond one's own, as in a container with few capabilities.
    """

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._marshal = MarshalRtnl()
        self._news: asyncio.Queue[Lost] = asyncio.Queue()

    async def __aenter__(self) -> Losses:
        with inside(self._namespace):
            self._links = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, NETLINK_ROUTE
            )
        _listen_everywhere(self._links)
        self._links.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        self._links.bind((0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR))
        self._names = _watch_names()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._links, self._hear_links)
        loop.add_reader(self._names, self._hear_names)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._links)
        loop.remove_reader(self._names)
        self._links.close()
        os.close(self._names)

    async def __aiter__(self) -> AsyncIterator[Lost]:
        while True:
            yield await self._news.get()

    def _hear_links(self) -> None:
        try:
            while True:
                for message in _removals(self._links.recv(_LARGEST_READ)):
                    self._tell(message)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            self._news.put_nowait(Lost(None))

    def _tell(self, data: bytes) -> None:
        for message in self._marshal.parse(data):
            if message["event"] == "RTM_DELLINK":
                self._news.put_nowait(Lost(str(message.get_attr("IFLA_IFNAME"))))
            else:
                text = message.get_attr("IFA_LOCAL") or message.get_attr("IFA_ADDRESS")
                self._news.put_nowait(Lost(ip_address(text)))

    def _hear_names(self) -> None:
        with suppress(BlockingIOError):
            data = os.read(self._names, _LARGEST_READ)
            while data:
                *_, length = _INOTIFY.unpack_from(data)
                name = data[_INOTIFY.size : _INOTIFY.size + length].rstrip(b"\0")
                self._news.put_nowait(Lost(os.fsdecode(name)))
                data = data[_INOTIFY.size + length :]


def _removals(data: bytes) -> Iterator[bytes]:
    """The messages of one read that tell of a removal, each whole."""
    while len(data) >= _HEADER.size:
        length, kind, *_ = _HEADER.unpack_from(data)
        if kind in (RTM_DELLINK, RTM_DELADDR):
            yield data[:length]
        data = data[(length + 3) & ~3 :]


def _listen_everywhere(links: socket.socket) -> None:
    try:
        links.setsockopt(_SOL_NETLINK, _NETLINK_LISTEN_ALL_NSID, 1)
    except PermissionError:
        links.close()
        needed = "the capability NET_BROADCAST (of a container: --cap-add NET_BROADCAST)"
        raise PrivilegeError(
            f"to hear of changes in its network namespaces, the lab needs {needed}"
        ) from None


def _watch_names() -> int:
    """An inotify descriptor that tells of names taken away from /run/netns."""
    descriptor = int(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    if descriptor < 0 or _libc.inotify_add_watch(descriptor, os.fsencode(DIRECTORY), _IN_DELETE) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(DIRECTORY))
    return descriptor
