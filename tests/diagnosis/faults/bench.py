"""The lab of the fault bench: every router with its fault, cable, virtual interface and two peers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab.cli.diagnose import Doctor
from lab.diagnose import Examination
from lab.diagnosis import Case, Cause, Verdict, judge
from lab.errors import LabError
from lab.network.links import End, set_link
from lab.places import record_of
from lab.routers import Router
from tests.diagnosis.faults.catalogue import Fault
from tests.diagnosis.faults.deeds import DEEDS
from tests.diagnosis.faults.languages import LANGUAGES
from tests.diagnosis.faults.makeable import why_not
from tests.diagnosis.faults.matrix import name_of
from tests.diagnosis.faults.terms import Terms, right
from tests.support.command import Bench, Running, eventually

VGW = "vgw-0a1b2c3d4e5f60718"
CIDRS = ["10.10.0.0/16", "10.20.0.0/16", "2001:db8:10::/56", "2001:db8:2a::/56"]
KEY = "s3cretKey0lI"
ANOTHER_KEY = "thekeyofanothervif"
FIRST_VLAN = 101
#: What a session that was up before the fault came leaves behind.
_AFTERWARDS = (Cause.HOLD_TIMER_EXPIRED, Cause.FLAPPING)


@dataclass
class Site:
    """One fault's corner of the lab."""

    fault: Fault
    kind: str
    number: int
    trouble: str = ""

    @property
    def node(self) -> str:
        return f"r{self.number}"

    @property
    def vif(self) -> str:
        return f"vif-{self.number}"

    @property
    def connection(self) -> str:
        return f"c{self.number}"

    @property
    def vlan(self) -> int:
        return FIRST_VLAN + self.number

    @property
    def requests(self) -> list[dict[str, Any]]:
        block = f"169.254.{100 + self.number // 60}.{4 * (self.number % 60)}"
        first, _, last = block.rpartition(".")
        terms = {"vlan": self.vlan, "asn": 65001, "authKey": KEY, "virtualInterfaceName": self.vif}
        addresses = {
            "amazonAddress": f"{first}.{int(last) + 1}/30",
            "customerAddress": f"{first}.{int(last) + 2}/30",
        }
        vif = {**terms, **addresses, "virtualGatewayId": VGW}
        peer = {"addressFamily": "ipv6", "asn": 65001, "authKey": KEY}
        return [
            {
                "CreatePrivateVirtualInterface": {
                    "connectionId": self.connection,
                    "newPrivateVirtualInterface": vif,
                }
            },
            {"CreateBGPPeer": {"virtualInterfaceId": self.vif, "newBGPPeer": peer}},
        ]


@dataclass(frozen=True)
class Cell:
    """A peer of a faulty router, with everything that was found out about it."""

    site: Site
    family: str
    case: Case

    @property
    def name(self) -> str:
        return name_of(self.site.kind, self.site.fault, self.family)

    @property
    def verdict(self) -> Verdict:
        return judge(self.case)

    @property
    def right(self) -> bool:
        """Whether the cause was found, and no other was."""
        fault, verdict = self.site.fault, self.verdict
        allowed = {*fault.then, *_AFTERWARDS, fault.cause}
        others = set(verdict.next) - {cause.value for cause in allowed}
        named = fault.cause in (verdict.cause, *verdict.rivals)
        return named and not others and set(fault.then) <= set(verdict.next)


@dataclass
class FaultLab:
    """The lab while it is up."""

    sites: Sequence[Site]
    running: Running
    directory: Path
    vifs: dict[str, dict[str, Any]] = field(default_factory=dict)
    held: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start every router with its fault, then do what is to be done later."""
        self.vifs = {vif["virtualInterfaceName"]: vif for vif in self.running.vifs()}
        with ThreadPoolExecutor(4) as pool:  # daemons that start keep both a processor and the kernel busy
            list(pool.map(self._start, self.sites))
        later = [site for site in self.sites if site.fault.later and not site.trouble]
        with ThreadPoolExecutor(len(later) or 1) as pool:  # most of it is waiting for timers
            list(pool.map(self._do, later))

    def _start(self, site: Site) -> None:
        with _noting_trouble(site):
            self.configure(site, site.fault.change(self.right(site)))

    def configure(self, site: Site, terms: Terms) -> None:
        """Start the router with these terms."""
        setup = LANGUAGES[site.kind].setup(terms)
        (self.directory / f"{site.node}.conf").write_text(setup.text)
        self.router(site).start(setup.text, interfaces=setup.interfaces, commands=setup.commands)
        if terms.shut_interface and setup.interfaces:
            set_link(End(self.router(site).namespace, terms.interface), up=False)

    def _do(self, site: Site) -> None:
        if site.fault.only_on not in ("", site.kind):
            return
        with _noting_trouble(site):
            eventually(lambda: self.statuses(site) == {"up"}, "both sessions to be up first", 60)
            DEEDS[site.fault.later](self, site)

    def right(self, site: Site) -> Terms:
        return right(self.vifs[site.vif])

    def router(self, site: Site) -> Router:
        return self.running.routers[site.node]

    def port(self, site: Site) -> End:
        return End(self.running.places.namespace("dx"), self.vifs[site.vif]["connectionId"])

    def peers(self, site: Site) -> list[dict[str, Any]]:
        """The peers of a site as the lab's own page has them."""
        found = [
            peer
            for connection in self.running.page("status")["connections"]
            for vif in connection["virtualInterfaces"]
            if vif["virtualInterfaceName"] == site.vif
            for peer in vif["bgpPeers"]
        ]
        return sorted(found, key=lambda peer: peer["addressFamily"])

    def statuses(self, site: Site) -> set[str]:
        return {peer["bgpStatus"] for peer in self.peers(site)}

    def reasons(self, site: Site) -> set[str]:
        return {peer["reason"] for peer in self.peers(site)}

    def examine(self, names: Collection[str] = ()) -> list[Cell]:
        """Every peer, or those of some cells, examined as `dxlab diagnose` does it."""
        record = record_of(self.running.places.name)
        assert record is not None
        doctor = Doctor(record)
        asked = [
            (site, peer)
            for site in self.sites
            if not site.trouble
            for peer in self.peers(site)
            if not names or name_of(site.kind, site.fault, peer["addressFamily"]) in names
        ]
        examinations = [doctor.examinations(peer["bgpPeerId"])[0] for _, peer in asked]
        with ThreadPoolExecutor(16) as pool:
            cases = pool.map(Examination.case, examinations)
            return [
                Cell(site, peer["addressFamily"], case)
                for (site, peer), case in zip(asked, cases, strict=True)
            ]


@contextmanager
def _noting_trouble(site: Site) -> Iterator[None]:
    """A fault that cannot be made must not keep the others from being made."""
    try:
        yield
    except (LabError, AssertionError) as error:
        site.trouble = f"{site.kind} {site.fault.name}: {error}"


def fault_lab(bench: Bench, directory: Path, faults: Iterable[Fault], kinds: Sequence[str]) -> FaultLab:
    """Bring the lab up with routers that do nothing yet."""
    pairs = [(fault, kind) for kind in kinds for fault in faults if not why_not(fault, kind)]
    sites = [Site(fault, kind, number) for number, (fault, kind) in enumerate(pairs)]
    topology = _topology(bench.name, directory, sites)
    return FaultLab(sites, bench.up(topology), directory)


def _topology(name: str, directory: Path, sites: Sequence[Site]) -> Path:
    for site in sites:
        (directory / f"{site.node}.conf").write_text(LANGUAGES[site.kind].idle)
    nodes = {
        "dx": {"kind": "aws-dx", "location": "EqDC2"},
        **{site.node: {"kind": site.kind, "startup-config": f"{site.node}.conf"} for site in sites},
    }
    document = {
        "name": name,
        "topology": {
            "nodes": nodes,
            "links": [{"endpoints": [f"dx:{site.connection}", f"{site.node}:eth1"]} for site in sites],
        },
        "gateways": {VGW: {"asn": 64512, "cidrs": CIDRS}},
        "requests": [request for site in sites for request in site.requests],
    }
    path = directory / f"{name}.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path
