"""The choice of a driver."""

from __future__ import annotations

import pytest

from lab.errors import MissingPartError
from lab.network import vlan
from lab.network.vlan import EbpfVlan, KernelVlan, vlan_driver


@pytest.mark.parametrize(
    ("kernel", "ebpf", "chosen"), [(True, True, "kernel"), (True, False, "kernel"), (False, True, "ebpf")]
)
def test_the_first_that_is_available_is_taken(
    monkeypatch: pytest.MonkeyPatch, kernel: bool, ebpf: bool, chosen: str
) -> None:
    monkeypatch.setattr(KernelVlan, "available", lambda self: kernel)
    monkeypatch.setattr(EbpfVlan, "available", lambda self: ebpf)
    assert vlan_driver().name == chosen


def test_a_kernel_for_none_is_a_missing_part(monkeypatch: pytest.MonkeyPatch) -> None:
    for driver in vlan.DRIVERS:
        monkeypatch.setattr(driver, "available", lambda self: False)
    with pytest.raises(MissingPartError, match=r"this kernel can make no 802\.1Q interfaces"):
        vlan_driver()


@pytest.mark.root
def test_this_machine_has_one() -> None:
    assert vlan_driver().name in {"kernel", "ebpf"}
