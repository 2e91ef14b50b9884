"""Proof of DescribeRouterConfiguration: every router that a lab runs takes AWS's text as it is, and its sessions come
up and carry routes both ways, whatever the virtual interface is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

import pytest

from lab.lab import Lab, RunningLab
from lab.routers import KINDS, Router
from lab.topology import load
from tests.support.command import PATIENCE, bench, eventually
from tests.support.from_aws import SYMBOLS, Case, cases, write_from_aws

pytestmark = [pytest.mark.root, pytest.mark.anyio]

#: Symbols that a kind has no way to write in a key.
UNQUOTABLE = {"bird": '"'}


def routers_with(kind: str) -> list[list[Case]]:
    """The cases on as few routers as the kind can be told of: an FRR has one ASN."""
    symbols = "".join(symbol for symbol in SYMBOLS if symbol not in UNQUOTABLE.get(kind, ""))
    if kind == "frr":
        return [[case for case in cases(symbols) if case.asn_length == length] for length in (2, 4)]
    return [[case] for case in cases(symbols)]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.aws_router_type])
async def test_a_router_needs_nothing_but_what_aws_says(kind: str, tmp_path: Path) -> None:
    routers = routers_with(kind)
    with bench(f"tlab-from-aws-{kind}", tmp_path) as made:
        path = write_from_aws(tmp_path, made.name, kind, routers)
        async with Lab(made.places, topology=load(path)).running() as running:
            assert await running.wait_until_up(PATIENCE)
            assert await running.wait_for_routes(PATIENCE)
            for router, there in zip(running.routers.values(), routers, strict=True):
                check(running, router, there)


def check(running: RunningLab, router: Router, there: Sequence[Case]) -> None:
    for case in there:
        assert accepted(running, case.name) == case.announced
        assert mtu(router, f"eth1.{100 + case.number}") == case.mtu
    wanted = {ip_network(prefix) for case in there for prefix in case.advertised.values()}
    eventually(lambda: wanted <= received(router), f"{router.name} has {wanted}")


def accepted(running: RunningLab, name: str) -> dict[str, tuple[int, ...]]:
    """What AWS accepted on a virtual interface: prefixes and their AS paths."""
    (vif,) = (vif for vif in running.cloud.virtual_interfaces() if vif.name == name)
    sessions = (running.controller.sessions[peer.id] for peer in vif.peers)
    return {route.prefix: route.as_path for session in sessions for route in session.routes.values()}


def mtu(router: Router, interface: str) -> int:
    shown = router.execute(("ip", "-json", "link", "show", "dev", interface)).output
    return int(json.loads(shown)[0]["mtu"])


def received(router: Router) -> set[IPv4Network | IPv6Network]:
    """What a router has from AWS."""
    return {route.prefix for route in router.routes() if route.protocol == "bgp"}
