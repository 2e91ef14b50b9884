"""News of carrier, from the kernel, as they come.

`LinkWatch` listens to one namespace's link messages (rtnetlink(7), RTMGRP_LINK). It tells of all interfaces of
interest first, then of every change of their carrier; an interface that is deleted has lost its own. Where messages
come faster than they are read, the kernel drops some and says so; everything is then asked for again, so that the
last word is right. Messages about other interfaces, of which a lab that grows makes thousands, are not even parsed.

An open watch keeps its namespace alive in the kernel, even after its name is removed. Close it first.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from types import TracebackType

from pyroute2.netlink import NETLINK_ROUTE
from pyroute2.netlink.rtnl import RTMGRP_LINK
from pyroute2.netlink.rtnl.marshal import MarshalRtnl

from lab.network.links import Link, carrier_of
from lab.network.namespaces import inside, netlink

_LARGEST_MESSAGE = 65536
_IFLA_IFNAME = 3


@dataclass(frozen=True)
class LinkEvent:
    """An interface has carrier now, or has it no longer."""

    interface: str
    carrier: bool


@dataclass
class LinkWatch:
    """The carrier of interfaces of a namespace; `async with`, then `async for`.

    :ivar prefix: how the names of all interfaces of interest begin.
    :raises NetworkError: there is no such namespace.
    """

    namespace: str
    prefix: str
    _known: dict[int, LinkEvent] = field(default_factory=dict)
    _socket: socket.socket | None = None
    _marshal: MarshalRtnl = field(default_factory=MarshalRtnl)

    async def __aenter__(self) -> LinkWatch:
        with inside(self.namespace):
            self._socket = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, NETLINK_ROUTE
            )
        self._socket.bind((0, RTMGRP_LINK))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def __aiter__(self) -> AsyncIterator[LinkEvent]:
        for event in await self._inventory():
            yield event
        while self._socket is not None:
            for event in await self._news(self._socket):
                yield event

    async def _inventory(self) -> list[LinkEvent]:
        """What differs between all links there are and what is known."""
        links = await asyncio.to_thread(self._all_links)
        gone = self._known.keys() - {link["index"] for link in links}
        return [self._forget(index) for index in gone] + self._changes(links)

    async def _news(self, listener: socket.socket) -> list[LinkEvent]:
        try:
            data = await asyncio.get_running_loop().sock_recv(listener, _LARGEST_MESSAGE)
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            _drain(listener)
            return await self._inventory()
        return self._changes(self._marshal.parse(data)) if self._named in data else []

    @property
    def _named(self) -> bytes:
        """The beginning of the attribute IFLA_IFNAME of an interface of interest: its type, then the name."""
        return struct.pack("=H", _IFLA_IFNAME) + self.prefix.encode()

    def _all_links(self) -> list[Link]:
        with netlink(self.namespace) as kernel:
            return [link for link in kernel.link("dump") if self._is_of_interest(link)]

    def _is_of_interest(self, link: Link) -> bool:
        name: str = link.get_attr("IFLA_IFNAME")
        return name.startswith(self.prefix)

    def _changes(self, messages: Iterable[Link]) -> list[LinkEvent]:
        events = []
        for message in messages:
            index = message["index"]
            if message["event"] == "RTM_DELLINK" and index in self._known:
                events.append(self._forget(index))
            elif message["event"] == "RTM_NEWLINK" and self._is_of_interest(message):
                event = LinkEvent(message.get_attr("IFLA_IFNAME"), carrier_of(message))
                if self._known.get(index) != event:
                    events.append(event)
                self._known[index] = event
        return events

    def _forget(self, index: int) -> LinkEvent:
        return LinkEvent(self._known.pop(index).interface, carrier=False)


def _drain(listener: socket.socket) -> None:
    """Throw away what is older than the inventory to come; it would contradict it."""
    while True:
        try:
            listener.recv(_LARGEST_MESSAGE)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
