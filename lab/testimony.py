"""What the endpoint itself knows of a peer, for a diagnosis: terms, session, speaker, frames, configuration.

It is a `Case` that whoever asks (`lab.diagnose`) completes with what the kernel and the routers say. The second
look at wrong TCP-MD5 signatures happens here, where the keys are; none leaves this process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from lab.bgp.events import NotificationReceived, NotificationSent, Snapshot, SpeakerEvent, UpdateReceived
from lab.bgp.session import Session
from lab.diagnosis import Case, Expected
from lab.diagnosis.configuration import topics
from lab.diagnosis.digest import Keys
from lab.diagnosis.evidence import ConfigLine, Evidence, Frame, Said, SessionSeen
from lab.diagnosis.frames import RawFrame, decode
from lab.diagnosis.tape import Tape
from lab.directconnect import answers
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import BgpPeer, VirtualInterface
from lab.errors import LabError
from lab.topology import RouterNode, Topology
from lab.topology.references import resolve

#: Frames of so many seconds are looked at.
_MEMORY = 180.0
#: So many frames are remembered as read.
_MOST_READ = 50_000
_NOTIFICATION = re.compile(r"NOTIFICATION (received|sent): .*\((\d+)/(\d+)\)(?:: \"(.*)\")?$")


@dataclass
class Testimony:
    """The endpoint's knowledge of one lab.

    :param heard: what was on the cables; None where nothing is recorded.
    """

    cloud: Cloud
    sessions: Mapping[str, Session]
    events: Callable[[str], Iterable[SpeakerEvent]]
    topology: Topology | None = None
    heard: Callable[[], Tape] | None = None
    starting: bool = False
    _read: dict[tuple[str, bytes, RawFrame], Frame | None] = field(default_factory=dict, repr=False)
    _topics: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict, repr=False)

    def peers(self) -> Iterator[tuple[VirtualInterface, BgpPeer]]:
        """Every peer that is not on its way out."""
        for vif in self.cloud.virtual_interfaces():
            for peer in vif.standing_peers:
                yield vif, peer

    def of(self, peer_id: str) -> Case | None:
        """What is known of a peer now; None where there is none of that id."""
        found = next(((vif, peer) for vif, peer in self.peers() if peer.id == peer_id), None)
        if found is None:
            return None
        vif, peer = found
        expected = self._expected(vif, peer)
        evidence = (
            *self._spoken(peer),
            self._session(peer),
            *self._frames(vif, peer, expected),
            *self._lines(expected),
        )
        return Case(expected, evidence, time.time(), self.starting)

    # ----- terms -------------------------------------------------------------------------------------------

    def _expected(self, vif: VirtualInterface, peer: BgpPeer) -> Expected:
        node = self._router(vif.connection_id)
        siblings = [each for each in vif.standing_peers if each.family == peer.family and each.id != peer.id]
        neighbours = [
            each for each in self.cloud.virtual_interfaces() if each.connection_id == vif.connection_id
        ]
        return Expected(
            peer=peer.id,
            vif=vif.id,
            vif_name=vif.name,
            connection=vif.connection_id,
            vlan=vif.vlan,
            amazon=str(peer.amazon_address),
            customer=str(peer.customer_address),
            amazon_asn=vif.amazon_side_asn,
            customer_asn=peer.asn,
            prefix_limit=self.cloud.prefix_limit(vif, peer.family),
            advertised=tuple(map(str, self.cloud.advertised_prefixes(vif, peer.family))),
            mtu=vif.mtu,
            siblings=tuple(str(each.customer_address.ip) for each in siblings),
            vlans=tuple((each.vlan, each.id) for each in neighbours if each.standing_peers),
            kind=node.kind if node else "unknown",
            router=node.name if node else "",
        )

    def _router(self, connection_id: str) -> RouterNode | None:
        """The router at the other end of the connection's cable, as the topology has it."""
        connection = self.cloud.connection(connection_id)
        if self.topology is None or connection is None:
            return None
        names = (connection.id, connection.name)
        nodes = [link.router.node for link in self.topology.links if link.connection in names]
        return next((node for node in self.topology.routers if node.name in nodes), None)

    # ----- evidence ----------------------------------------------------------------------------------------

    def _spoken(self, peer: BgpPeer) -> Iterator[Evidence]:
        told = (event for event in self.events(peer.id) if not isinstance(event, UpdateReceived))
        for event in told:
            yield from (Said("AWS's speaker", each.at, each) for each in _unfolded(event))

    def _session(self, peer: BgpPeer) -> SessionSeen:
        session = self.sessions.get(peer.id, Session())
        return SessionSeen(
            source="session",
            at=time.time(),
            state=session.state.value,
            status=session.bgp_status,
            since=session.since,
            reason=session.reason,
            limit_exceeded=session.limit_exceeded,
            routes=len(session.routes),
            next_hops=tuple(sorted({route.next_hop for route in session.routes.values()})),
            falls=tuple(self._falls(peer.id)),
        )

    def _falls(self, peer_id: str) -> Iterator[tuple[float, str]]:
        """When the session went from `up` to `down`, and why."""
        status = ""
        for entry in self.cloud.history(peer_id):
            if entry.kind == "status":
                if (status, entry.detail) == ("up", "down"):
                    yield entry.at, entry.reason
                status = entry.detail

    def _frames(self, vif: VirtualInterface, peer: BgpPeer, expected: Expected) -> Iterator[Frame]:
        if self.heard is None or self._is_of_use(peer):
            return  # nobody asks for its frames
        ends = (peer.amazon_address.ip.packed, peer.customer_address.ip.packed)
        since = time.time() - _MEMORY
        keys = self._keys(vif, peer)
        for raw in self.heard().about(vif.connection_id, vif.vlan, ends, since):
            frame = self._decoded(raw, peer.id, f"cable of {expected.connection}", keys)
            if frame is not None:
                yield frame

    def _is_of_use(self, peer: BgpPeer) -> bool:
        """Up, with a route whose next hop is on the link."""
        session = self.sessions.get(peer.id, Session())
        link = peer.customer_address.network
        hops = (ip_address(route.next_hop) for route in session.routes.values())
        return session.bgp_status == "up" and any(hop in link for hop in hops)

    def _decoded(self, raw: RawFrame, peer_id: str, source: str, keys: Keys) -> Frame | None:
        """Each frame is read once, for a wrong signature takes some hundred guesses."""
        name = (peer_id, keys.right, raw)
        if name not in self._read:
            if len(self._read) >= _MOST_READ:
                self._read.clear()
            self._read[name] = decode(raw, source, keys)
        return self._read[name]

    def _keys(self, vif: VirtualInterface, peer: BgpPeer) -> Keys:
        others = {f"the key of its virtual interface, {vif.id}": vif.auth_key.encode()}
        for other_vif, other in self.peers():
            own = other_vif.auth_key == other.auth_key
            whose = other_vif.id if own else f"BGP peer {other.id} of {other_vif.id}"
            others.setdefault(f"the key of {whose}", other.auth_key.encode())
        right = peer.auth_key.encode()
        return Keys(right, {words: key for words, key in others.items() if key != right})

    def _lines(self, expected: Expected) -> Iterator[ConfigLine]:
        node = next((each for each in self._nodes() if each.name == expected.router), None)
        source = node.startup_config if node else None
        if source is None:
            return  # a router of somebody else's, or one that is configured from AWS
        try:
            found = self._topics_of(source, expected)
        except (OSError, UnicodeDecodeError, LabError):
            return
        for topic, line in found.items():
            yield ConfigLine(f"configuration of {expected.router}", 0.0, topic, str(source), line)

    def _topics_of(self, source: Path, expected: Expected) -> dict[str, int]:
        """What the configuration speaks of, read anew when the file has changed."""
        name = (expected.peer, source.stat().st_mtime_ns)
        if name not in self._topics:
            records = [answers.virtual_interface(vif) for vif in self.cloud.virtual_interfaces()]
            self._topics[name] = topics(
                resolve(source.read_text(), records, source),
                amazon_ip=expected.amazon_ip,
                customer_ip=expected.customer_ip,
                vlan=expected.vlan,
            )
        return self._topics[name]

    def _nodes(self) -> tuple[RouterNode, ...]:
        return tuple(self.topology.routers) if self.topology else ()


def _unfolded(event: SpeakerEvent) -> Iterator[SpeakerEvent]:
    """What a snapshot sums up, as the events that it was made from; any other event is itself."""
    if not isinstance(event, Snapshot):
        yield event
        return
    if event.peer_open is not None:
        yield event.peer_open
    told = _NOTIFICATION.search(event.reason)
    if told and event.explained:
        kind = NotificationReceived if told[1] == "received" else NotificationSent
        yield kind(event.peer_id, event.since, int(told[2]), int(told[3]), told[4] or "")
