"""The assembler, checked against the encodings of RFC 9669, and bpf(2)."""

from __future__ import annotations

import ctypes
import errno

import pytest

from lab.errors import NetworkError, PrivilegeError
from lab.network.vlan import programs
from lab.network.vlan.programs import R0, R1, R2, R3, R6, R7, R10, Program, VlanMap, loaded, tag, untag

ENCODINGS = [
    (programs.move(R2, 0), "b702000000000000", "r2 = 0"),
    (programs.move(R0, -1), "b7000000ffffffff", "r0 = -1"),
    (programs.move(R3, 101), "b703000065000000", "r3 = 101"),
    (programs.copy(R6, R1), "bf16000000000000", "r6 = r1"),
    (programs.add(R2, -4), "07020000fcffffff", "r2 += -4"),
    (programs.mask(R2, 0xFFF), "57020000ff0f0000", "r2 &= 4095"),
    (programs.load(R2, R6, 24), "6162180000000000", "r2 = *(u32 *)(r6 + 24)"),
    (programs.load(R7, R0, 0), "6107000000000000", "r7 = *(u32 *)(r0 + 0)"),
    (programs.store(R10, -4, R2), "632afcff00000000", "*(u32 *)(r10 - 4) = r2"),
    (programs.load_map(R1, 3), "18110000030000000000000000000000", "r1 = map_fd 3 ll"),
    (programs.call(23), "8500000017000000", "call 23"),
    (programs.leave(), "9500000000000000", "exit"),
]


@pytest.mark.parametrize(("code", "expected", "text"), ENCODINGS, ids=[text for *_, text in ENCODINGS])
def test_an_instruction_is_encoded(code: bytes, expected: str, text: str) -> None:
    assert code.hex() == expected


def test_jumps_reach_their_labels() -> None:
    program = Program()
    program.jump_if_equal(R2, 0, "end")
    program.do(programs.load_map(R1, 3))
    program.jump_if_not_equal(R0, 7, "end")
    program.do(programs.move(R0, 0))
    program.label("end")
    program.do(programs.leave())
    code = program.assemble()
    # Distances count slots after the jump; loading a map takes two.
    assert code[:8].hex() == "1502040000000000"
    assert code[24:32].hex() == "5500010007000000"
    assert len(code) == 6 * 8


def test_programs_are_whole_instructions() -> None:
    assert len(tag(101, 5)) % 8 == len(untag(3)) % 8 == 0


def test_the_tag_is_in_the_program() -> None:
    assert programs.move(R3, 4094) in tag(4094, 5)
    assert programs.move(R1, 5) in tag(4094, 5)


@pytest.mark.root
class TestKernel:
    def test_a_map_holds_every_vlan_id(self) -> None:
        with VlanMap.create() as vlans:
            for vlan in range(1, 4095):
                vlans.set(vlan, vlan + 100_000)
            assert vlans.items() == {vlan: vlan + 100_000 for vlan in range(1, 4095)}
            vlans.delete(101)
            vlans.delete(101)
            assert vlans.get(101) is None
            assert vlans.get(102) == 100_102
            vlans.set(102, 7)
            assert vlans.get(102) == 7

    def test_an_empty_map_has_no_values(self) -> None:
        with VlanMap.create() as vlans:
            assert vlans.items() == {}

    def test_a_map_is_found_by_its_number(self) -> None:
        with VlanMap.create() as vlans:
            vlans.set(101, 5)
            with VlanMap.open(vlans.identifier) as same:
                assert same.descriptor != vlans.descriptor
                assert same.get(101) == 5
            identifier = vlans.identifier
        with pytest.raises(FileNotFoundError), VlanMap.open(identifier):
            pytest.fail("a map that nobody uses is gone")

    def test_the_verifier_passes_both_programs(self) -> None:
        with (
            VlanMap.create() as vlans,
            loaded(untag(vlans.descriptor)) as one,
            loaded(tag(4094, 2**24)) as other,
        ):
            assert one != other

    def test_the_verifier_refuses_nonsense(self) -> None:
        with pytest.raises(NetworkError, match=r"the bpf system call \(5\) failed"), loaded(programs.leave()):
            pytest.fail("r0 was never set")


def test_missing_privileges_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        ctypes.set_errno(errno.EPERM)
        return -1

    monkeypatch.setattr(programs._libc, "syscall", refuse)
    with pytest.raises(PrivilegeError, match="run the command as root"), loaded(tag(1, 1)):
        pytest.fail("loaded")
