"""The cloud world against the machine: what stands there is what the store holds, and nothing else."""

from __future__ import annotations

import subprocess

from lab.controller import Wiring
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import BgpPeerState, ConnectionState, VirtualInterface, VirtualInterfaceState
from lab.network.namespaces import namespaces, processes_in
from tests.support.command import eventually


def wired(cloud: Cloud) -> list[VirtualInterface]:
    return [vif for vif in cloud.virtual_interfaces() if vif.state is not VirtualInterfaceState.DELETED]


def is_settled(cloud: Cloud) -> bool:
    """Whether everything is carried out, and every speaker heard of."""
    states = (VirtualInterfaceState.DOWN, VirtualInterfaceState.AVAILABLE)
    peers = [peer for vif in wired(cloud) for peer in vif.peers]
    return (
        all(vif.state in states for vif in wired(cloud))
        and all(peer.state is BgpPeerState.AVAILABLE for peer in peers)
        and all(cloud.last_change(peer.id) for peer in peers)
    )


def compare(cloud: Cloud, wiring: Wiring) -> None:
    """The machine has what the store holds, and nothing else."""
    vifs = wired(cloud)
    ends = {vif.id: wiring.interface(vif.id) for vif in vifs}
    standing = namespaces(wiring.places.namespace_prefix)
    assert standing == sorted([wiring.device, *(end.namespace for end in ends.values())])
    for vif in vifs:
        end = ends[vif.id]
        assert addresses(end.namespace, end.interface) == {str(peer.amazon_address) for peer in vif.peers}
        assert len(processes_in(end.namespace)) == len(vif.peers)
    # A connection's state does not tell that it has its port yet, and one that is being deleted loses it any moment.
    eventually(lambda: links(wiring.device, "dxcon-") == ports(cloud), "the connections to have their ports")
    assert len(links(wiring.device, "tag")) == (len(vifs) if wiring.driver.name == "ebpf" else 0)


def ports(cloud: Cloud) -> set[str]:
    gone = (ConnectionState.REQUESTED, ConnectionState.PENDING, ConnectionState.DELETED)
    return {each.id for each in cloud.connections() if each.state not in gone}


def ip(namespace: str, *arguments: str) -> list[list[str]]:
    """What ip(8) prints, in words."""
    done = subprocess.run(
        ["ip", "-n", namespace, "-o", *arguments], check=True, capture_output=True, text=True
    )
    return [line.split() for line in done.stdout.splitlines()]


def addresses(namespace: str, interface: str) -> set[str]:
    return {words[3] for words in ip(namespace, "address", "show", "dev", interface, "scope", "global")}


def links(namespace: str, prefix: str) -> set[str]:
    names = (words[1].rstrip(":").partition("@")[0] for words in ip(namespace, "link"))
    return {name for name in names if name.startswith(prefix)}
