"""What was on the cables lately: one socket that hears every port of the Direct Connect device.

The recorder runs for as long as the endpoint, so a router that dials every two minutes has been heard by the time
somebody asks. A filter in the kernel passes ARP, neighbour discovery, ICMP and TCP port 179 alone, and a `Tape` has
the last of them.

The kernel takes the outermost tag out of a frame and tells it beside it (packet(7), PACKET_AUXDATA); here it is
put back in its place.
"""

from __future__ import annotations

import asyncio
import ctypes
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lab.diagnosis.frames import BGP, RawFrame
from lab.diagnosis.tape import Tape
from lab.network.namespaces import inside

_ETH_P_ALL = 3
_SOL_PACKET, _PACKET_AUXDATA, _PACKET_OUTGOING = 263, 8, 4
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE, _SO_TIMESTAMPNS = 26, 33, 35
_TAG_VALID, _TAG_PROTOCOL_VALID = 0x10, 0x40
_BUFFER = 1 << 22
_LONGEST = 1 << 14
#: At one go; the event loop has more to do.
_BATCH = 256

# Classic BPF, as tcpdump -dd writes it: "arp or icmp or icmp6 or tcp port 179", with and without a second tag. The
# outer tag is not in the frame; an inner one lets everything pass, for it should not be there.
_LD_H, _LD_B, _JEQ, _RET, _LDX_IHL, _LD_H_IND = 0x28, 0x30, 0x15, 0x06, 0xB1, 0x48


def _filter() -> bytes:
    """The program; jumps are counted from the next instruction on."""
    accept, reject = 22, 23
    lines = [
        (_LD_H, 0, 0, 12),
        (_JEQ, accept, 0, 0x0806),
        (_JEQ, accept, 0, 0x8100),
        (_JEQ, accept, 0, 0x88A8),
        (_JEQ, 6, 0, 0x0800),
        (_JEQ, 14, reject, 0x86DD),
        # IPv4
        (_LD_B, 0, 0, 23),
        (_JEQ, accept, 0, 1),
        (_JEQ, 9, reject, 6),
        (_LDX_IHL, 0, 0, 14),
        (_LD_H_IND, 0, 0, 14),
        (_JEQ, accept, 0, BGP),
        (_LD_H_IND, 0, 0, 16),
        (_JEQ, accept, reject, BGP),
        # IPv6; multicast listener reports come behind a hop-by-hop header
        (_LD_B, 0, 0, 20),
        (_JEQ, accept, 0, 58),
        (_JEQ, accept, 0, 0),
        (_JEQ, 18, reject, 6),
        (_LD_H, 0, 0, 54),
        (_JEQ, accept, 0, BGP),
        (_LD_H, 0, 0, 56),
        (_JEQ, accept, reject, BGP),
        (_RET, 0, 0, 0xFFFF),
        (_RET, 0, 0, 0),
    ]
    # A jump of 0 goes to the next line, any other number is the line to go to.
    return b"".join(
        struct.pack("=HBBI", code, *(target - at - 1 if target else 0 for target in (true, false)), value)
        for at, (code, true, false, value) in enumerate(lines)
    )


def open_capture(namespace: str, interface: str = "", *, everything: bool = False) -> socket.socket:
    """A packet socket in a namespace, on one interface or on all, that hears what `_filter` lets pass.

    :param everything: it hears all there is.

    :raises NetworkError: there is no such namespace.
    """
    # One that is bound to no interface hears all of them from the start.
    everywhere = 0 if interface else socket.htons(_ETH_P_ALL)
    with inside(namespace):
        listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, everywhere)
    if not everything:
        program = _filter()
        buffer = ctypes.create_string_buffer(program, len(program))
        attach = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, attach)
    listener.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    listener.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    listener.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
    if interface:
        listener.bind((interface, _ETH_P_ALL))
    return listener


def receive(listener: socket.socket) -> Iterator[tuple[str, RawFrame]]:
    """What waits to be read: the interface, and the frame with its tags in place."""
    for _ in range(_BATCH):
        try:
            octets, beside, _, address = listener.recvmsg(_LONGEST, 256)
        except OSError:
            return  # nothing more, or an interface went away
        at, octets = _with_details(octets, beside)
        yield address[0], RawFrame(at, address[2] != _PACKET_OUTGOING, octets)


def _with_details(octets: bytes, beside: list[tuple[int, int, bytes]]) -> tuple[float, bytes]:
    """When it came, and the frame with its outermost tag put back."""
    at = time.time()
    for level, kind, data in beside:
        if (level, kind) == (_SOL_PACKET, _PACKET_AUXDATA):
            status, tag, protocol = struct.unpack_from("=I12xHH", data)
            if status & _TAG_VALID:
                protocol = protocol if status & _TAG_PROTOCOL_VALID else 0x8100
                octets = octets[:12] + struct.pack("!HH", protocol, tag) + octets[12:]
        elif (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
            seconds, nanoseconds = struct.unpack("@ll", data)
            at = seconds + nanoseconds / 1e9
    return at, octets


class Recorder:
    """The last frames of every port; `read` when the socket is readable.

    :param device: the namespace of the ports.
    """

    def __init__(self, device: str) -> None:
        self._listener = open_capture(device)
        self._tape = Tape()

    def fileno(self) -> int:
        return self._listener.fileno()

    def read(self) -> None:
        """Take in what has come."""
        for interface, frame in receive(self._listener):
            if interface.startswith("dxcon-"):
                self._tape.keep(interface, frame)

    def heard(self) -> Tape:
        """All of it, up to now."""
        self.read()
        return self._tape

    def close(self) -> None:
        self._listener.close()


@contextmanager
def recording(device: str) -> Iterator[Recorder]:
    """A recorder that the running event loop feeds until the block ends."""
    recorder, loop = Recorder(device), asyncio.get_running_loop()
    loop.add_reader(recorder.fileno(), recorder.read)
    try:
        yield recorder
    finally:
        loop.remove_reader(recorder.fileno())
        recorder.close()
