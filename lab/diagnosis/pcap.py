"""Captures as files: the classic pcap format, which Wireshark and tcpdump open and write.

Written are Ethernet frames with their tags in place and times in microseconds
(https://www.tcpdump.org/manpages/pcap-savefile.5.html). Read are both byte orders, micro- and nanoseconds.
In a capture taken elsewhere nothing says which way a frame went; who sent it does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from lab.diagnosis.frames import RawFrame
from lab.errors import UsageError

_MAGIC, _MAGIC_NANO = 0xA1B2C3D4, 0xA1B23C4D
_SECTION_HEADER = b"\x0a\x0d\x0d\x0a"
_ETHERNET = 1
_LONGEST = 262144


def write_header(file: BinaryIO) -> None:
    """The beginning of a capture file."""
    file.write(struct.pack("=IHHiIII", _MAGIC, 2, 4, 0, 0, _LONGEST, _ETHERNET))


def write_frame(file: BinaryIO, frame: RawFrame) -> None:
    """One more frame."""
    seconds, fraction = divmod(round(frame.at * 1_000_000), 1_000_000)
    file.write(struct.pack("=IIII", seconds, fraction, len(frame.octets), len(frame.octets)) + frame.octets)


def write(path: Path, frames: Iterable[RawFrame]) -> None:
    """A whole capture."""
    with path.open("wb") as file:
        write_header(file)
        for frame in frames:
            write_frame(file, frame)


def read(path: Path) -> list[RawFrame]:
    """The frames of a capture, all taken as outbound; a last one that is cut off is left out.

    :raises UsageError: it is no pcap file of Ethernet frames.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if data[:4] == _SECTION_HEADER:
        sentence = (
            "is in the newer pcapng format: 'tcpdump -r FILE -w file.pcap' or Wireshark's Save As make pcap"
        )
        raise UsageError(f"{path} {sentence}")
    for order in "<>":
        magic = struct.unpack_from(f"{order}I", data.ljust(4, b"\0"))[0]
        if magic in (_MAGIC, _MAGIC_NANO) and len(data) >= 24:
            _demand_ethernet(path, struct.unpack_from(f"{order}I", data, 20)[0])
            return list(_frames(data, order, 1e-9 if magic == _MAGIC_NANO else 1e-6))
    raise UsageError(f"{path} is no pcap file")


def _demand_ethernet(path: Path, link_type: int) -> None:
    if link_type & 0xFFFF != _ETHERNET:
        raise UsageError(
            f"{path} holds no Ethernet frames (link type {link_type}): capture on the port itself, "
            "not on 'any' or a tunnel"
        )


def _frames(data: bytes, order: str, unit: float) -> Iterator[RawFrame]:
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, length, _ = struct.unpack_from(f"{order}IIII", data, at)
        octets = data[at + 16 : at + 16 + length]
        if len(octets) < length:
            return
        yield RawFrame(seconds + fraction * unit, False, octets)
        at += 16 + length
