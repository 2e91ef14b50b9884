"""The vendors' topologies: that they load, and that every reference in their configurations finds its value.

The vendors' images are not at hand, so nothing here says that their software takes the configurations.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.topology import RouterNode, Topology, load
from lab.topology.references import resolve

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in ROOT.glob("topologies/vendors/*/topology.yml"))
KEY = "s3cretKey9"

#: The port of the topology and the vendor's name of it, in containerlab's way.
PORTS = {
    "ceos": ("eth1", "interface Ethernet1.101"),
    "crpd": ("eth1", "group aws"),
    "srlinux": ("e1-1", "interface ethernet-1/1 subinterface 101"),
    "xrd": ("Gi0-0-0-0", "interface GigabitEthernet0/0/0/0.101"),
}

VIF = {
    "virtualInterfaceName": "office-private",
    "virtualInterfaceId": "dxvif-fg0000a1",
    "virtualInterfaceState": "available",
    "vlan": 101,
    "amazonSideAsn": 64512,
    "bgpPeers": [
        {
            "addressFamily": family,
            "bgpPeerState": "available",
            "asn": 65001,
            "authKey": KEY,
            "customerAddress": customer,
            "amazonAddress": amazon,
        }
        for family, customer, amazon in (
            ("ipv4", "169.254.96.6/30", "169.254.96.5/30"),
            ("ipv6", "2001:db8:1100:2f0::2/125", "2001:db8:1100:2f0::1/125"),
        )
    ],
}

by_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def loaded(folder: Path) -> tuple[Topology, RouterNode]:
    topology = load(folder / "topology.yml")
    [router] = topology.routers
    return topology, router


def configuration(router: RouterNode) -> str:
    assert router.startup_config is not None
    return resolve(router.startup_config.read_text(), [VIF], router.startup_config)


def test_every_vendor_has_one() -> None:
    assert {folder.name for folder in FOLDERS} == PORTS.keys()


@by_folder
def test_it_is_an_image_with_a_cable(folder: Path) -> None:
    topology, router = loaded(folder)
    port, vendors_name = PORTS[folder.name]
    assert (topology.name, router.kind, router.runtime) == (folder.name, "linux", "docker")
    assert [link.router.interface for link in topology.links] == [port]
    assert vendors_name in configuration(router)


@by_folder
def test_every_reference_finds_its_value(folder: Path) -> None:
    text = configuration(loaded(folder)[1])
    assert "${" not in text
    assert text.count(KEY) == 2
    assert {"169.254.96.5", "2001:db8:1100:2f0::1", "64512"} <= set(re.split(r"[\s;]", text))


@by_folder
def test_the_routers_own_addresses_are_given_once(folder: Path) -> None:
    """By the vendor's configuration, or in the topology where the vendor takes Linux's interfaces."""
    router = loaded(folder)[1]
    given = [
        resolve(address.text, [VIF], folder)
        for interface in router.interfaces
        for address in interface.addresses or ()
    ]
    places = [*given, *re.split(r"[\s;]", configuration(router))]
    assert [places.count(address) for address in ("169.254.96.6/30", "2001:db8:1100:2f0::2/125")] == [1, 1]


@by_folder
def test_each_says_in_ten_lines_what_it_is(folder: Path) -> None:
    lines = [line for line in (folder / "README.md").read_text().splitlines() if line]
    assert len(lines) <= 10
    assert "they have no such image to run" in " ".join(lines)
    assert f"topologies/vendors/{folder.name}" in (ROOT / "docs" / "vendors.md").read_text()
