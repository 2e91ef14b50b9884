"""The last frames of every port, for as long and as many as a diagnosis may ask for.

They are kept for each port, tag and direction apart. What says nothing (bare acknowledgements, KEEPALIVEs) is kept
apart once more, so that it does not push out the rest. What is older than `LATELY` goes, whoever sent it: a lab that
runs for days holds no more than one that runs for five minutes.
"""

from __future__ import annotations

from collections import deque

from lab.diagnosis.evidence import Segment
from lab.diagnosis.frames import RawFrame, decode, tags_of

#: Seconds that a frame is kept; every so many seconds, those that are older are dropped.
LATELY, _SWEEP = 300.0, 30.0
#: Frames of one port, tag and direction that are kept: those that say something, and those that do not.
_KEPT, _KEPT_IDLE = 192, 32
#: Octets of them, and ports and tags, that are kept: nobody may fill the memory with UPDATEs or with tags.
_OCTETS, _MOST = 1 << 16, 8192


class Ring:
    """The newest frames of one port, tag and direction, oldest first.

    :param most: so many at most, and `_OCTETS` of octets.
    """

    def __init__(self, most: int) -> None:
        self.frames: deque[RawFrame] = deque()
        self._most = most
        self._octets = 0

    def add(self, frame: RawFrame) -> None:
        self.frames.append(frame)
        self._octets += len(frame.octets)
        while len(self.frames) > self._most or self._octets > _OCTETS:
            self._drop()

    def forget(self, before: float) -> None:
        """Drop what is older.

        :param before: epoch seconds.
        """
        while self.frames and self.frames[0].at < before:
            self._drop()

    def _drop(self) -> None:
        self._octets -= len(self.frames.popleft().octets)


class Tape:
    """What was heard lately."""

    def __init__(self) -> None:
        self._rings: dict[tuple[str, tuple[int, ...], bool, bool], Ring] = {}
        self._swept = 0.0

    def frames(self, connection_id: str, since: float = 0.0) -> list[RawFrame]:
        """The frames of a port, oldest first.

        :param since: epoch seconds.
        """
        kept = (ring for (port, *_), ring in self._rings.items() if port == connection_id)
        return sorted(
            (each for ring in kept for each in ring.frames if each.at >= since), key=lambda each: each.at
        )

    def about(
        self, connection_id: str, vlan: int, addresses: tuple[bytes, ...], since: float = 0.0
    ) -> list[RawFrame]:
        """The frames of a port that have this tag alone; and of the router's, those with any other and one of these
        addresses, in network byte order, in them. Oldest first.
        """
        found = []
        for (port, tags, inbound, _), ring in self._rings.items():
            if port == connection_id and tags == (vlan,):
                found += [each for each in ring.frames if each.at >= since]
            elif port == connection_id and inbound:
                found += [each for each in ring.frames if each.at >= since and _speaks_of(each, addresses)]
        return sorted(found, key=lambda each: each.at)

    def keep(self, interface: str, frame: RawFrame) -> None:
        """Take in one frame of a port."""
        self._sweep(frame.at)
        idle = _says_nothing(frame.octets)
        key = (interface, tags_of(frame.octets), frame.inbound, idle)
        if key not in self._rings and len(self._rings) >= _MOST:
            return
        self._rings.setdefault(key, Ring(_KEPT_IDLE if idle else _KEPT)).add(frame)

    def _sweep(self, now: float) -> None:
        """Drop what is old, now and then; also of tags that are used no more, and of ports that are gone."""
        if abs(now - self._swept) < _SWEEP:
            return
        self._swept = now
        for ring in self._rings.values():
            ring.forget(now - LATELY)
        self._rings = {key: ring for key, ring in self._rings.items() if ring.frames}


def _speaks_of(frame: RawFrame, addresses: tuple[bytes, ...]) -> bool:
    return any(address in frame.octets for address in addresses)


def _says_nothing(octets: bytes) -> bool:
    """A bare acknowledgement, or one with a KEEPALIVE."""
    frame = decode(RawFrame(0.0, True, octets), "")
    if not isinstance(frame, Segment) or set(frame.flags) & set("SFR"):
        return False
    return not frame.length or {message.name for message in frame.messages} == {"KEEPALIVE"}
