"""Captures: files that others write and read, and cases made of them."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from scapy.layers.l2 import Ether
from scapy.utils import rdpcap, wrpcap

from lab.diagnosis import Cause, judge
from lab.diagnosis.captured import case_of, speaks_of, terms_of
from lab.diagnosis.digest import Keys
from lab.diagnosis.frames import RawFrame
from lab.diagnosis.pcap import read, write
from lab.errors import UsageError
from tests.diagnosis.packets import AMAZON, KEY, bgp, ethernet, segment, who_has

TERMS = "vlan=101,amazon=169.254.10.1/30,customer=169.254.10.2/30,amazon-asn=64512,asn=65001"
EXPECTED = terms_of(TERMS)


def aws(payload: Ether, *tags: int) -> bytes:
    return ethernet(payload, *tags, source=AMAZON)


ASKS = aws(who_has("169.254.10.1", "169.254.10.2", mac=AMAZON), 101)
ANSWERS = ethernet(who_has(reply=True), 101)


def frames(*octets: bytes) -> list[RawFrame]:
    return [RawFrame(1700000000.25 + number, False, each) for number, each in enumerate(octets)]


def test_others_read_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "made.pcap"
    write(path, frames(ASKS, ANSWERS))
    packets = rdpcap(str(path))
    assert [bytes(packet) for packet in packets] == [ASKS, ANSWERS]
    assert float(packets[0].time) == 1700000000.25


@pytest.mark.parametrize("options", [{}, {"endianness": ">"}, {"nano": True}], ids=["little", "big", "nano"])
def test_what_others_wrote_is_read(tmp_path: Path, options: dict[str, object]) -> None:
    path = tmp_path / "given.pcap"
    packets = [Ether(ASKS), Ether(ANSWERS)]
    packets[0].time = packets[1].time = 1700000000.5
    wrpcap(str(path), packets, **options)
    assert [(frame.at, frame.octets) for frame in read(path)] == [
        (1700000000.5, ASKS),
        (1700000000.5, ANSWERS),
    ]


def test_a_last_frame_that_is_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    write(path, frames(ASKS, ANSWERS))
    path.write_bytes(path.read_bytes()[:-5])
    assert len(read(path)) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no pcap file"),
        (b"something else altogether", "is no pcap file"),
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "newer pcapng format"),
        (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 113), "no Ethernet frames"),
    ],
    ids=["empty", "text", "pcapng", "cooked"],
)
def test_what_is_no_capture_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "wrong.pcap"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read(tmp_path / "none.pcap")


def test_the_directions_follow_from_who_speaks() -> None:
    case = case_of(frames(ASKS, ANSWERS), EXPECTED, "a.pcap")
    assert [item.inbound for item in (*case.outbound, *case.inbound)] == [False, True]
    assert case.at == 1700000001.25


def test_a_capture_in_which_aws_is_silent_is_the_routers() -> None:
    case = case_of(frames(ANSWERS), EXPECTED, "a.pcap")
    assert [item.inbound for item in case.inbound] == [True]


KEEPALIVE = ethernet(segment("PA", bgp(4)), 101)
ALIVE = aws(segment("PA", bgp(4), outbound=True, sport=179, dport=40000), 101)
CLOSES = aws(segment("FA", outbound=True, sport=179, dport=40000), 101)
TALK = (KEEPALIVE, ALIVE)


def test_a_capture_of_a_session_that_goes_on_is_healthy() -> None:
    assert judge(case_of(frames(ASKS, ANSWERS, *TALK), EXPECTED, "a.pcap", Keys(KEY))).healthy


def test_a_capture_speaks_of_some_peers_alone() -> None:
    other = replace(EXPECTED, vlan=102, amazon="169.254.20.1/30", customer="169.254.20.2/30")
    assert [speaks_of(case_of(frames(ASKS), each, "a.pcap")) for each in (EXPECTED, other)] == [True, False]


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        ([], "nothing in the capture speaks of this peer"),
        ([ASKS, ANSWERS], "the router's address in it, and no session"),
        ([ASKS, ANSWERS, KEEPALIVE], "one end of the peer's session in it, or its end, and nothing that is"),
        (
            [ASKS, ANSWERS, *TALK, CLOSES],
            "one end of the peer's session in it, or its end, and nothing that is",
        ),
    ],
    ids=["empty", "no session", "half a session", "a session that ends"],
)
def test_a_capture_without_a_fault_says_what_it_has(octets: list[bytes], words: str) -> None:
    verdict = judge(case_of(frames(*octets), EXPECTED, "a.pcap"))
    assert verdict.cause == "unclear"
    assert words in verdict.explanation
    assert verdict.fix.startswith("capture for longer")


CAPTURES = {
    "another tag": ((ASKS, ethernet(who_has(), 102)), Cause.VLAN_MISMATCH),
    "unsigned": ((ASKS, ANSWERS, ethernet(segment(key=None), 101)), Cause.MD5_MISSING),
    "silence": ((ASKS, ASKS), Cause.NO_NEIGHBOUR),
    "swapped": ((ASKS, ethernet(who_has("169.254.10.1", "169.254.10.2"), 101)), Cause.ADDRESS_SWAPPED),
    "signed, and ignored": (
        (ASKS, ANSWERS, ethernet(segment(), 101), ethernet(segment(), 101)),
        Cause.MD5_MISMATCH,
    ),
    "signed, and unanswered": (
        (
            ASKS,
            ANSWERS,
            ethernet(segment(), 101),
            ethernet(segment(), 101),
            aws(segment("SA", outbound=True, sport=179, dport=40000), 101),
        ),
        Cause.TCP_FILTERED,
    ),
}


@pytest.mark.parametrize("name", CAPTURES)
def test_a_capture_is_judged(name: str) -> None:
    octets, cause = CAPTURES[name]
    assert judge(case_of(frames(*octets), EXPECTED, "a.pcap")).cause == cause


def test_signatures_that_cannot_be_checked_leave_two_causes() -> None:
    octets, _ = CAPTURES["signed, and unanswered"]
    verdict = judge(case_of(frames(*octets), EXPECTED, "a.pcap"))
    assert Cause.MD5_MISMATCH in verdict.rivals
    assert "DXLAB_AUTH_KEY" in verdict.decider


def test_with_the_key_they_are_checked() -> None:
    octets, _ = CAPTURES["signed, and unanswered"]
    assert judge(case_of(frames(*octets), EXPECTED, "a.pcap", Keys(b"another"))).cause == Cause.MD5_MISMATCH
    assert judge(case_of(frames(*octets), EXPECTED, "a.pcap", Keys(KEY))).cause == Cause.TCP_FILTERED


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (TERMS.replace("asn=65001", ""), "look at: "),
        (TERMS.replace("vlan=101", "vlan=many"), "many"),
        (TERMS.replace("169.254.10.2/30", "nowhere"), "nowhere"),
        (TERMS + ",mtu=1500", "mtu"),
    ],
)
def test_terms_that_say_nothing_are_refused(terms: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        terms_of(terms)
