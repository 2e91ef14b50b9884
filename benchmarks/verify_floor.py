"""The floor of a verification: the same daemons on the same configuration, started by hand and waited for.

Both ends of `topologies/private-vif`: two namespaces and a veth pair made with ip(8) in batches, FRR by the
commands with which the lab would start it, and the launcher with a speaker for each peer; all that can be done at
once is. It ends when both sessions are Established and AWS's end has a route from each. What a verification adds is
everything else: Python's start and imports, the topology, the AWS API and its requests, 802.1Q, the checks of the
configuration, the verdict, and taking it all down.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface, ip_interface, ip_network
from pathlib import Path
from typing import Any

from benchmarks.progress import PATIENCE
from lab.bgp.events import UpdateReceived
from lab.bgp.launcher import Launcher
from lab.bgp.spec import SpeakerSpec
from lab.places import Places
from lab.remains import remove_remains, remove_state
from lab.routers.kinds.frr import Frr
from lab.topology.references import resolve

TOPOLOGY = Path(__file__).parents[1] / "topologies" / "private-vif"
_KEY = "s3cretKey9"
_ASN, _AMAZON_ASN = 65001, 64512
#: Amazon's and the customer's address, by family.
_ENDS = {
    "ipv4": (ip_interface("169.254.255.1/30"), ip_interface("169.254.255.2/30")),
    "ipv6": (ip_interface("2001:db8:1100:2f0::1/125"), ip_interface("2001:db8:1100:2f0::2/125")),
}
_ADVERTISED = {"ipv4": ip_network("10.10.0.0/16"), "ipv6": ip_network("2001:db8:10::/56")}


def by_hand(name: str) -> float:
    """Seconds until both sessions are up and have brought a route; nothing is left afterwards.

    :param name: of a lab that there is not, after which everything is named.
    """
    with _cleared(Places.of(name)) as places:
        return asyncio.run(_timed(places))


@contextmanager
def _cleared(places: Places) -> Iterator[Places]:
    _clear(places)
    places.prepare()
    try:
        yield places
    finally:
        _clear(places)


def _clear(places: Places) -> None:
    remove_remains(places, ["namespace"])
    remove_state(places)


async def _timed(places: Places) -> float:
    started = time.perf_counter()
    _cable(places)
    launcher, _ = await asyncio.gather(_speakers(places), asyncio.to_thread(_router, places))
    try:
        async with asyncio.timeout(PATIENCE):
            await _routes_of_all(launcher)
        return time.perf_counter() - started
    finally:
        await launcher.shutdown()


def _cable(places: Places) -> None:
    amazon, router = places.namespace("dx"), places.namespace("edge")
    for namespace in (amazon, router):
        subprocess.run(("ip", "netns", "add", namespace), check=True)
    _batch(amazon, f"link add dx0 type veth peer name eth1 netns {router}", *_addresses("dx0", 0))
    _batch(router, "link set lo up", *_addresses("eth1", 1))


def _addresses(interface: str, end: int) -> Iterator[str]:
    for ends in _ENDS.values():
        yield f"address add {ends[end]} dev {interface} {'nodad' if ends[end].version == 6 else ''}"
    yield f"link set {interface} up"


def _batch(namespace: str, *commands: str) -> None:
    subprocess.run(("ip", "-n", namespace, "-batch", "-"), input="\n".join(commands), text=True, check=True)


def _router(places: Places) -> None:
    place = places.run / "edge"
    place.mkdir(mode=0o750)
    kind = Frr()
    for name, text in kind.files(_configuration(), place).items():
        (place / name).write_text(text)
    for path in (place, *place.iterdir()):
        shutil.chown(path, kind.user, kind.user)
    for command in (*kind.start_commands(place), kind.load_command(place)):
        inside = ("ip", "netns", "exec", places.namespace("edge"), *command)
        subprocess.run(inside, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _configuration() -> str:
    """The shipped one on a cable without 802.1Q."""
    path = TOPOLOGY / "edge.conf"
    return resolve(path.read_text().replace("eth1.101", "eth1"), [_answer()], path)


def _answer() -> dict[str, Any]:
    """What AWS would answer, had it been asked."""
    peers = [
        {
            "addressFamily": family,
            "bgpPeerState": "available",
            "amazonAddress": str(amazon),
            "customerAddress": str(customer),
            "authKey": _KEY,
            "asn": _ASN,
        }
        for family, (amazon, customer) in _ENDS.items()
    ]
    return {
        "virtualInterfaceName": "office-private",
        "virtualInterfaceId": "dxvif-fg12ab34",
        "virtualInterfaceState": "available",
        "amazonSideAsn": _AMAZON_ASN,
        "vlan": 101,
        "bgpPeers": peers,
    }


async def _speakers(places: Places) -> Launcher:
    launcher = await Launcher.open(places.run)
    for family, (amazon, customer) in _ENDS.items():
        await launcher.start(_spec(places, family, amazon, customer))
    return launcher


def _spec(
    places: Places,
    family: str,
    amazon: IPv4Interface | IPv6Interface,
    customer: IPv4Interface | IPv6Interface,
) -> SpeakerSpec:
    return SpeakerSpec(
        peer_id=family,
        namespace=places.namespace("dx"),
        local_address=amazon.ip,
        peer_address=customer.ip,
        local_asn=_AMAZON_ASN,
        peer_asn=_ASN,
        auth_key=_KEY,
        router_id=IPv4Address("100.64.0.1"),
        announce=(_ADVERTISED[family],),
        prefix_limit=100,
    )


async def _routes_of_all(launcher: Launcher) -> None:
    waiting = set(_ENDS)
    async for event in launcher.events():
        if isinstance(event, UpdateReceived) and event.announced:
            waiting.discard(event.peer_id)
        if not waiting:
            return
