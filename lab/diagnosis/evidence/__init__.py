"""What a diagnosis goes by: one frozen dataclass per kind of evidence.

Every item says where it is from (`source`) and when it was seen (`at`, epoch seconds), and can say in one line
what it shows (`str`). Addresses are text in their usual short form, so that an item is also a piece of JSON
(`lines`). No item holds a key.
"""

from lab.diagnosis.evidence.base import Evidence
from lab.diagnosis.evidence.known import (
    Carrier,
    ConfigLine,
    Counter,
    Daemons,
    FilterRule,
    InterfaceAddress,
    Missing,
    Neighbour,
    NeighbourTable,
    Probe,
    RouterSession,
    Said,
    SessionSeen,
)
from lab.diagnosis.evidence.wire import Arp, Discovery, Frame, Icmp, OtherPacket, Segment, Signature

__all__ = [
    "Arp",
    "Carrier",
    "ConfigLine",
    "Counter",
    "Daemons",
    "Discovery",
    "Evidence",
    "FilterRule",
    "Frame",
    "Icmp",
    "InterfaceAddress",
    "Missing",
    "Neighbour",
    "NeighbourTable",
    "OtherPacket",
    "Probe",
    "RouterSession",
    "Said",
    "Segment",
    "SessionSeen",
    "Signature",
]
