"""The two eBPF programs that do 802.1Q, and just enough of bpf(2) to load them.

A program is a list of 8-byte instructions (RFC 9669). The functions below write them by name, `Program`
collects them and resolves jumps to labels. Both are clsact programs in direct-action mode: what they return
is the verdict on the frame.

`untag` sits at the trunk's ingress. The kernel has already taken an 802.1Q tag out of the frame and into its
metadata; the program looks its VLAN id up in a hash map, so that a thousand VLANs cost as much as one, takes
the tag away and hands the frame to the interface found there. Untagged frames, priority tags (VLAN 0 is never
in the map), 802.1ad service tags, double tags and unknown VLANs go their ordinary way, which on a trunk leads
nowhere.

`tag` sits at the ingress of a sub-interface's outer end, puts the tag on and hands the frame to the trunk.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from lab.errors import NetworkError, PrivilegeError

ETH_P_8021Q, ETH_P_8021AD = 0x8100, 0x88A8
VLAN_ID_MASK = 0xFFF

# ---- the instruction set, RFC 9669 ------------------------------------------------------------------------

R0, R1, R2, R3, R6, R7, R10 = 0, 1, 2, 3, 6, 7, 10

# Fields of the kernel's struct __sk_buff.
_PROTOCOL, _VLAN_PRESENT, _VLAN_TCI, _VLAN_PROTO = 16, 20, 24, 28

_MAP_LOOKUP, _VLAN_PUSH, _VLAN_POP, _REDIRECT = 1, 18, 19, 23
_TC_ACT_UNSPEC, _TC_ACT_SHOT = -1, 2


def instruction(opcode: int, to: int = 0, source: int = 0, offset: int = 0, value: int = 0) -> bytes:
    """One instruction: opcode, two 4-bit registers, a 16-bit offset and a 32-bit immediate value."""
    return struct.pack("=BBhi", opcode, source << 4 | to, offset, value)


def move(to: int, value: int) -> bytes:
    return instruction(0xB7, to, value=value)


def copy(to: int, source: int) -> bytes:
    return instruction(0xBF, to, source)


def add(to: int, value: int) -> bytes:
    return instruction(0x07, to, value=value)


def mask(to: int, value: int) -> bytes:
    return instruction(0x57, to, value=value)


def load(to: int, source: int, offset: int) -> bytes:
    """to = the 32-bit word at source + offset."""
    return instruction(0x61, to, source, offset)


def store(to: int, offset: int, source: int) -> bytes:
    """The 32-bit word at to + offset = source."""
    return instruction(0x63, to, source, offset)


def load_map(to: int, descriptor: int) -> bytes:
    """to = the map; the only instruction of two slots, with BPF_PSEUDO_MAP_FD as its source."""
    return instruction(0x18, to, 1, value=descriptor) + instruction(0)


def call(helper: int) -> bytes:
    return instruction(0x85, value=helper)


def leave() -> bytes:
    return instruction(0x95)


@dataclass
class Program:
    """Instructions in order, with forward jumps to labels."""

    code: list[bytes] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    jumps: list[tuple[int, int, int, int, str]] = field(default_factory=list)

    def do(self, *instructions: bytes) -> None:
        for each in instructions:
            self.code.extend(each[start : start + 8] for start in range(0, len(each), 8))

    def jump_if_equal(self, register: int, value: int, label: str) -> None:
        self._jump(0x15, register, value, label)

    def jump_if_not_equal(self, register: int, value: int, label: str) -> None:
        self._jump(0x55, register, value, label)

    def label(self, name: str) -> None:
        self.labels[name] = len(self.code)

    def assemble(self) -> bytes:
        for place, opcode, register, value, label in self.jumps:
            distance = self.labels[label] - place - 1
            self.code[place] = instruction(opcode, register, offset=distance, value=value)
        return b"".join(self.code)

    def _jump(self, opcode: int, register: int, value: int, label: str) -> None:
        self.jumps.append((len(self.code), opcode, register, value, label))
        self.code.append(b"")


def untag(vlans: int) -> bytes:
    """The program of a trunk.

    :param vlans: descriptor of the map from VLAN id to the number of the sub-interface's outer end.
    """
    program = Program()
    program.do(copy(R6, R1), load(R2, R6, _VLAN_PRESENT))
    program.jump_if_equal(R2, 0, "not ours")
    program.do(load(R2, R6, _VLAN_PROTO))
    program.jump_if_not_equal(R2, socket.htons(ETH_P_8021Q), "not ours")
    program.do(load(R2, R6, _PROTOCOL))
    program.jump_if_equal(R2, socket.htons(ETH_P_8021Q), "not ours")
    program.jump_if_equal(R2, socket.htons(ETH_P_8021AD), "not ours")
    program.do(load(R2, R6, _VLAN_TCI), mask(R2, VLAN_ID_MASK), store(R10, -4, R2))
    program.do(load_map(R1, vlans), copy(R2, R10), add(R2, -4), call(_MAP_LOOKUP))
    program.jump_if_equal(R0, 0, "not ours")
    program.do(load(R7, R0, 0), copy(R1, R6), call(_VLAN_POP))
    program.jump_if_not_equal(R0, 0, "drop")
    program.do(copy(R1, R7), move(R2, 0), call(_REDIRECT), leave())
    program.label("not ours")
    program.do(move(R0, _TC_ACT_UNSPEC), leave())
    program.label("drop")
    program.do(move(R0, _TC_ACT_SHOT), leave())
    return program.assemble()


def tag(vlan: int, trunk: int) -> bytes:
    """The program of a sub-interface's outer end.

    :param trunk: the trunk's number in the namespace that it shares with the outer end.
    """
    program = Program()
    program.do(move(R2, socket.htons(ETH_P_8021Q)), move(R3, vlan), call(_VLAN_PUSH))
    program.jump_if_not_equal(R0, 0, "drop")
    program.do(move(R1, trunk), move(R2, 0), call(_REDIRECT), leave())
    program.label("drop")
    program.do(move(R0, _TC_ACT_SHOT), leave())
    return program.assemble()


# ---- bpf(2) -----------------------------------------------------------------------------------------------

_MAP_CREATE, _MAP_LOOKUP_ELEM, _MAP_UPDATE_ELEM, _MAP_DELETE_ELEM, _MAP_GET_NEXT_KEY, _PROG_LOAD = range(6)
_MAP_GET_FD_BY_ID, _OBJ_GET_INFO_BY_FD = 14, 15
_MAP_TYPE_HASH, _NO_PREALLOC, _PROG_TYPE_SCHED_CLS = 1, 1, 3
_SYSCALL = {"x86_64": 321, "aarch64": 280, "riscv64": 280, "ppc64le": 361, "s390x": 351}

Buffer: TypeAlias = "ctypes.Array[ctypes.c_char]"

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class VlanMap:
    """A trunk's map from VLAN id to the number of the outer end, by an open descriptor."""

    descriptor: int

    @classmethod
    @contextmanager
    def create(cls) -> Iterator[VlanMap]:
        attributes = struct.pack("=IIIII", _MAP_TYPE_HASH, 4, 4, VLAN_ID_MASK, _NO_PREALLOC)
        with _descriptor(_bpf(_MAP_CREATE, attributes)) as descriptor:
            yield cls(descriptor)

    @classmethod
    @contextmanager
    def open(cls, identifier: int) -> Iterator[VlanMap]:
        """The map that another process made, by the number that the kernel gave it."""
        with _descriptor(_bpf(_MAP_GET_FD_BY_ID, struct.pack("=III", identifier, 0, 0))) as descriptor:
            yield cls(descriptor)

    @property
    def identifier(self) -> int:
        """The number by which any process finds the map for as long as a program uses it."""
        head = ctypes.create_string_buffer(8)  # struct bpf_map_info begins with type and id
        _bpf(_OBJ_GET_INFO_BY_FD, struct.pack("=IIQ", self.descriptor, len(head), _address(head)))
        return int(struct.unpack("=II", head.raw)[1])

    def get(self, vlan: int) -> int | None:
        value = ctypes.create_string_buffer(4)
        found = self._element(_MAP_LOOKUP_ELEM, _word(vlan), value)
        return _number(value) if found else None

    def set(self, vlan: int, index: int) -> None:
        self._element(_MAP_UPDATE_ELEM, _word(vlan), _word(index))

    def delete(self, vlan: int) -> None:
        self._element(_MAP_DELETE_ELEM, _word(vlan))

    def items(self) -> dict[int, int]:
        """The number of every outer end by its VLAN id, in no order."""
        key, following, vlans = None, ctypes.create_string_buffer(4), []
        while self._element(_MAP_GET_NEXT_KEY, key, following):
            key = _word(_number(following))
            vlans.append(_number(key))
        return {vlan: index for vlan in vlans if (index := self.get(vlan)) is not None}

    def _element(self, command: int, key: Buffer | None, value: Buffer | None = None) -> bool:
        """False where the map has no such key."""
        where = [_address(buffer) if buffer else 0 for buffer in (key, value)]
        try:
            _bpf(command, struct.pack("=IIQQQ", self.descriptor, 0, *where, 0))
        except FileNotFoundError:
            return False
        return True


@contextmanager
def loaded(code: bytes) -> Iterator[int]:
    """The descriptor of a program that the kernel's verifier has passed; attach it before the block ends."""
    instructions = ctypes.create_string_buffer(code, len(code))
    terms = ctypes.create_string_buffer(b"Apache-2.0")
    attributes = struct.pack(
        "=IIQQ", _PROG_TYPE_SCHED_CLS, len(code) // 8, _address(instructions), _address(terms)
    ).ljust(72, b"\0")
    with _descriptor(_bpf(_PROG_LOAD, attributes)) as descriptor:
        yield descriptor


@contextmanager
def _descriptor(number: int) -> Iterator[int]:
    try:
        yield number
    finally:
        os.close(number)


def _address(buffer: Buffer) -> int:
    return ctypes.addressof(buffer)


def _word(number: int) -> Buffer:
    return ctypes.create_string_buffer(struct.pack("=I", number), 4)


def _number(word: Buffer) -> int:
    return int(struct.unpack("=I", word.raw)[0])


def _bpf(command: int, attributes: bytes) -> int:
    """bpf(2), with FileNotFoundError as itself for the caller to expect."""
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    result = int(_libc.syscall(_SYSCALL[platform.machine()], command, buffer, len(attributes)))
    if result >= 0:
        return result
    error = ctypes.get_errno()
    if error == errno.ENOENT:
        raise FileNotFoundError(error, "no such eBPF object")
    if error == errno.EPERM:
        raise PrivilegeError("eBPF programs need root; run the command as root")
    raise NetworkError(f"the bpf system call ({command}) failed: {os.strerror(error)}")
