"""What is kept of the cables, and what is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lab.diagnosis import tape
from lab.diagnosis.frames import RawFrame
from lab.diagnosis.tape import LATELY, Ring, Tape
from tests.diagnosis.packets import bgp, ethernet, segment, who_has

PORT, OTHER = "dxcon-fg000001", "dxcon-fg000002"
NOW = 1_000_000.0
KEEPALIVE = bgp(4)


def frame(at: float, octets: bytes, *, inbound: bool = True) -> RawFrame:
    return RawFrame(at, inbound, octets)


@given(st.lists(st.integers(0, 9000)), st.integers(1, 8))
def test_a_ring_has_the_newest_within_both_limits(lengths: list[int], most: int) -> None:
    ring, all_ = Ring(most), [frame(float(at), bytes(length)) for at, length in enumerate(lengths)]
    for each in all_:
        ring.add(each)
    kept = list(ring.frames)
    assert kept == all_[len(all_) - len(kept) :]
    assert len(kept) <= most
    assert sum(len(each.octets) for each in kept) <= tape._OCTETS
    more = all_[len(all_) - len(kept) - 1 :][:1]
    fits = len(kept) < most and sum(len(each.octets) for each in [*more, *kept]) <= tape._OCTETS
    assert kept == all_ or not fits


def test_what_says_nothing_does_not_push_out_the_rest() -> None:
    heard = Tape()
    request = frame(NOW, ethernet(who_has(), 101))
    heard.keep(PORT, request)
    for step in range(1000):
        heard.keep(PORT, frame(NOW + step / 100, ethernet(segment("PA", KEEPALIVE), 101)))
    assert request in heard.frames(PORT)
    assert 1 < len(heard.frames(PORT)) < 200


def test_what_is_old_goes_whoever_sent_it() -> None:
    heard = Tape()
    heard.keep(PORT, frame(NOW, ethernet(who_has(), 101)))
    heard.keep(OTHER, frame(NOW + LATELY, ethernet(who_has(), 102)))
    assert len(heard.frames(PORT)) == 1
    heard.keep(OTHER, frame(NOW + LATELY + 60, ethernet(who_has(), 102)))
    assert heard.frames(PORT) == []
    assert len(heard.frames(OTHER)) == 2


def test_a_sender_of_many_tags_is_not_kept_without_end_and_forgotten_in_time() -> None:
    heard, octets = Tape(), bytearray(ethernet(who_has(), 1, 1))
    for outer in range(1, 4):
        for inner in range(1, 4095):
            octets[14:16], octets[18:20] = outer.to_bytes(2, "big"), inner.to_bytes(2, "big")
            heard.keep(PORT, frame(NOW, bytes(octets)))
    assert len(heard.frames(PORT)) == tape._MOST
    later = frame(NOW + LATELY + 60, ethernet(who_has(), 101))
    heard.keep(OTHER, later)
    assert (heard.frames(PORT), heard.frames(OTHER)) == ([], [later])


def test_of_a_peer_are_the_frames_of_its_tag_and_the_routers_with_its_addresses() -> None:
    heard = Tape()
    mine = frame(NOW, ethernet(who_has(), 101))
    strayed = frame(NOW + 1, ethernet(who_has(), 102))
    ours = frame(NOW + 2, ethernet(who_has(), 102), inbound=False)
    elsewhere = frame(NOW + 3, ethernet(who_has(), 101))
    for each in (mine, strayed, ours):
        heard.keep(PORT, each)
    heard.keep(OTHER, elsewhere)
    addresses = (bytes([169, 254, 10, 1]),)
    assert heard.about(PORT, 101, addresses) == [mine, strayed]
    assert heard.about(PORT, 101, (bytes([10, 9, 8, 7]),)) == [mine]
    assert heard.about(PORT, 101, addresses, since=NOW + 1) == [strayed]
