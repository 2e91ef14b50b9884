"""BGP messages in a segment's data, written by hand after RFC 4271."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.diagnosis.messages import Message, messages_in
from tests.diagnosis.packets import bgp


def capability(code: int, value: bytes = b"") -> bytes:
    """An optional parameter with one capability, RFC 5492."""
    return bytes([2, len(value) + 2, code, len(value)]) + value


def opening(asn: int, hold: int, *parameters: bytes) -> bytes:
    optional = b"".join(parameters)
    return bgp(1, struct.pack("!BHH4sB", 4, asn, hold, bytes([192, 0, 2, 1]), len(optional)) + optional)


def update(attributes: bytes, nlri: bytes = b"", withdrawn: bytes = b"") -> bytes:
    head = struct.pack("!H", len(withdrawn)) + withdrawn + struct.pack("!H", len(attributes))
    return bgp(2, head + attributes + nlri)


def path(*asns: int, wide: bool = True) -> bytes:
    value = bytes([2, len(asns)]) + b"".join(struct.pack("!I" if wide else "!H", asn) for asn in asns)
    return bytes([0x40, 2, len(value)]) + value


IPV4, IPV6 = capability(1, b"\0\1\0\1"), capability(1, b"\0\2\0\1")
NEXT_HOP = bytes([0x40, 3, 4, 169, 254, 10, 2])


def only(data: bytes, *, wide: bool = True) -> Message:
    (message,) = messages_in(data, wide=wide)
    return message


def test_an_open() -> None:
    message = only(opening(23456, 90, IPV4, capability(65, struct.pack("!I", 4200000000)), capability(2)))
    assert (message.asn, message.hold_time, message.router_id) == (4200000000, 90, "192.0.2.1")
    assert (message.families, message.multiprotocol) == (("ipv4 unicast",), True)
    assert str(message) == "OPEN (AS 4200000000, hold time 90 s, id 192.0.2.1, ipv4 unicast)"


def test_an_open_without_capabilities() -> None:
    message = only(opening(65001, 0))
    assert (message.asn, message.families, message.multiprotocol) == (65001, (), False)
    assert "no multiprotocol capability" in str(message)


def test_families_that_have_no_name_here() -> None:
    assert only(opening(65001, 90, IPV6, capability(1, b"\0\1\0\x80"))).families == (
        "ipv6 unicast",
        "family 1/128",
    )


def test_a_parameter_that_is_no_capability() -> None:
    assert only(opening(65001, 90, bytes([1, 1, 0]), IPV4)).families == ("ipv4 unicast",)


def test_a_shutdown_communication() -> None:
    message = only(bgp(3, bytes([6, 2, 4]) + b"noon"))
    assert (message.code, message.subcode, message.text) == (6, 2, "noon")
    assert str(message) == 'NOTIFICATION (Cease / Administrative Shutdown (6/2): "noon")'


def test_the_bound_of_a_prefix_limit() -> None:
    assert only(bgp(3, bytes([6, 1]) + struct.pack("!HBI", 1, 1, 100))).bound == 100
    assert only(bgp(3, bytes([6, 1]))).bound == 0


def test_an_update() -> None:
    message = only(update(path(65001, 64512) + NEXT_HOP, bytes([16, 172, 16, 8, 10])))
    assert (message.as_path, message.next_hop, message.announced) == ((65001, 64512), "169.254.10.2", 2)
    assert message.prefixes == ("172.16.0.0/16", "10.0.0.0/8")
    assert str(message) == "UPDATE (2 prefixes, AS path 65001 64512, next hop 169.254.10.2)"


def test_an_update_of_two_octet_asns() -> None:
    assert only(update(path(65001, wide=False)), wide=False).as_path == (65001,)


@pytest.mark.parametrize("extended", [False, True])
def test_an_ipv6_update(*, extended: bool) -> None:
    hop = bytes.fromhex("20010db8000100000000000000000006")
    value = b"\0\2\1" + bytes([16]) + hop + b"\0" + bytes([48]) + bytes.fromhex("20010db80ace")
    head = (
        struct.pack("!BBH", 0x90, 14, len(value)) if extended else struct.pack("!BBB", 0x80, 14, len(value))
    )
    message = only(update(path(65001) + head + value))
    assert (message.next_hop, message.prefixes) == ("2001:db8:1::6", ("2001:db8:ace::/48",))


def test_ipv4_prefixes_in_a_multiprotocol_attribute() -> None:
    value = b"\0\1\1" + bytes([4, 169, 254, 10, 2]) + b"\0" + bytes([16, 172, 16])
    message = only(update(bytes([0x80, 14, len(value)]) + value))
    assert (message.next_hop, message.prefixes) == ("169.254.10.2", ("172.16.0.0/16",))


def test_an_end_of_rib_announces_nothing() -> None:
    message = only(update(b""))
    assert (message.announced, str(message)) == (0, "UPDATE")


def test_several_messages_in_one_segment() -> None:
    data = opening(65001, 90) + bgp(4) + bgp(5, bytes(4))
    assert [message.name for message in messages_in(data)] == ["OPEN", "KEEPALIVE", "ROUTE-REFRESH"]


def test_a_segment_that_begins_in_the_middle() -> None:
    assert [message.name for message in messages_in(b"rest of something" + bgp(4))] == ["KEEPALIVE"]


@pytest.mark.parametrize("body", [b"", b"\4", bytes(8)])
def test_a_body_that_is_cut_off(body: bytes) -> None:
    for kind in (1, 2, 3):
        assert [message.name for message in messages_in(bgp(kind, body))] == [
            {1: "OPEN", 2: "UPDATE", 3: "NOTIFICATION"}[kind]
        ]


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 16, b"\xff" * 16 + b"\0\x05\x04", b"\xff" * 16 + b"\0\x13\x09"]
)
def test_what_is_no_message(data: bytes) -> None:
    assert messages_in(data) == ()


@given(st.binary(max_size=90), st.integers(1, 5))
def test_no_body_can_break_it(body: bytes, kind: int) -> None:
    messages_in(bgp(kind, body))
