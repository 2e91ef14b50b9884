"""The part `assignments` of a topology; what is refused of it is in errors/assignment-*."""

from __future__ import annotations

from ipaddress import ip_interface
from pathlib import Path

from lab.topology import Assignment, load

LEAST = "name: least\ntopology: {nodes: {dx: {kind: aws-dx, location: EqDC2}}}\n"
ASSIGNMENTS = """
assignments:
  office private, 1:
    - {amazonAddress: "2001:db8::1/125", customerAddress: "2001:db8::6/125"}
    - {amazonAddress: 169.254.0.2/30, customerAddress: 169.254.0.1/30}
  branch:
    - {amazonAddress: 10.0.0.0/31, customerAddress: 10.0.0.1/31}
  nobody: []
"""


def test_assignments_keep_their_order_and_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "case.yml"
    path.write_text(LEAST + ASSIGNMENTS)
    assert load(path).assignments == {
        "office private, 1": (
            Assignment(
                amazon=ip_interface("2001:db8::1/125"), customer=ip_interface("2001:db8::6/125"), line=6
            ),
            Assignment(
                amazon=ip_interface("169.254.0.2/30"), customer=ip_interface("169.254.0.1/30"), line=7
            ),
        ),
        "branch": (
            Assignment(amazon=ip_interface("10.0.0.0/31"), customer=ip_interface("10.0.0.1/31"), line=9),
        ),
    }


def test_a_topology_need_not_have_any(tmp_path: Path) -> None:
    path = tmp_path / "case.yml"
    path.write_text(LEAST)
    assert load(path).assignments == {}
