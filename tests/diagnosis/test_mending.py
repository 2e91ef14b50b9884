"""A router on which nothing is right, mended by what the diagnosis says: the fault that must be mended first is named,
and then the next, up to a session that is healthy.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lab.diagnosis import HEALTHY, Cause
from lab.network.links import End, ensure_addresses
from lab.network.namespaces import netlink
from tests.diagnosis.faults.bench import Cell, FaultLab, fault_lab
from tests.diagnosis.faults.catalogue import Change, Fault, both, each, key, nothing, terms
from tests.support.command import bench

pytestmark = [pytest.mark.root, pytest.mark.timeout(240)]

#: Everything that is wrong, in the order in which it must be mended.
WRONG: tuple[tuple[str, Change], ...] = (
    (Cause.VLAN_MISMATCH, terms(tags=(1999,))),
    (Cause.MD5_MISMATCH, key(str.upper)),
    (Cause.ASN_MISMATCH_CUSTOMER, terms(asn=65099)),
    (Cause.NO_ROUTES_RECEIVED, each(networks=())),
    (HEALTHY, nothing),
)
#: Seconds after which what the diagnosis says counts, whether or not it is certain by then.
PATIENCE = 30.0


def test_each_fault_is_named_when_its_turn_has_come(tmp_path: Path) -> None:
    named = []
    with bench("tmending", tmp_path) as made:
        lab = fault_lab(made, tmp_path, [Fault("all of it", Cause.VLAN_MISMATCH)], ["frr"])
        with lab.held:
            lab.start()
            for step, (cause, _) in enumerate(WRONG):
                change(lab, both(*(wrong for _, wrong in WRONG[step:])))
                named.append({cell.verdict.cause for cell in examined(lab, cause)})
    assert named == [{cause} for cause, _ in WRONG]


def change(lab: FaultLab, wrong: Change) -> None:
    """Give the router other terms, and take its addresses from the interfaces that it has no longer by these."""
    (site,) = lab.sites
    made = wrong(lab.right(site))
    namespace = lab.router(site).namespace
    for interface in sub_interfaces(namespace) - {made.interface}:
        ensure_addresses(End(namespace, interface), ())
    lab.configure(site, made)


def sub_interfaces(namespace: str) -> set[str]:
    with netlink(namespace) as kernel:
        names = {str(link.get_attr("IFLA_IFNAME")) for link in kernel.get_links()}
    return {name for name in names if name.startswith("eth1.")}


def examined(lab: FaultLab, cause: str) -> list[Cell]:
    """Asked again while nothing certain is to be said, as a user would."""
    deadline = time.monotonic() + PATIENCE
    cells = lab.examine()
    while {cell.verdict.cause for cell in cells} != {cause} and time.monotonic() < deadline:
        cells = lab.examine()
    return cells
