"""A second look at a wrong TCP-MD5 signature (RFC 2385): with which key was it made, if with a likely one?

The digest covers the addresses, the TCP header without its options, the data and the key. Whoever has a signed
segment can try keys on it. The ones that are tried are the right key with the mistakes that people and tools
make, and the other keys of the lab. What is found out is said in words; no key ever leaves this module.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

#: Where devices cut a key: old Cisco IOS (25), and the longest that TCP-MD5 takes on Linux (80).
_CUTS = (8, 16, 25, 32, 64, 80)
#: Characters that are taken for one another.
_LOOKALIKES = (("0", "O"), ("O", "0"), ("1", "l"), ("l", "1"), ("l", "I"), ("I", "l"), ("1", "I"), ("I", "1"))
#: What Cisco's "type 7" turns a password over with; it is published everywhere and hides nothing.
_TYPE_7 = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


@dataclass(frozen=True)
class TcpPacket:
    """A TCP segment with the addresses of its packet.

    :param addresses: source and destination, 8 or 32 octets.
    :param segment: from the TCP header on.
    """

    addresses: bytes
    segment: bytes

    def digest(self, key: bytes) -> bytes:
        """The 16 octets that belong into option 19."""
        header = (self.segment[12] >> 4) * 4
        fixed = self.segment[:16] + b"\0\0" + self.segment[18:20]
        md5 = hashlib.md5(self._pseudo_header() + fixed + self.segment[header:], usedforsecurity=False)
        md5.update(key)
        return md5.digest()

    def _pseudo_header(self) -> bytes:
        length = len(self.segment)
        if len(self.addresses) == 8:
            return self.addresses + struct.pack("!BBH", 0, 6, length)
        return self.addresses + struct.pack("!II", length, 6)


@dataclass(frozen=True)
class Keys:
    """The key of one peer, and the others of its lab.

    :param others: by whose they are: `the key of dxvif-fg1234ab`.
    """

    right: bytes = field(repr=False)
    others: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def mistake(self, packet: TcpPacket, digest: bytes) -> str:
        """What was done to the key, as it follows "the router signs with"; empty where no guess fits."""
        for words, key in self._likely():
            if key != self.right and hmac.compare_digest(packet.digest(key), digest):
                return words
        return ""

    def _likely(self) -> Iterator[tuple[str, bytes]]:
        yield from self.others.items()
        yield from _mistyped(self.right.decode("ascii"))


def _mistyped(key: str) -> Iterator[tuple[str, bytes]]:
    for words, text in (*_surrounded(key), *_altered(key), *_cut(key), *_confused(key), *_obscured(key)):
        yield words, text.encode()


def _surrounded(key: str) -> Iterator[tuple[str, str]]:
    yield "the right key and a space behind it", f"{key} "
    yield "the right key and a space before it", f" {key}"
    yield "the right key with spaces around it", f" {key} "
    yield "the right key and a line end (CR) behind it", f"{key}\r"
    yield "the right key and a line end behind it", f"{key}\n"
    yield "the right key and its quotation marks", f'"{key}"'
    yield "the right key and its apostrophes", f"'{key}'"
    yield "the right key and a semicolon behind it", f"{key};"
    for kind in "0567":
        yield f"the word '{kind}' (an encryption type) and the right key", f"{kind} {key}"


def _altered(key: str) -> Iterator[tuple[str, str]]:
    yield "the right key in lower case", key.lower()
    yield "the right key in upper case", key.upper()
    yield "the right key in the opposite case", key.swapcase()
    yield "the right key in other case at its first letter", key[:1].swapcase() + key[1:]
    yield "the right key without its backslashes", key.replace("\\", "")
    if key.startswith("0x"):
        yield "the right key without its leading 0x", key.removeprefix("0x")


def _cut(key: str) -> Iterator[tuple[str, str]]:
    for length in _CUTS:
        if len(key) > length:
            yield f"the right key, cut at {length} characters", key[:length]
    yield "the right key without its last character", key[:-1]
    yield "the right key without its first character", key[1:]
    for mark in "#!;":
        if mark in key:
            yield f"the right key, cut at its first '{mark}' (taken for a comment)", key.partition(mark)[0]


def _confused(key: str) -> Iterator[tuple[str, str]]:
    for right, wrong in _LOOKALIKES:
        if right in key:
            yield f"the right key with {wrong} for {right}", key.replace(right, wrong)
        for at, character in enumerate(key):
            if character == right:
                yield f"the right key with {wrong} for {right} once", key[:at] + wrong + key[at + 1 :]
    for at in range(len(key) - 1):
        swapped = key[:at] + key[at + 1] + key[at] + key[at + 2 :]
        yield "the right key with two neighbouring characters exchanged", swapped


def _obscured(key: str) -> Iterator[tuple[str, str]]:
    for salt in range(16):
        text = _type_7(key, salt)
        for spelling in (text, text.lower(), f"7 {text}"):
            yield "the right key's Cisco type 7 text, not decrypted", spelling


def _type_7(key: str, salt: int) -> str:
    """What `service password-encryption` makes of a password."""
    turned = (octet ^ _TYPE_7[(salt + at) % len(_TYPE_7)] for at, octet in enumerate(key.encode()))
    return f"{salt:02d}" + "".join(f"{octet:02X}" for octet in turned)
