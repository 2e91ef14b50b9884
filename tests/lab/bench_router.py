"""A router on the bench: FRR started by hand in a namespace that is no lab's, at the far end of an interface."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_interface
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from lab.network.links import End, ensure_addresses
from lab.network.vlan import vlan_driver
from lab.topology.references import resolve
from tests.bgp.daemons import Frr
from tests.support.command import Running
from tests.support.nic import Nic
from tests.support.topologies import ADVERTISED, VGW, Office


def write_topology(directory: Path, name: str, *cables: tuple[Office, str]) -> Path:
    """A topology without routers: each office's cable ends at an interface of this machine."""
    document: dict[str, Any] = {
        "name": name,
        "topology": {
            "nodes": {"dx": {"kind": "aws-dx", "location": "EqDC2"}},
            "links": [{"endpoints": [f"dx:{office.connection}", f"host:{eth}"]} for office, eth in cables],
        },
        "gateways": {VGW: {"asn": 64512, "cidrs": list(ADVERTISED.values())}},
        "requests": [request for office, _ in cables for request in office.requests],
    }
    path = directory / f"{name}.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


@contextmanager
def router_at(eth: Nic, lab: Running, office: Office) -> Iterator[Frr]:
    """FRR with what AWS assigned to the office, until the block ends."""
    vifs = [vif for vif in lab.vifs() if vif["virtualInterfaceName"] == office.vif]
    sub = End(eth.far.namespace, f"eth1.{office.vlan}")
    vlan_driver().ensure(eth.far, office.vlan, sub, mtu=1500)
    peers = [peer for vif in vifs for peer in vif["bgpPeers"]]
    ensure_addresses(sub, [ip_interface(peer["customerAddress"]) for peer in peers])
    text = resolve(office.configuration, vifs, Path("bench.conf"))
    with TemporaryDirectory(prefix="dxlab-bench-") as directory:
        Path(directory).chmod(0o755)  # FRR's daemons have a user of their own
        router = Frr(eth.far.namespace, Path(directory) / "frr")
        try:
            router.start(text[text.index("router bgp") :])
            yield router
        finally:
            router.stop()


def sessions(router: Frr) -> dict[str, tuple[str, int]]:
    """The router's own account: each session's state, and how often it was ever established."""
    neighbours = json.loads(router.vtysh("show bgp neighbors json"))
    return {
        address: (each["bgpState"], each["connectionsEstablished"]) for address, each in neighbours.items()
    }
