"""Lending interfaces of this machine to a lab, and giving them back; the package's essay says how."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from lab.errors import NetworkError, UsageError
from lab.logs import Log
from lab.network.host.found import Found, keep, kept, set_promiscuous
from lab.network.host.refusals import refuse_unless_free
from lab.network.links import (
    End,
    Link,
    delete,
    find_link,
    index_of,
    known_link,
    leads_to,
    remove_link,
)
from lab.network.namespaces import DIRECTORY, namespace_exists, namespaces, netlink
from lab.places import RUN, Places

log = Log("dxlab.host")


@dataclass(frozen=True)
class HostPorts:
    """The interfaces of this machine that are lent to one lab. Everything may be done twice, and after a kill."""

    places: Places

    def lent(self) -> dict[str, str]:
        """The names that the lent interfaces had, by the ids of the connections whose ports they are."""
        return {path.stem: found.interface for path in self._records() if (found := kept(path))}

    def check(self, interface: str) -> None:
        """Raise UsageError where the interface is not lent to this lab and cannot be."""
        if interface in self.lent().values():
            return
        with netlink(None) as kernel:
            at_home = find_link(kernel, interface) is not None
        if not at_home and (owner := _lab_with(interface)):
            raise UsageError(
                f"the interface '{interface}' is a port of the lab '{owner}'; end that one first: dxlab down {owner}"
            )
        refuse_unless_free(interface)

    def lend(self, interface: str, connection_id: str, *, mtu: int) -> None:
        """Have the interface as this connection's port, up and promiscuous; one that is that already stays.

        Promiscuous, since a NIC may drop tags that nobody registered with it, and frames to addresses other
        than its own, which those of virtual interfaces can be.

        :param mtu: what the port should take, in octets; the hardware's limit counts where it is lower.
        :raises UsageError: there is no such interface, or it cannot be spared.
        """
        port = End(self._device, connection_id)
        with ports_to_oneself():
            if self._is_lent(interface, port):
                return
            self.check(interface)
            for other, name in self.lent().items():
                if connection_id == other or interface == name:
                    self._give_back(other)
            refuse_unless_free(interface)  # it may be one that has just come back
            self._take(interface, port)
            _open(port, mtu)

    def give_back(self, connection_id: str) -> None:
        """Put a connection's port back where it was found, as it was found; nothing where none was lent.

        :raises NetworkError: its name is another one's by now; the interface is at home nevertheless.
        """
        with ports_to_oneself():
            self._give_back(connection_id)

    def give_all_back(self) -> None:
        """Every port of the lab; needed before the device's namespace is removed."""
        for connection_id in self.lent():
            self.give_back(connection_id)

    @property
    def _device(self) -> str:
        return self.places.namespace("dx")

    def _records(self) -> list[Path]:
        return sorted(self.places.host_ports.glob("*.json"))

    def _record(self, connection_id: str) -> Path:
        return self.places.host_ports / f"{connection_id}.json"

    def _is_lent(self, interface: str, port: End) -> bool:
        found = kept(self._record(port.interface))
        return found is not None and found.interface == interface and self._in_device(port, found)

    def _in_device(self, port: End, found: Found) -> bool:
        if not namespace_exists(port.namespace):
            return False
        with netlink(port.namespace) as kernel:
            return _is(find_link(kernel, port.interface), found)

    def _take(self, interface: str, port: End) -> None:
        record = self._record(port.interface)
        with netlink(None) as kernel:
            link = known_link(kernel, interface)
            keep(Found.of(kernel, link), record)
            try:
                kernel.link("set", index=link["index"], state="down")
                _move(kernel, link["index"], port)
            except NetlinkError as refusal:
                self._give_back(port.interface)
                raise UsageError(
                    f"the interface '{interface}' cannot be a port of the lab: Linux does not move it into a "
                    f"network namespace ({os.strerror(refusal.code)}); lend a port below it, or one end of a veth pair"
                ) from refusal

    def _give_back(self, connection_id: str) -> None:
        record = self._record(connection_id)
        found = kept(record)
        if found is None:
            return
        port = End(self._device, connection_id)
        if self._in_device(port, found):
            self._remove_vlans(port)
            _send_home(port)
        with netlink(None) as kernel:
            index = _named_again(kernel, connection_id, found)
            if index is None:
                log.warning(
                    "host-interface-gone",
                    interface=found.interface,
                    connection=connection_id,
                    action="none: it was deleted with its namespace",
                )
            else:
                found.restore(kernel, index)
        record.unlink()

    def _remove_vlans(self, port: End) -> None:
        """The kernel's own 802.1Q links would go on drawing their frames from the interface at home."""
        lower = index_of(port)
        for name in namespaces(self.places.namespace_prefix):
            with netlink(name) as kernel:
                for link in kernel.link("dump", kind="vlan"):
                    end = End(name, link.get_attr("IFLA_IFNAME"))
                    if leads_to(kernel, end, link, port, lower):
                        delete(kernel, end.interface)


@contextmanager
def ports_to_oneself() -> Iterator[None]:
    """Make, lend and give back ports one at a time on this machine, whichever lab and process it is for.

    An endpoint gives a connection that has no port one without a cable. It must not do so while another process, such
    as `dxlab plug`, is about to put an interface there.
    """
    RUN.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (RUN / "host-ports.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lab_with(interface: str) -> str | None:
    """The lab to which an interface of this name was lent."""
    for path in sorted(RUN.glob("*/host-ports/*.json")):
        if (found := kept(path)) and found.interface == interface:
            return path.parents[1].name
    return None


def _is(link: Link | None, found: Found) -> bool:
    return link is not None and link.get_attr("IFLA_ADDRESS") == found.mac


def _move(kernel: IPRoute, index: int, port: End) -> None:
    """Put an interface into the place of a port.

    It gets the port's name at home: asked for both at once, Linux moves it first, and may find the name taken then.
    """
    kernel.link("set", index=index, ifname=port.interface)
    remove_link(port)
    kernel.link("set", index=index, net_ns_fd=str(DIRECTORY / port.namespace))


def _open(port: End, mtu: int) -> None:
    with netlink(port.namespace) as kernel:
        link = known_link(kernel, port.interface)
        most = link.get_attr("IFLA_MAX_MTU") or mtu
        kernel.link("set", index=link["index"], mtu=min(mtu, most), state="up")
        set_promiscuous(kernel, link["index"], True)


def _send_home(port: End) -> None:
    """Move a port into this process's namespace; it keeps the connection's name, which nothing else has."""
    with netlink(port.namespace) as kernel:
        index = index_of(port)
        kernel.link("set", index=index, state="down")
        kernel.link("set", index=index, net_ns_pid=os.getpid())


def _named_again(kernel: IPRoute, connection_id: str, found: Found) -> int | None:
    """The number of the interface, at home under its own name again; None where it is not there any more."""
    link = find_link(kernel, connection_id)
    if link is None:
        own = find_link(kernel, found.interface)
        return own["index"] if own is not None and _is(own, found) else None
    index = int(link["index"])
    kernel.link("set", index=index, state="down")
    try:
        kernel.link("set", index=index, ifname=found.interface)
    except NetlinkError as refusal:
        sentence = f"the interface '{connection_id}' cannot be called '{found.interface}' again"
        raise NetworkError(
            f"{sentence}: {os.strerror(refusal.code)}; rename the one that has the name, then repeat 'dxlab down'"
        ) from refusal
    return index
