"""Looking further than at the session: into the router's table, its kernel, and onto the cable.

Each probe adds to what was seen what one kind of expectation needs. Everything here blocks in a thread and may
be asked for by many expectations at once: a router is asked by one at a time, and one answer serves all who
were waiting for it.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field, replace

from lab.bgp.events import Connected, OpenReceived, SpeakerEvent
from lab.directconnect.model import Network
from lab.errors import LabError
from lab.lab import RunningLab
from lab.network.echo import echo
from lab.network.links import End, addresses_of
from lab.network.vlan import vlan_driver
from lab.routers import Router
from lab.topology import Link
from lab.verify.checks import Advertised, Check, CustomerRouterConfig, Reachable
from lab.verify.seen import Applied, Echo, Seen, Subject

#: Seconds that an answer to an echo request may take.
_PATIENCE = 1.0
_NO_ROUTER = "no router of the topology is at the other end of the cable"


@dataclass
class _Answer:
    """A router's table, and when it was asked for."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked: float = 0.0
    table: frozenset[Network] = frozenset()


class Probes:
    """The probes of one run."""

    def __init__(self, running: RunningLab) -> None:
        self._running = running
        self._tables: dict[str, _Answer] = {}
        self._wires: dict[str, asyncio.Lock] = {}

    async def look(self, check: Check, seen: Seen) -> Seen:
        """What was seen, and what this expectation needs beside it."""
        match check:
            case Advertised():
                return replace(seen, table=await self._table(check.subject))
            case Reachable():
                return replace(seen, echo=await self._echo(check))
            case CustomerRouterConfig():
                return replace(seen, applied=await self._applied(check.subject, seen))
            case _:
                return seen

    def needs(self, check: Check) -> bool:
        """Whether there is more to see than the session."""
        return isinstance(check, Advertised | Reachable | CustomerRouterConfig)

    def _router(self, subject: Subject) -> Router | None:
        link = self._running.link_of(subject.vif)
        return self._running.routers.get(link.router.node) if link else None

    async def _table(self, subject: Subject) -> frozenset[Network] | None:
        router = self._router(subject)
        if router is None:
            return None
        answer = self._tables.setdefault(router.name, _Answer())
        asked = time.monotonic()
        async with answer.lock:
            if answer.asked < asked:
                answer.asked = time.monotonic()
                routes = await asyncio.to_thread(router.routes)
                answer.table = frozenset(route.prefix for route in routes if route.protocol == "bgp")
        return answer.table

    async def _echo(self, check: Reachable) -> Echo:
        vif, peer = check.subject.vif, check.subject.peer
        port = End(self._running.places.namespace("dx"), vif.connection_id)
        interface = End(self._running.places.namespace(vif.id), vif.id)
        ends = (peer.amazon_address.ip, check.to, peer.customer_address.ip)
        async with self._wires.setdefault(vif.id, asyncio.Lock()):
            try:
                passage = await asyncio.to_thread(echo, port, interface, *ends, _PATIENCE)
            except (LabError, OSError) as error:
                return Echo(problem=f"nothing can be sent to {check.to}: {error}")
        return Echo(frozenset(passage.sent), frozenset(passage.returned), passage.answered)

    async def _applied(self, subject: Subject, seen: Seen) -> Applied:
        link, router = self._running.link_of(subject.vif), self._router(subject)
        if link is None or router is None:
            return Applied(problem=_NO_ROUTER)
        bringup = self._running.bringup
        text = bringup.configurations.get(router.name) if bringup else None
        events = self._running.controller.events(subject.peer.id)
        asn, key = own_asn(subject, seen, events, text), signs(subject, seen, events, text)
        return await asyncio.to_thread(self._in_the_kernel, subject, link, router, Applied(asn=asn, key=key))

    def _in_the_kernel(self, subject: Subject, link: Link, router: Router, found: Applied) -> Applied:
        try:
            addresses = _addresses(End(router.namespace, link.router.interface))
            neighbours = {each.address: each.asn for each in router.neighbours()}
        except LabError as error:
            return Applied(problem=str(error))
        customer = str(subject.peer.customer_address)
        return replace(
            found,
            vlan=addresses.get(customer),
            addresses=tuple(sorted(addresses)),
            amazon_asn=neighbours.get(subject.peer.amazon_address.ip),
        )


def _addresses(trunk: End) -> dict[str, int | None]:
    """The addresses of a router's interfaces on a cable, and on which VLAN each is; None is on no VLAN."""
    found: dict[str, int | None] = {str(address): None for address in addresses_of(trunk)}
    for vlan, name in vlan_driver().sub_interfaces(trunk).items():
        found |= {str(address): vlan for address in addresses_of(End(trunk.namespace, name))}
    return found


def own_asn(subject: Subject, seen: Seen, events: tuple[SpeakerEvent, ...], text: str | None) -> int | None:
    """The router's own ASN: by its last OPEN, or else by its configuration where that has AWS's number."""
    opens = [event.asn for event in events if isinstance(event, OpenReceived)]
    if seen.session.peer_open is not None:
        return seen.session.peer_open.asn
    if opens:
        return opens[-1]
    return subject.peer.asn if text and re.search(rf"\b{subject.peer.asn}\b", text) else None


def signs(subject: Subject, seen: Seen, events: tuple[SpeakerEvent, ...], text: str | None) -> bool | None:
    """Whether the router has the key: a TCP connection that was opened has proved it, or else its configuration
    may hold it.
    """
    if seen.is_up or any(isinstance(event, Connected) for event in events):
        return True
    return None if text is None else subject.peer.auth_key in text
