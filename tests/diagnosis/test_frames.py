"""Frames read octet by octet, against scapy, which made them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import ICMPv6DestUnreach, ICMPv6EchoRequest, IPv6, IPv6ExtHdrHopByHop
from scapy.packet import Raw

from lab.diagnosis.digest import Keys
from lab.diagnosis.evidence import Arp, Discovery, Icmp, OtherPacket, Segment
from lab.diagnosis.frames import RawFrame, decode, tags_of
from tests.diagnosis.packets import (
    KEY,
    advertisement,
    bgp,
    ethernet,
    seen,
    segment,
    solicitation,
    unreachable,
    who_has,
)


@pytest.mark.parametrize("tags", [(), (101,), (101, 7), (4094,)], ids=str)
def test_the_tags_are_read_outermost_first(tags: tuple[int, ...]) -> None:
    octets = ethernet(who_has(), *tags)
    assert tags_of(octets) == tags
    assert seen(octets).tags == tags


def test_a_priority_tag_is_no_tag() -> None:
    assert seen(ethernet(who_has(), 0)).tags == ()


def test_arp() -> None:
    question, answer = seen(ethernet(who_has(), 101)), seen(ethernet(who_has(reply=True), 101))
    assert isinstance(question, Arp)
    assert (question.sender, question.target, question.reply) == ("169.254.10.2", "169.254.10.1", False)
    assert str(question) == "router > vlan 101, ARP, Request who-has 169.254.10.1 tell 169.254.10.2"
    assert str(answer) == "router > vlan 101, ARP, Reply 169.254.10.2 is-at 02:00:00:00:00:02"
    assert answer.addresses == ("169.254.10.2", "169.254.10.1")


def test_a_question_without_a_sender_is_nobodys() -> None:
    assert seen(ethernet(who_has("0.0.0.0"), 101)).speaker == ""


def test_neighbour_discovery() -> None:
    question, answer = seen(ethernet(solicitation(), 101)), seen(ethernet(advertisement(), 101))
    assert isinstance(question, Discovery)
    assert (question.speaker, question.addresses) == ("2001:db8:1::6", ("2001:db8:1::6", "2001:db8:1::1"))
    assert answer.speaker == "2001:db8:1::6"
    assert seen(ethernet(solicitation("::"), 101)).speaker == ""
    assert str(answer) == "router > vlan 101, ICMP6, neighbor advertisement, tgt is 2001:db8:1::6"
    assert "2001:db8:1::6 asks who has 2001:db8:1::1" in str(question)


@pytest.mark.parametrize("family", [4, 6])
def test_a_segment(family: int) -> None:
    found = seen(ethernet(segment("PA", bgp(4), family=family, key=None, ttl=255, seq=7, ack=9), 101))
    assert isinstance(found, Segment)
    assert (found.flags, found.ttl, found.length, found.signature) == ("P.", 255, 19, "none")
    assert (found.sequence, found.acknowledgement, found.connection) == (7, 9, (40000, 179))
    assert [message.name for message in found.messages] == ["KEEPALIVE"]
    assert str(found).endswith("Flags [P.], ttl 255, length 19: KEEPALIVE")


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize(("key", "signature"), [(KEY, "right"), (b"another", "wrong"), (None, "none")])
def test_a_signature_is_checked_where_the_key_is_known(
    family: int, key: bytes | None, signature: str
) -> None:
    octets = ethernet(segment("PA", bgp(4), family=family, key=key), 101)
    found = seen(octets, keys=Keys(KEY))
    assert isinstance(found, Segment)
    assert found.signature == signature
    unchecked = seen(octets)
    assert isinstance(unchecked, Segment)
    assert unchecked.signature == ("none" if key is None else "unchecked")


def test_other_options_do_not_hide_a_signature() -> None:
    packet = segment("S", key=None, options=[("NOP", None), ("MSS", 1460), (19, bytes(16)), ("EOL", None)])
    found = seen(ethernet(packet, 101))
    assert isinstance(found, Segment)
    assert found.signature == "unchecked"


def test_options_that_end_without_a_signature() -> None:
    found = seen(ethernet(segment("S", key=None, options=[("EOL", None), ("MSS", 1460)]), 101))
    assert isinstance(found, Segment)
    assert found.signature == "none"


def test_an_error_says_what_it_is_about() -> None:
    found = seen(ethernet(unreachable(segment("S", outbound=True, key=None)), 101))
    assert isinstance(found, Icmp)
    assert (found.kind, found.code, found.about, found.port) == (3, 13, "169.254.10.2", 179)
    assert "ICMP type 3 code 13 about 169.254.10.2 tcp port 179" in str(found)


def test_an_error_about_an_answer_of_ours_is_about_bgp_too() -> None:
    quoted = segment("SA", outbound=True, key=None, sport=179, dport=40000)
    found = seen(ethernet(unreachable(quoted), 101))
    assert isinstance(found, Icmp)
    assert found.port == 179


def test_an_error_about_something_else() -> None:
    found = seen(ethernet(unreachable(IP(dst="169.254.10.2") / UDP(dport=53)), 101))
    assert isinstance(found, Icmp)
    assert (found.about, found.port) == ("169.254.10.2", 0)


def test_an_ipv6_error() -> None:
    quoted = bytes(segment("S", family=6, outbound=True, key=None))
    packet = IPv6(src="2001:db8:1::6", dst="2001:db8:1::1") / ICMPv6DestUnreach(code=1) / Raw(quoted)
    found = seen(ethernet(packet, 101))
    assert isinstance(found, Icmp)
    assert (found.kind, found.code, found.about, found.port) == (1, 1, "2001:db8:1::6", 179)


def test_an_echo_is_about_nothing() -> None:
    found = seen(ethernet(IPv6(src="2001:db8:1::6", dst="2001:db8:1::1") / ICMPv6EchoRequest(), 101))
    assert isinstance(found, Icmp)
    assert (found.about, found.speaker, found.addresses) == (
        "",
        "2001:db8:1::6",
        ("2001:db8:1::6", "2001:db8:1::1"),
    )


@pytest.mark.parametrize(
    "packet",
    [
        IP(src="10.0.0.1", dst="10.0.0.2") / UDP(),
        IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(),
        segment(key=None, sport=22, dport=40000),
        IPv6(src="2001:db8::1", dst="ff02::16") / IPv6ExtHdrHopByHop() / UDP(),
    ],
    ids=["ipv4", "ipv6", "another port", "hop by hop"],
)
def test_of_another_packet_its_ends_are_known(packet: IP) -> None:
    found = seen(ethernet(packet, 101))
    assert isinstance(found, OtherPacket)
    assert found.speaker == found.sender
    assert found.addresses == (found.sender, found.receiver)
    assert "protocol" in str(found)


def test_a_host_without_an_address_speaks_for_nobody() -> None:
    assert seen(ethernet(IP(src="0.0.0.0", dst="255.255.255.255") / UDP(), 101)).speaker == ""


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        ethernet(who_has(), 101)[:30],
        ethernet(segment(), 101)[:40],
        ethernet(IP(), 101)[:20],
        b"\0" * 12 + b"\x88\xcc" + bytes(40),
        ethernet(who_has(), 101).replace(b"\x00\x01\x08\x00", b"\x00\x06\x08\x00"),
    ],
    ids=["empty", "cut ARP", "cut TCP", "cut IP", "LLDP", "ARP of another hardware"],
)
def test_what_says_nothing_is_no_evidence(octets: bytes) -> None:
    assert decode(RawFrame(1.0, True, octets), "cable") is None


@given(st.binary(max_size=120), st.sampled_from([b"\x08\x00", b"\x08\x06", b"\x86\xdd", b"\x81\x00"]))
def test_no_frame_can_break_it(payload: bytes, protocol: bytes) -> None:
    decode(RawFrame(1.0, True, bytes(12) + protocol + payload), "cable", Keys(KEY))


@given(st.integers(0, 80), st.integers(0, 255))
def test_no_damage_can_break_it(at: int, octet: int) -> None:
    octets = bytearray(ethernet(segment("PA", bgp(1, bytes(40))), 101))
    octets[at] = octet
    decode(RawFrame(1.0, True, bytes(octets)), "cable", Keys(KEY))
