"""What the endpoint itself knows of a peer, for a diagnosis: terms, session, speaker, frames, configuration.

It is a `Case` that whoever asks (`lab.diagnose`) completes with what the kernel and the routers say. The second
look at wrong TCP-MD5 signatures happens here, where the keys are; none leaves this process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lab.bgp.events import NotificationReceived, NotificationSent, Snapshot, SpeakerEvent, UpdateReceived
from lab.bgp.session import Session
from lab.diagnosis import Case, Expected
from lab.diagnosis.configuration import topics
from lab.diagnosis.digest import Keys
from lab.diagnosis.evidence import ConfigLine, Evidence, Frame, Said, SessionSeen
from lab.diagnosis.frames import RawFrame, decode, tags_of
from lab.diagnosis.recorder import Recorder
from lab.directconnect import answers
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import BgpPeer, VirtualInterface
from lab.errors import LabError
from lab.topology import RouterNode, Topology
from lab.topology.references import resolve

#: Frames of so many seconds are looked at.
_MEMORY = 180.0
_NOTIFICATION = re.compile(r"NOTIFICATION (received|sent): .*\((\d+)/(\d+)\)(?:: \"(.*)\")?$")


@dataclass
class Testimony:
    """The endpoint's knowledge of one lab.

    :param recorder: None where nothing is recorded.
    """

    cloud: Cloud
    sessions: Mapping[str, Session]
    events: Callable[[str], Iterable[SpeakerEvent]]
    topology: Topology | None = None
    recorder: Recorder | None = None
    starting: bool = False

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
        if self.recorder is None:
            return
        keys = self._keys(vif, peer)
        since = time.time() - _MEMORY
        for raw in self.recorder.frames(vif.connection_id, since):
            if _concerns(raw, vif.vlan, peer):
                frame = decode(raw, f"cable of {expected.connection}", keys)
                if frame is not None:
                    yield frame

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
        records = [answers.virtual_interface(vif) for vif in self.cloud.virtual_interfaces()]
        try:
            text = resolve(source.read_text(), records, source)
        except (OSError, UnicodeDecodeError, LabError):
            return
        found = topics(
            text, amazon_ip=expected.amazon_ip, customer_ip=expected.customer_ip, vlan=expected.vlan
        )
        for topic, line in found.items():
            yield ConfigLine(f"configuration of {expected.router}", 0.0, topic, str(source), line)

    def _nodes(self) -> tuple[RouterNode, ...]:
        return tuple(self.topology.routers) if self.topology else ()


def _concerns(raw: RawFrame, vlan: int, peer: BgpPeer) -> bool:
    """Whether a frame has the VIF's tag alone, or any other and one of the peer's addresses in it."""
    if tags_of(raw.octets) == (vlan,):
        return True
    ends = (peer.amazon_address.ip.packed, peer.customer_address.ip.packed)
    return raw.inbound and any(end in raw.octets for end in ends)


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
