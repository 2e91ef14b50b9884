"""Frames on the cable, at the Direct Connect port; `inbound` ones come from the customer's router.

They say what they show as tcpdump(1) does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lab.diagnosis.evidence.base import Evidence
from lab.diagnosis.messages import Message

#: How a segment's TCP-MD5 signature (RFC 2385) looks to whoever knows the key.
Signature = Literal["none", "right", "wrong", "unchecked"]


@dataclass(frozen=True)
class Frame(Evidence):
    """An Ethernet frame.

    :param inbound: from the customer's router.
    :param tags: the VLAN ids of its 802.1Q tags, outermost first; none where it is untagged.
    """

    inbound: bool
    tags: tuple[int, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every network address that the frame speaks of."""
        return ()

    @property
    def speaker(self) -> str:
        """The address that whoever sent the frame uses as its own; empty where it uses none."""
        return ""

    def _arrow(self) -> str:
        tags = "".join(f" vlan {tag}," for tag in self.tags) or " untagged,"
        return f"{'router' if self.inbound else 'AWS'} >{tags}"


@dataclass(frozen=True)
class Arp(Frame):
    """An ARP packet, RFC 826.

    :param reply: an answer ("is-at"), not a question ("who-has").
    """

    reply: bool
    sender: str
    sender_mac: str
    target: str

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.sender, self.target)

    @property
    def speaker(self) -> str:
        return "" if self.sender == "0.0.0.0" else self.sender

    def __str__(self) -> str:
        if self.reply:
            return f"{self._arrow()} ARP, Reply {self.sender} is-at {self.sender_mac}"
        return f"{self._arrow()} ARP, Request who-has {self.target} tell {self.sender}"


@dataclass(frozen=True)
class Discovery(Frame):
    """A neighbour solicitation or advertisement of IPv6, RFC 4861.

    :param target: the address that is asked for, or answered for.
    """

    reply: bool
    sender: str
    target: str

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.sender, self.target)

    @property
    def speaker(self) -> str:
        return self.target if self.reply else "" if self.sender == "::" else self.sender

    def __str__(self) -> str:
        if self.reply:
            return f"{self._arrow()} ICMP6, neighbor advertisement, tgt is {self.target}"
        return f"{self._arrow()} ICMP6, neighbor solicitation, {self.sender} asks who has {self.target}"


@dataclass(frozen=True)
class Segment(Frame):
    """A TCP segment to or from port 179.

    :param flags: as tcpdump writes them: `S`, `S.`, `.`, `P.`, `F.`, `R`, `R.`.
    :param sequence: of the first octet of data.
    :param signature: whether it is signed with TCP-MD5, and with the right key as far as that was checked.
    :param mistake: what was done to the key that a wrong signature was made with, where that was found out.
    :param messages: the BGP messages that begin in it.
    """

    sender: str
    receiver: str
    sender_port: int
    receiver_port: int
    flags: str
    ttl: int
    sequence: int
    acknowledgement: int
    length: int
    signature: Signature = "none"
    mistake: str = ""
    messages: tuple[Message, ...] = ()

    @property
    def connection(self) -> tuple[int, int]:
        """The two ports; between the same two addresses, they tell connections apart."""
        return self.sender_port, self.receiver_port

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.sender, self.receiver)

    @property
    def speaker(self) -> str:
        return self.sender

    def __str__(self) -> str:
        ends = f"{self.sender}.{self.sender_port} > {self.receiver}.{self.receiver_port}"
        signed = {"none": "", "right": ", md5 valid", "wrong": ", md5 invalid", "unchecked": ", md5"}
        said = f": {', '.join(map(str, self.messages))}" if self.messages else ""
        return (
            f"{self._arrow()} {ends}: Flags [{self.flags}], ttl {self.ttl}"
            f"{signed[self.signature]}, length {self.length}{said}"
        )


@dataclass(frozen=True)
class Icmp(Frame):
    """An ICMP or ICMPv6 message other than neighbour discovery.

    :param about: the destination of the packet that it complains about, or empty.
    :param port: its TCP port: 179 where one end of it is that, else the destination's; 0 for another protocol.
    """

    sender: str
    receiver: str
    kind: int
    code: int
    about: str = ""
    port: int = 0

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.sender, self.receiver)

    @property
    def speaker(self) -> str:
        return self.sender

    def __str__(self) -> str:
        about = f" about {self.about} tcp port {self.port}" if self.about else ""
        return (
            f"{self._arrow()} {self.sender} > {self.receiver}: ICMP type {self.kind} code {self.code}{about}"
        )


@dataclass(frozen=True)
class OtherPacket(Frame):
    """An IP packet of which only the ends matter here."""

    sender: str
    receiver: str
    protocol: int

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.sender, self.receiver)

    @property
    def speaker(self) -> str:
        return "" if self.sender in ("0.0.0.0", "::") else self.sender

    def __str__(self) -> str:
        return f"{self._arrow()} {self.sender} > {self.receiver}: protocol {self.protocol}"
